import { generateKeyPairSync } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { DemographicsAccount } from '../../../lambda/demographics/demographics-account';
import type { CollectionConfiguration } from '../../../lambda/platform/configuration.contract';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { HttpApi } from '../../../lambda/platform/http-api';
import { newId } from '../../../lambda/platform/ids';
import { silentLog } from '../../../lambda/platform/log';
import { S3UrlSigner } from '../../../lambda/platform/presigned-urls';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { LedgerManifestStore } from '../../../lambda/submission/manifest-store';
import { type ReceiptSigner, receiptKeyOf } from '../../../lambda/submission/receipt-signing';
import type { ReceiptKey } from '../../../lambda/submission/submission.contract';
import { addSubmissionRoutes, type SubmissionApiPorts } from '../../../lambda/submission/submission-routes';
import { LedgerSubmissionStore } from '../../../lambda/submission/submission-store';
import { LedgerUploadStore } from '../../../lambda/submission/upload-store';
import { publicKeyOf, signDigest } from '../../../local/aws/kms/ecdsa-digest';
import { apiEvent } from '../fixtures/api-event';
import { MemoryMultipartUploads } from '../fixtures/memory-multipart-uploads';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

export const chest: CollectionConfiguration = {
  id: 'chest',
  arc: 7,
  title: 'Chest images',
  purpose: 'Building and testing models of the chest.',
  duoCodes: ['DUO:0000006'],
  legalBasis: {
    article6: '6(1)(e)',
    article9: '9(2)(j)',
    confidentiality: 'section 251',
    reference: 'CAG 0/0',
    endsOn: '2027-03-31',
  },
  policy: 'basic',
  patientsWithoutNhsNumber: 'withhold',
  acceptedPixelKinds: [],
  accessModes: ['dae-only'],
};

/** A receipt signer with a key of its own instead of KMS; signatures in DER, as KMS gives them. */
export class LocalReceiptSigner implements ReceiptSigner {
  private readonly privateKey = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  }).privateKey;

  async publicKey(): Promise<ReceiptKey> {
    return receiptKeyOf(publicKeyOf(this.privateKey));
  }

  async signDigest(digest: Buffer): Promise<Buffer> {
    return signDigest(this.privateKey, digest);
  }
}

export function person(trust: string | null, roles: RequestPerson['roles'] = ['uploader']): RequestPerson {
  return {
    subject: `subject-of-${trust}`,
    pseudonym: null,
    roles,
    trust,
    organisation: null,
    signIn: { level: 'not-asked', withheldRoles: [] },
  };
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The submission routes over a real table, presigner and buckets in memory. */
export class SubmissionApi {
  readonly objects = new MemoryObjectStore();
  readonly multipart = new MemoryMultipartUploads(this.objects);
  readonly started: string[] = [];
  readonly signer = new LocalReceiptSigner();
  readonly submissions: LedgerSubmissionStore;
  readonly manifests: LedgerManifestStore;
  readonly ports: SubmissionApiPorts;
  now = new Date('2026-11-23T12:00:00.000Z');
  /** Thrown by the next start of the pipeline. */
  failure: Error | null = null;
  private readonly api = new HttpApi(silentLog);

  constructor(table: DocumentTable) {
    const clock = { now: () => this.now };
    this.submissions = new LedgerSubmissionStore(table);
    this.manifests = new LedgerManifestStore(table, this.objects, 'work');
    this.ports = {
      submissions: this.submissions,
      manifests: this.manifests,
      objects: this.objects,
      uploads: new LedgerUploadStore(table),
      multipart: this.multipart,
      signer: new S3UrlSigner(
        new S3Client({
          region: 'eu-west-2',
          credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
          requestChecksumCalculation: 'WHEN_REQUIRED',
        }),
      ),
      pipeline: {
        start: async (id) => {
          const { failure } = this;
          this.failure = null;
          if (failure !== null) throw failure;
          if (!this.started.includes(id)) this.started.push(id);
        },
      },
      demographics: new DemographicsAccount(table, this.objects, 'work'),
      receiptSigner: this.signer,
      collections: [chest],
      trusts: new Set(['RX1', 'RX2']),
      landingBucketOf: (odsCode) => `landing-${odsCode.toLowerCase()}`,
      exchangeBucket: 'exchange',
      workBucket: 'work',
      clock,
      newId: () => newId('s', { now: () => new Date() }),
    };
    addSubmissionRoutes(this.api, this.ports);
  }

  async send(
    method: string,
    path: string,
    options: { body?: unknown; who?: RequestPerson; query?: Record<string, string> } = {},
  ): Promise<Answer> {
    const who = options.who ?? person('RX1');
    const event = apiEvent({
      method,
      path: `/v1${path}`,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.query === undefined ? {} : { query: options.query }),
      authorizer: { subject: who.subject, person: JSON.stringify(who) },
    });
    const answer = await this.api.handler(event, {} as Context);
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  }

  /** An open submission of RX1 whose manifest lists one file a digest. */
  async submit(digests: readonly string[], key: string, bytes = 4): Promise<string> {
    const created = await this.send('POST', '/submissions', {
      body: {
        collection: 'chest',
        fileCount: digests.length,
        totalBytes: digests.length * bytes,
        idempotencyKey: key,
      },
    });
    const id = String(created.body.id);
    await this.send('PUT', `/submissions/${id}/manifest/1`, {
      body: {
        entries: digests.map((sha256, index) => ({ ordinal: index + 1, bytes, sha256, group: 1 })),
      },
    });
    return id;
  }
}
