import * as z from 'zod';

/** `checksums.txt` of a release, as `sha256sum --check` reads it, and its detached signature. */

/** Files of a release that are listed in it; all of them must be there. */
export const listedFiles = [
  'bias-inventory.csv',
  'croissant.json',
  'datasheet.html',
  'datasheet.md',
  'dcat.jsonld',
  'hdruk.json',
  'manifest.csv',
  'release.json',
] as const;

export type ListedFile = (typeof listedFiles)[number];

export const checksumsFile = 'checksums.txt';
export const signatureFile = 'checksums.txt.jws';

/** Protected header of the signature: it says what was signed. */
export const releaseHeader = z.object({
  alg: z.literal('ES256'),
  kid: z.string(),
  typ: z.literal('nmip-release+jws'),
});

/** The signature: flattened JSON serialisation without its payload, which is `checksums.txt` (RFC 7515 appendix F). */
export const detachedSignature = z.strictObject({ protected: z.string(), signature: z.string() });

export type DetachedSignature = z.infer<typeof detachedSignature>;

/** Digest of each file in hex, by name. */
export type Checksums = Readonly<Record<ListedFile, string>>;

/** A line for each file, in order of name. */
export function checksumsText(checksums: Checksums): string {
  return listedFiles.map((name) => `${checksums[name]}  ${name}\n`).join('');
}

/** The digests in a text; null unless it lists the files of a release, each once and in order, and nothing else. */
export function readChecksums(text: string): Checksums | null {
  const lines = text.split('\n');
  if (lines.length !== listedFiles.length + 1 || lines.at(-1) !== '') return null;
  const found: Partial<Record<ListedFile, string>> = {};
  for (const [index, name] of listedFiles.entries()) {
    const digest = /^([0-9a-f]{64}) {2}(.+)$/.exec(lines[index] ?? '');
    if (digest?.[2] !== name) return null;
    found[name] = digest[1];
  }
  return found as Checksums;
}
