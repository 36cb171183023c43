import { releaseDocumentKey, releaseKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import type { ReceiptSigner } from '../submission/receipt-signing';
import { checksumsFile, signatureFile } from './checksums.contract';
import { release as releaseSchema } from './release.contract';
import { releaseChecksums, releaseDocuments, signChecksums } from './release-documents';

export interface WriteDocumentsPorts {
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'deleteAllVersions'>;
  readonly signer: ReceiptSigner;
  readonly catalogueBucket: string;
  readonly releasesBucket: string;
}

/** Raised where other bytes stand under a name of the release than this run makes: it must not be published. */
export class DocumentDiffersError extends Error {
  override readonly name = 'DocumentDiffersError';
  constructor(file: string) {
    super(`${file} stands there with other bytes`);
  }
}

/**
 * Writes the documents of a release, its manifest, the list of checksums and the signature of it: each once, where nothing
 * stands under its name. They are made of what was measured alone, so that another run makes the same bytes; of the
 * signature, which is another at each signing, the first stays.
 * @throws DocumentDiffersError
 */
export async function writeDocuments(
  { objects, signer, catalogueBucket, releasesBucket: bucket }: WriteDocumentsPorts,
  version: string,
): Promise<{ release: string }> {
  const measured = await requireJson(
    objects,
    { bucket: catalogueBucket, key: releaseKeys.figures(version) },
    releaseSchema,
  );
  const manifest = await objects.readText({ bucket: catalogueBucket, key: releaseKeys.manifest(version) });
  if (manifest === null) throw new Error(`release ${version} has no manifest`);
  const place = (name: string) => ({ bucket, key: releaseDocumentKey(version, name) });
  const write = async (name: string, content: string, contentType: string): Promise<void> => {
    if (await objects.put(place(name), content, { contentType, onlyIfAbsent: true })) return;
    if ((await objects.readText(place(name))) !== content) throw new DocumentDiffersError(name);
  };
  const documents = releaseDocuments(measured);
  await write('manifest.csv', manifest, 'text/csv');
  for (const { name, content, mediaType } of documents) await write(name, content, mediaType);
  const checksums = releaseChecksums(measured, documents);
  await write(checksumsFile, checksums, 'text/plain; charset=utf-8');
  if ((await objects.readText(place(signatureFile))) === null)
    await objects.put(place(signatureFile), JSON.stringify(await signChecksums(signer, checksums)), {
      contentType: 'application/jose+json',
      onlyIfAbsent: true,
    });
  // an attempt that was given up may have written rows after the release had been taken
  await objects.deleteAllVersions(catalogueBucket, releaseKeys.unloadsPrefix(version));
  return { release: version };
}
