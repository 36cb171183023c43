import { createHmac } from 'node:crypto';
import { keyPurposes } from '../../../dicom/deidentify/pseudonym-keys';
import { LedgerStudyStore } from '../../../lambda/catalogue/study-store';
import { LedgerClaimStore } from '../../../lambda/deidentification/claim-store';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { requireJson } from '../../../lambda/platform/object-store';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { LedgerQuarantineRecords } from '../../../lambda/quarantine/quarantine-records';
import { LedgerSubmissionStore } from '../../../lambda/submission/submission-store';
import { LedgerUploadStore } from '../../../lambda/submission/upload-store';
import { beginWithdrawal } from '../../../lambda/withdrawal/begin-withdrawal';
import {
  type CertificatePayload,
  certificatePayload,
  signedCertificate,
} from '../../../lambda/withdrawal/certificate.contract';
import { createWithdrawal } from '../../../lambda/withdrawal/create-withdrawal';
import { type DeletionPosition, deleteImageSets } from '../../../lambda/withdrawal/delete-image-sets';
import { endWithdrawal } from '../../../lambda/withdrawal/end-withdrawal';
import { eraseSubmission } from '../../../lambda/withdrawal/erase-submission';
import type { GrantedProjects } from '../../../lambda/withdrawal/granted-projects';
import { LedgerHoldingIndex } from '../../../lambda/withdrawal/holding-index';
import { LedgerMarkStore } from '../../../lambda/withdrawal/mark-store';
import { prepareWithdrawal } from '../../../lambda/withdrawal/prepare-withdrawal';
import { scrubLake } from '../../../lambda/withdrawal/scrub-lake';
import { newWithdrawal } from '../../../lambda/withdrawal/withdrawal.contract';
import { LedgerWithdrawalStore } from '../../../lambda/withdrawal/withdrawal-store';
import type { ScrubLakeStep } from '../../../lambda/withdrawal/work.contract';
import { eraseList } from '../../../lambda/withdrawal/work.contract';
import { Killed, type Pipeline } from '../pipeline/pipeline-fixture';

export const officer: RequestPerson = {
  subject: 'officer',
  pseudonym: null,
  roles: ['officer'],
  trust: null,
  organisation: null,
  signIn: { level: 'not-asked', withheldRoles: [] },
};

const patientKey = createHmac('sha256', 'test key').update(keyPurposes.patient).digest();

/** A table whose writes may be killed before they happen. */
function interrupted(table: DocumentTable, beforeWrite: () => void): DocumentTable {
  const writes: ReadonlySet<string> = new Set(['put', 'update', 'delete', 'transact']);
  return new Proxy(table, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        if (writes.has(String(name))) beforeWrite();
        return member.apply(target, given);
      };
    },
  });
}

/** The steps of a withdrawal over the buckets and the table of a pipeline, run as its state machine would. */
export class WithdrawalRun {
  readonly deleted: string[] = [];
  readonly told: string[] = [];
  /** Studies marked as withdrawn. */
  readonly marked = new Set<string>();
  /** Called before each write of a step; what it throws kills the step, which is then run again. */
  beforeWrite: () => void = () => {};
  private readonly table: DocumentTable;
  private readonly places = {
    exchangeBucket: 'exchange',
    workBucket: 'work',
    deidentifiedBucket: 'deidentified',
    quarantineBucket: 'quarantine',
    catalogueBucket: 'catalogue',
    landingBucketOf: (odsCode: string) => `landing-${odsCode.toLowerCase()}`,
  };

  constructor(private readonly pipeline: Pipeline) {
    this.table = interrupted(pipeline.table, () => this.beforeWrite());
  }

