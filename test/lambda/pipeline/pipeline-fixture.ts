import { createHash, createHmac } from 'node:crypto';
import type { PseudonymKeys } from '../../../dicom/deidentify/outcome';
import { derivePseudonymKeys } from '../../../dicom/deidentify/pseudonym-keys';
import { parseNhsNumber } from '../../../dicom/nhs-number';
import { basicPolicy } from '../../../dicom/policy/policy';
import { catalogueSubmission } from '../../../lambda/catalogue/catalogue-submission';
import { LedgerStudyStore } from '../../../lambda/catalogue/study-store';
import { admissionRule } from '../../../lambda/deidentification/admission';
import { ResultStore } from '../../../lambda/deidentification/batch-results';
import { LedgerClaimStore } from '../../../lambda/deidentification/claim-store';
import { clearSubjects } from '../../../lambda/deidentification/clear-subjects';
import { ExchangeClearanceStore } from '../../../lambda/deidentification/clearance-store';
import { deidentifyBatch } from '../../../lambda/deidentification/deidentify-batch';
import { importLimits } from '../../../lambda/deidentification/import-cuts';
import { instanceEngine } from '../../../lambda/deidentification/instance-engine';
import type { Limits } from '../../../lambda/deidentification/packs';
import { workList } from '../../../lambda/deidentification/plan.contract';
import { planSubmission } from '../../../lambda/deidentification/plan-submission';
import { quarantineBatch } from '../../../lambda/deidentification/quarantine-batch';
import { S3QuarantineStore } from '../../../lambda/deidentification/quarantine-store';
import { receiveClearance } from '../../../lambda/deidentification/receive-clearance';
import { scanHeaders } from '../../../lambda/deidentification/scan-headers';
import { settleSubmission } from '../../../lambda/deidentification/settle-submission';
import type { StagingArea } from '../../../lambda/deidentification/staged-output';
import { acceptDemographics } from '../../../lambda/demographics/accept-demographics';
import { applyDemographics } from '../../../lambda/demographics/apply-demographics';
import type { DemographicsAccepted } from '../../../lambda/demographics/demographics.contract';
import { DemographicsAccount } from '../../../lambda/demographics/demographics-account';
import { ExchangeDemographicsStore } from '../../../lambda/demographics/demographics-store';
import { reconcileImport } from '../../../lambda/imaging/reconcile-import';
import { LakeFileStore } from '../../../lambda/lake/lake-file-store';
import type { CollectionConfiguration } from '../../../lambda/platform/configuration.contract';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { newId } from '../../../lambda/platform/ids';
import { archiveKey, exchangeKeys, landingKey, workKeys } from '../../../lambda/platform/object-keys';
import { requireJson } from '../../../lambda/platform/object-store';
import type { ProcessingRules } from '../../../lambda/quarantine/quarantine.contract';
import { LedgerQuarantineRecords } from '../../../lambda/quarantine/quarantine-records';
import { describePage, orderEntries } from '../../../lambda/submission/manifest';
import { LedgerManifestStore } from '../../../lambda/submission/manifest-store';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { openReceipt } from '../../../lambda/submission/receipt';
import { type ReceiptPayload, signedReceipt } from '../../../lambda/submission/submission.contract';
import { LedgerSubmissionStore } from '../../../lambda/submission/submission-store';
import { LedgerUploadStore } from '../../../lambda/submission/upload-store';
import { writeReceipt } from '../../../lambda/submission/write-receipt';
import { LedgerHoldingIndex } from '../../../lambda/withdrawal/holding-index';
import { LedgerMarkStore } from '../../../lambda/withdrawal/mark-store';
import { LedgerSubmissionGate } from '../../../lambda/withdrawal/submission-gate';
import { MemoryMultipartUploads } from '../fixtures/memory-multipart-uploads';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import { chest, LocalReceiptSigner } from '../submission/submission-fixture';
import { type ImportEnd, runImportJob } from './import-job';
import type { SentArchive, SentFile } from './sent-files';

const buckets = {
  work: 'work',
  exchange: 'exchange',
  deidentified: 'deidentified',
  quarantine: 'quarantine',
  catalogue: 'catalogue',
};
export const landingBucketOf = (odsCode: string) => `landing-${odsCode.toLowerCase()}`;
const trust = { odsCode: 'RX1', nhsNumbers: [{ attribute: 'PatientID' as const }] };
const datastores = { development: 'd'.repeat(32), 'held-out': 'e'.repeat(32) };

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export interface RunOptions {
  /** NHS numbers that the opt-out service does not clear. */
  readonly optedOut?: ReadonlySet<string>;
  /** The opt-out service does not answer in time. */
  readonly unanswered?: boolean;
  /** What HealthImaging does with the file of an ordinal. */
  readonly importOf?: (ordinal: number) => ImportEnd;
  readonly patientsWithoutNhsNumber?: CollectionConfiguration['patientsWithoutNhsNumber'];
  /** What happens between the last two steps. */
  readonly beforeReceipt?: () => Promise<unknown>;
}

