import { createHash } from 'node:crypto';
import { type ReceiptSigner, signText } from '../submission/receipt-signing';
import { biasInventory } from './bias-inventory';
import { type Checksums, checksumsText, type DetachedSignature, type ListedFile } from './checksums.contract';
import { croissant } from './croissant';
import { datasheet } from './datasheet';
import { datasheetHtml } from './datasheet-html';
import { datasheetMarkdown } from './datasheet-markdown';
import { dcat } from './dcat';
import type { Finding } from './finding';
import { hdruk } from './hdruk';
import { manifestColumns } from './manifest.contract';
import { type Release, release as releaseSchema } from './release.contract';
import { croissantFindings } from './validate-croissant';
import { dcatFindings } from './validate-dcat';
import { hdrukFindings } from './validate-hdruk';

/** Raised where a document does not hold to its standard: the release must not be published. */
export class InvalidDocumentError extends Error {
  override readonly name = 'InvalidDocumentError';

  constructor(
    readonly file: string,
    readonly findings: readonly Finding[],
  ) {
    super(
      `${file}: ${findings
        .slice(0, 10)
        .map(({ rule, path, message }) => `${path} (${rule}): ${message}`)
        .join('; ')}`,
    );
  }
}

/** A document of a release, by its file. */
export interface ReleaseDocument {
  readonly name: Exclude<ListedFile, 'manifest.csv'>;
  readonly mediaType: string;
  readonly content: string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function checked<Document>(file: string, document: Document, findings: readonly Finding[]): Document {
  if (findings.length > 0) throw new InvalidDocumentError(file, findings);
  return document;
}

/**
 * Every document of a release but its manifest, which comes first: its digest stands in them.
 * @throws ZodError where `given` is not a release; InvalidDocumentError where a document does not hold to its standard
 */
export function releaseDocuments(given: Release): ReleaseDocument[] {
  const release = releaseSchema.parse(given);
  const sheet = datasheet(release);
  const jsonLd = croissant(release);
  const catalogue = dcat(release);
  const gateway = hdruk(release);
  checked('croissant.json', jsonLd, croissantFindings(jsonLd, { 'manifest.csv': manifestColumns }));
  checked('dcat.jsonld', catalogue, dcatFindings(catalogue));
  checked('hdruk.json', gateway, hdrukFindings(gateway));
  return [
    { name: 'bias-inventory.csv', mediaType: 'text/csv; charset=utf-8', content: biasInventory(release) },
    {
      name: 'croissant.json',
      mediaType: 'application/ld+json; profile="http://mlcommons.org/croissant/1.1"',
      content: json(jsonLd),
    },
    { name: 'datasheet.html', mediaType: 'text/html; charset=utf-8', content: datasheetHtml(sheet) },
    { name: 'datasheet.md', mediaType: 'text/markdown; charset=utf-8', content: datasheetMarkdown(sheet) },
    { name: 'dcat.jsonld', mediaType: 'application/ld+json', content: json(catalogue) },
    { name: 'hdruk.json', mediaType: 'application/json', content: json(gateway) },
    { name: 'release.json', mediaType: 'application/json', content: json(release) },
  ];
}

/** `checksums.txt` over the documents and the manifest. */
export function releaseChecksums(
  release: Pick<Release, 'manifest'>,
  documents: readonly ReleaseDocument[],
): string {
  const digests = Object.fromEntries([
    ...documents.map(({ name, content }) => [name, createHash('sha256').update(content).digest('hex')]),
    ['manifest.csv', release.manifest.sha256],
  ]) as Checksums;
  return checksumsText(digests);
}

/** The detached signature of `checksums.txt`, by the key that signs receipts. */
export async function signChecksums(signer: ReceiptSigner, checksums: string): Promise<DetachedSignature> {
  const signed = await signText(signer, 'nmip-release+jws', checksums);
  return { protected: signed.protected, signature: signed.signature };
}