  get ports() {
    const { table, places, pipeline } = this;
    const projects: GrantedProjects = {
      withGrantsFor: async (collections) =>
        collections.length === 0 ? [] : [{ projectId: 'p-1', collections }],
      markWithdrawn: async (_withdrawal, studies) => {
        for (const study of studies) this.marked.add(study);
      },
      tell: async (_project, { studies }) => void this.told.push(...studies),
      runningCredentials: async () => [],
    };
    return {
      ...places,
      ...pipeline.lake,
      withdrawals: new LedgerWithdrawalStore(table),
      submissions: new LedgerSubmissionStore(table),
      index: new LedgerHoldingIndex(table),
      marks: new LedgerMarkStore(table),
      studies: new LedgerStudyStore(table),
      claims: new LedgerClaimStore(table),
      quarantined: new LedgerQuarantineRecords(table),
      objects: pipeline.objects,
      uploads: new LedgerUploadStore(table),
      multipart: pipeline.multipart,
      projects,
      signer: pipeline.signer,
      patientKey: async () => patientKey,
      clock: pipeline.clock,
      images: {
        deleteImageSet: async (_store: string, set: string) => void this.deleted.push(set),
        isGone: async (_store: string, set: string) => this.deleted.includes(set),
      },
      isThrottled: () => false,
      pause: async () => {},
      now: () => 0,
      hasTime: () => true,
      deletesPerSecond: 1000,
    };
  }

  /** Makes a confirmed withdrawal; for patients with their list of NHS numbers. */
  async create(id: string, request: Record<string, unknown>, numbers: readonly string[] = []): Promise<void> {
    const text = numbers.map((number) => `${number}\n`).join('');
    const body = newWithdrawal.parse({
      reason: 'patient-request',
      idempotencyKey: id,
      confirm: true,
      ...(request.kind === 'patients'
        ? { subjects: { bytes: Math.max(1, text.length), sha256: '0'.repeat(64) } }
        : {}),
      ...request,
    });
    await createWithdrawal(
      {
        ...this.ports,
        signer: { signUpload: async () => ({ url: 'https://s3.example/', headers: {} }) },
        collections: new Set([this.pipeline.collection]),
        trusts: new Set(['RX1']),
        newId: () => id,
      },
      officer,
      body,
    );
    if (request.kind === 'patients') this.pipeline.objects.set('exchange', `withdrawals/${id}.txt`, text);
    await this.ports.withdrawals.move(id, ['open'], 'preparing');
  }

  /** From Prepare to the certificate; gives the submissions to wait for where there are some. */
  async run(id: string): Promise<{ underWay: number }> {
    await this.step(() => prepareWithdrawal(this.ports, id));
    const begun = await this.step(() => beginWithdrawal(this.ports, id, 0));
    if (begun.underWay > 0) return begun;
    if (begun.submissions > 0) {
      await this.step(() => scrubLake(this.ports, { withdrawalId: id, phase: 'mark', position: 0 }));
      for (const item of await requireJson(this.pipeline.objects, begun.eraseList, eraseList))
        await this.step(() => eraseSubmission(this.ports, item));
      let at: DeletionPosition = { phase: 'delete', position: 0 };
      while (at.phase !== 'gone') {
        const from = at;
        at = await this.step(() => deleteImageSets(this.ports, id, from));
      }
      let lake: ScrubLakeStep = { withdrawalId: id, phase: 'scrub', position: 0 };
      while (lake.phase !== 'done') {
        const from = lake;
        lake = await this.step(() => scrubLake(this.ports, from));
      }
    }
    await this.step(() => endWithdrawal(this.ports, id));
    return begun;
  }

  async certificate(id: string): Promise<CertificatePayload> {
    const place = { bucket: 'work', key: `withdrawals/${id}/certificate.json` };
    const { payload } = await requireJson(this.pipeline.objects, place, signedCertificate);
    return certificatePayload.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  }

  private async step<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        this.pipeline.objects.beforeWrite = () => this.beforeWrite();
        return await work();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      } finally {
        this.pipeline.objects.beforeWrite = () => {};
      }
    }
  }
}