/** Thrown in place of a write: the function was killed. */
export class Killed extends Error {}

/**
 * The steps of the pipeline over a real table and the real engine, with buckets in memory, and an opt-out service and an
 * image store of its own. A step that is killed is run again, as the state machine would.
 */
export class Pipeline {
  readonly objects = new MemoryObjectStore();
  readonly multipart = new MemoryMultipartUploads(this.objects);
  readonly signer = new LocalReceiptSigner();
  readonly submissions: LedgerSubmissionStore;
  readonly manifests: LedgerManifestStore;
  readonly deletedImageSets: string[] = [];
  /** What one import takes. */
  importLimits: Limits = importLimits;
  /** Steps run, killed ones included. */
  runs = 0;
  readonly account: DemographicsAccount;
  private readonly demographics: ExchangeDemographicsStore;
  private uploads = 0;
  readonly quarantined: LedgerQuarantineRecords;
  rules: ProcessingRules = {
    policy: { name: 'basic', version: 1, sha256: '0'.repeat(64) },
    acceptedPixelKinds: [],
    patientsWithoutNhsNumber: 'withhold',
  };
  private readonly results = new ResultStore(this.objects, buckets.work);
  private readonly claims: LedgerClaimStore;
  private readonly quarantine = new S3QuarantineStore(this.objects, landingBucketOf, buckets.quarantine);
  private readonly index: LedgerHoldingIndex;
  readonly marks: LedgerMarkStore;
  now = new Date('2026-11-23T12:00:00Z');
  readonly clock = { now: () => this.now };
  /** Steps follow one another here, so that nobody waits for a lease. */
  readonly lake = {
    objects: this.objects,
    catalogueBucket: buckets.catalogue,
    files: new LakeFileStore({ objects: this.objects, catalogueBucket: buckets.catalogue }),
    leases: { hold: <Result>(_: unknown, work: () => Promise<Result>) => work() },
  };

  constructor(
    readonly table: DocumentTable,
    /** Collections of tests that share a table must differ, or they share their claims. */
    readonly collection: string,
  ) {
    this.submissions = new LedgerSubmissionStore(table);
    this.manifests = new LedgerManifestStore(table, this.objects, buckets.work);
    this.claims = new LedgerClaimStore(table);
    this.index = new LedgerHoldingIndex(table);
    this.marks = new LedgerMarkStore(table);
    this.account = new DemographicsAccount(table, this.objects, buckets.work);
    this.demographics = new ExchangeDemographicsStore(table, this.objects, buckets.exchange);
    this.quarantined = new LedgerQuarantineRecords(table);
    this.objects.now = this.clock.now;
  }

  /** Makes, fills and completes a submission. */
  async send(
    id: string,
    files: readonly SentFile[],
    subjects: readonly string[] | null,
    archives: readonly SentArchive[] = [],
    sender = 'RX1',
  ): Promise<void> {
    const landing = landingBucketOf(sender);
    const listed = archives.map(({ bytes, parts }, index) => ({
      archive: index + 1,
      bytes: bytes.length,
      sha256: parts ? compositeDigest(parts.sha256) : digest(bytes),
      ...(parts && { parts: { bytes: 5 * 1024 ** 2, sha256: [...parts.sha256] } }),
    }));
    const entries = orderEntries(
      files.map(({ bytes, group, archived, parts }, index) => ({
        ...(archived === undefined ? {} : { archived }),
        ...(parts === undefined ? {} : { parts }),
        ordinal: index + 1,
        bytes: bytes.length,
        sha256: parts === undefined ? digest(bytes) : compositeDigest(parts.sha256),
        group,
      })),
    );
    await this.submissions.create(
      {
        id,
        state: 'open',
        trust: sender,
        collection: this.collection,
        fileCount: files.length,
        totalBytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
        createdAt: this.clock.now().toISOString(),
        createdBy: 'subject',
      },
      id,
      'digest',
    );
    await this.manifests.writePage(id, 0, describePage(1, entries, listed), entries, listed);
    archives.forEach(({ bytes, landed, parts }, index) => {
      if (parts !== undefined)
        this.objects.setParted(landing, archiveKey(id, index + 1), bytes, {
          parts: parts.sha256.length,
          sha256: parts.composite,
        });
      else if (landed !== null) this.objects.set(landing, archiveKey(id, index + 1), landed ?? bytes, false);
    });
    files.forEach(({ bytes, landed, archived }, index) => {
      if (landed !== null && archived === undefined)
        this.objects.set(landing, landingKey(id, index + 1), landed ?? bytes, false);
    });
    if (subjects !== null)
      this.objects.set('exchange', `subjects/${id}.txt`, subjects.map((each) => `${each},\n`).join(''));
    await this.submissions.complete({ id, createdAt: this.clock.now().toISOString() }, this.clock.now());
  }

