import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { KmsReceiptSigner } from '../submission/receipt-signing';
import { releaseStep } from './steps.contract';
import { writeDocuments } from './write-documents';
import { writeDocumentsEnvironment } from './write-documents.environment';

const environment = readEnvironment(writeDocumentsEnvironment);
const log = createLog('write-documents');
const ports = {
  objects: new S3ObjectStore(createS3Client()),
  signer: new KmsReceiptSigner(createKmsClient(), environment.RECEIPT_KEY_ID),
  catalogueBucket: environment.CATALOGUE_BUCKET,
  releasesBucket: environment.RELEASES_BUCKET,
};

export async function handler(event: unknown): Promise<{ release: string }> {
  const { release } = releaseStep.parse(event);
  const output = await writeDocuments(ports, release);
  log.info('documents of the release written', { ...output });
  return output;
}