  /** From Plan to Receipt; gives the receipt. */
  async run(id: string, options: RunOptions = {}): Promise<ReceiptPayload> {
    for await (const step of this.steps(id, options)) await this.step(step);
    return this.readReceipt(id);
  }

  /** The steps from Plan to Receipt, each to be run, as often as it takes, before the next is asked for. */
  async *steps(id: string, options: RunOptions = {}): AsyncGenerator<() => Promise<unknown>> {
    yield () => this.plan(id);
    yield () => this.clear(id, options);
    const place = { bucket: buckets.work, key: workKeys.workList(id) };
    for (const batch of await requireJson(this.objects, place, workList))
      yield () => this.deidentify(batch, options);
    let packs: Awaited<ReturnType<typeof this.settle>>['packs'] = [];
    yield async () => {
      packs = (await this.settle(id)).packs;
    };
    for (const pack of packs) {
      const job = { submissionId: id, ...pack, jobId: pack.clientToken.slice(0, 32) };
      yield async () => {
        runImportJob(this.objects, job, (ordinal) => options.importOf?.(ordinal) ?? 'primary');
        await reconcileImport(
          {
            objects: this.objects,
            results: this.results,
            claims: this.claims,
            quarantine: this.quarantine,
            index: this.index,
            jobs: { deleteImageSet: async (_store, set) => void this.deletedImageSets.push(set) },
            pause: async () => {},
            workBucket: buckets.work,
            deidentifiedBucket: buckets.deidentified,
          },
          job,
        );
      };
    }
    yield () =>
      catalogueSubmission(
        {
          ...this.lake,
          results: this.results,
          studies: new LedgerStudyStore(this.table),
          claims: this.claims,
          submissions: this.submissions,
          index: this.index,
          workBucket: buckets.work,
        },
        id,
      );
    yield () => this.applyDemographics(id, 'pipeline');
    await options.beforeReceipt?.();
    yield () => this.receipt(id);
  }

  /** What the trust does with a table: puts it, and hands it in; what the event then does comes apart. */
  async handInTable(id: string, table: string | Buffer): Promise<DemographicsAccepted> {
    const upload = newId('u', { now: () => new Date(++this.uploads) });
    this.objects.set('exchange', exchangeKeys.demographicsTable(id, upload), table);
    const who = {
      subject: 'u',
      pseudonym: null,
      roles: ['uploader' as const],
      trust: 'RX1',
      organisation: null,
      signIn: { level: 'not-asked' as const, withheldRoles: [] },
    };
    return acceptDemographics(
      {
        submissions: this.submissions,
        demographics: this.demographics,
        account: this.account,
        signer: { signUpload: () => Promise.reject(new Error('not asked for')) },
        collections: [{ ...chest, id: this.collection }],
        exchangeBucket: buckets.exchange,
        acceptedDays: 30,
        clock: this.clock,
        newUploadId: () => upload,
      },
      who,
      id,
      upload,
    );
  }

  async applyDemographics(id: string, caller: 'pipeline' | 'event') {
    return applyDemographics(
      {
        demographics: this.demographics,
        account: this.account,
        ...this.lake,
        results: this.results,
        studies: new LedgerStudyStore(this.table),
        marks: this.marks,
        keys: pseudonymKeys,
        trusts: [{ odsCode: 'RX1', region: 'E12000004' }],
        workBucket: buckets.work,
        clock: this.clock,
      },
      id,
      caller,
    );
  }

  /** As `run`, with an engine that crashes on every batch. */
  async runWithoutEngine(id: string): Promise<void> {
    await this.plan(id);
    const place = { bucket: buckets.work, key: workKeys.workList(id) };
    for (const batch of await requireJson(this.objects, place, workList))
      await quarantineBatch({ results: this.results }, batch);
    await this.settle(id);
    await this.receipt(id);
  }

  async readReceipt(id: string): Promise<ReceiptPayload> {
    const place = { bucket: buckets.work, key: workKeys.receipt(id) };
    return openReceipt(await requireJson(this.objects, place, signedReceipt));
  }

  plan(id: string) {
    return planSubmission(
      {
        submissions: this.submissions,
        manifests: this.manifests,
        objects: this.objects,
        landingBucketOf,
        workBucket: buckets.work,
        largeFiles: { bytes: 2_000_000_000, branch: 'fargate' },
      },
      id,
    );
  }

  settle(id: string) {
    return settleSubmission(
      {
        objects: this.objects,
        results: this.results,
        claims: this.claims,
        quarantine: this.quarantine,
        manifests: this.manifests,
        landingWriter: this.objects,
        landingBucketOf,
        index: this.index,
        marks: this.marks,
        workBucket: buckets.work,
        deidentifiedBucket: buckets.deidentified,
        datastores,
        importLimits: this.importLimits,
      },
      id,
    );
  }

  receipt(id: string) {
    return writeReceipt(
      {
        submissions: this.submissions,
        manifests: this.manifests,
        uploads: new LedgerUploadStore(this.table),
        multipart: this.multipart,
        objects: this.objects,
        signer: this.signer,
        demographics: this.account,
        quarantined: this.quarantined,
        rulesOf: () => this.rules,
        times: { quarantineDays: 90, landingDays: 14 },
        landingBucketOf,
        quarantineBucket: buckets.quarantine,
        exchangeBucket: buckets.exchange,
        workBucket: buckets.work,
        clock: this.clock,
      },
      id,
    );
  }

  private async clear(id: string, options: RunOptions): Promise<void> {
    const ports = {
      clearances: new ExchangeClearanceStore(this.table, this.objects, buckets),
      tasks: { succeed: async () => true },
      patientKey: async () => (await pseudonymKeys()).patient,
      marks: this.marks,
      clock: this.clock,
      scanHeaders: (submissionId: string) =>
        scanHeaders(
          {
            objects: this.objects,
            results: this.results,
            workBucket: buckets.work,
            landingBucketOf,
            nhsNumbersOf: () => trust.nhsNumbers,
          },
          submissionId,
        ),
      answerSeconds: 86_400,
      limitSeconds: 3_600,
    };
    const outcome = await clearSubjects(ports, id, 'token');
    if (outcome.state !== 'asked' || options.unanswered === true) return;
    const request = (await this.objects.readText({ bucket: 'exchange', key: `requests/${id}.txt` })) ?? '';
    const cleared = request
      .split('\n')
      .filter((line) => line !== '' && options.optedOut?.has(line.slice(0, 10)) !== true);
    this.objects.set('exchange', `responses/${id}.txt`, cleared.map((line) => `${line}\n`).join(''));
    const received = await receiveClearance(ports, id);
    if (!received.accepted) throw new Error(received.code);
  }

  private deidentify(batch: Parameters<typeof deidentifyBatch>[1], options: RunOptions) {
    return deidentifyBatch(
      {
        results: this.results,
        prepare: async (plan) => {
          const { submissionId } = plan;
          const keys = await pseudonymKeys();
          const patientsWithoutNhsNumber = options.patientsWithoutNhsNumber ?? 'withhold';
          const clearances = new ExchangeClearanceStore(this.table, this.objects, buckets);
          const clearance = await clearances.readClearance(submissionId);
          return {
            objects: this.objects,
            staging: this.staging(),
            quarantine: this.quarantine,
            gate: new LedgerSubmissionGate(this.index, this.marks, plan),
            engine: instanceEngine({
              policy: basicPolicy(),
              keys,
              trust: { ...trust, odsCode: plan.trust },
              collection: {
                ...chest,
                id: this.collection,
                patientsWithoutNhsNumber,
                acceptedPixelKinds: this.rules.acceptedPixelKinds,
              },
              uidRoot: '2.25.1',
              heldOutShare: 0.3,
            }),
            admit: admissionRule({
              clearance,
              patientsWithoutNhsNumber,
              patientKey: keys.patient,
              now: this.clock.now(),
            }),
            answered: clearance !== null,
            landingBucket: landingBucketOf(plan.trust),
            deidentifiedBucket: buckets.deidentified,
          };
        },
      },
      batch,
    );
  }

  private staging(): StagingArea {
    return {
      open: (place) => {
        const chunks: Buffer[] = [];
        return {
          sink: { write: (chunk) => void chunks.push(Buffer.from(chunk)) },
          commit: async (sha256) => {
            await this.objects.put(place(), Buffer.concat(chunks), {
              contentType: 'application/dicom',
              sha256,
            });
          },
          discard: async () => {},
        };
      },
    };
  }

  /** Text of an object in memory; '' where there is none. */
  text(bucket: string, key: string): string {
    return this.objects.objects.get(`${bucket}/${key}`)?.body.toString('utf8') ?? '';
  }

  /** Runs a step until no write of it is killed. */
  untilDone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.step(work);
  }

  private async step<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      this.runs += 1;
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  }
}

let derived: Promise<PseudonymKeys> | null = null;

export function pseudonymKeys(): Promise<PseudonymKeys> {
  derived ??= derivePseudonymKeys((message) => createHmac('sha256', 'test key').update(message).digest());
  return derived;
}

/** Throws unless the number is one that the platform would ask about. */
export function validNhsNumber(text: string): string {
  const number = parseNhsNumber(text);
  if (number === null) throw new Error('not a valid NHS number');
  return number;
}
