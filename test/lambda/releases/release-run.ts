import { askForRelease, type ReleaseMakers } from '../../../lambda/releases/ask-for-release';
import { commitToHeldOut } from '../../../lambda/releases/commit-to-held-out';
import { guardRelease } from '../../../lambda/releases/guard-release';
import { measureRelease } from '../../../lambda/releases/measure-release';
import { moveRelease } from '../../../lambda/releases/move-release';
import { publication } from '../../../lambda/releases/publication.contract';
import { publishRelease } from '../../../lambda/releases/publish-release';
import type { ReleaseRecord } from '../../../lambda/releases/release-record.contract';
import { requireRelease } from '../../../lambda/releases/release-store';
import { takeSeries } from '../../../lambda/releases/take-series';
import { writeDocuments } from '../../../lambda/releases/write-documents';
import type { SplitBalance } from '../../../lambda/splits/split-balance';
import { deriveSplitsKeys } from '../../../lambda/splits/splits-keys';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import type { Row } from '../lake/sql/lake-database';
import { MemoryRegisterTable } from '../register/memory-register-table';
import { breast, chest, officer, SetClock } from '../register/register-fixture';
import { LocalReceiptSigner } from '../submission/submission-fixture';
import { MemoryLake } from './memory-lake';

const root = '1.3.6.1.4.1.32473.7';

/** A series of one image of a patient, numbered from 1. */
export function instance(patient: number, split: 'development' | 'held-out', changes: Row = {}): Row {
  const arc = split === 'development' ? 1 : 2;
  const uid = (last: number) => `${root}.7.${arc}.1${String(patient).padStart(29, '0')}${last}`;
  return {
    submission: `s-${String(patient).padStart(26, '0')}`,
    ordinal: 1,
    trust: 'RX1',
    patient_pseudonym: `patient-${String(patient).padStart(4, '0')}`,
    local_pseudonym: `local-${patient}`,
    study_instance_uid: uid(1),
    series_instance_uid: uid(2),
    sop_instance_uid: uid(3),
    frames: 1,
    bytes: 1000,
    pixel_digest: `pixels-${patient}`,
    datastore_id: split,
    image_set_id: `set-${patient}`,
    study_date: '2024-03-01',
    age_of_image: 40 + (patient % 30),
    sex_of_image: 'F',
    modality: 'CR',
    manufacturer: 'Maker',
    collection: 'chest',
    split,
    ...changes,
  };
}

export function person(patient: number, split: 'development' | 'held-out', changes: Row = {}): Row {
  return {
    submission: `s-${String(patient).padStart(26, '0')}`,
    trust: 'RX1',
    patient_pseudonym: `patient-${String(patient).padStart(4, '0')}`,
    age_at_scan: 40 + (patient % 30),
    sex: patient % 2 === 0 ? '1' : '2',
    ethnic_category: patient % 10 === 0 ? 'M' : 'A',
    imd_decile: 1 + (patient % 10),
    region: 'E12000004',
    collection: 'chest',
    split,
    ...changes,
  };
}

/** A hundred patients, every fifth held out. */
export const patients = Array.from({ length: 100 }, (_, at) => ({
  patient: at + 1,
  split: at % 5 === 0 ? ('held-out' as const) : ('development' as const),
}));

/** The making of releases over tables and buckets in memory. */
export class ReleaseRun {
  readonly objects = new MemoryObjectStore();
  readonly table = new MemoryRegisterTable();
  readonly clock = new SetClock();
  readonly started: string[] = [];
  /** Balance of the split at each measurement. */
  readonly balances: SplitBalance[] = [];
  lowestRatio = 0;
  private attempts = 0;

  private constructor(
    readonly lake: MemoryLake,
    private readonly signer: LocalReceiptSigner,
  ) {}

  static async open(): Promise<ReleaseRun> {
    const objects = new MemoryObjectStore();
    const run = new ReleaseRun(await MemoryLake.open(objects), new LocalReceiptSigner());
    Object.assign(run, { objects });
    await run.lake.fill(
      'instances',
      patients.map(({ patient, split }) => instance(patient, split)),
    );
    await run.lake.fill(
      'demographics',
      patients.map(({ patient, split }) => person(patient, split)),
    );
    return run;
  }

  get makers(): ReleaseMakers {
    return {
      table: this.table,
      clock: this.clock,
      firstOfficers: [officer.subject],
      starter: {
        start: async ({ release, attempt }) => {
          this.started.push(`${release}-${attempt}`);
        },
      },
      collections: new Set(['chest', 'breast-screening']),
    };
  }

  ask(
    version = '2026.1',
    key?: string,
    collections = ['chest'],
  ): Promise<{ record: ReleaseRecord; created: boolean }> {
    const body = { version, title: 'The first release', collections };
    return askForRelease(this.makers, officer, body, key);
  }

  record(version = '2026.1'): Promise<ReleaseRecord> {
    return requireRelease(this.table, version);
  }

  /** One execution of the state machine, as lib/releases/definition.ts has it. */
  async execute(release = '2026.1'): Promise<'published' | 'held'> {
    const { objects, table, lake: engine, clock } = this;
    const buckets = { catalogueBucket: 'catalogue', releasesBucket: 'releases' };
    const common = { objects, table, engine, clock, ...buckets };
    await takeSeries(
      {
        ...common,
        trusts: [{ odsCode: 'RX1', region: 'E12000004' }],
        newAttempt: () => {
          this.attempts += 1;
          return `u-${this.attempts}`;
        },
      },
      release,
    );
    if ((await guardRelease(common, release)).held) return 'held';
    await commitToHeldOut({ ...common, keys: () => deriveSplitsKeys(() => Buffer.alloc(32, 7)) }, release);
    const measured = await measureRelease(
      {
        ...common,
        collections: [chest, breast],
        publication: publication.parse({
          publisher: { name: 'The programme', identifier: 'https://ror.org/000000000' },
          contact: { name: 'Data office', email: 'data@example.org' },
          licence: { title: 'Terms of use', address: 'https://example.org/terms' },
          accessRequest: 'https://example.org/apply',
        }),
        references: [englandCensus2021()],
        gate: { lowestRatio: this.lowestRatio },
        heldOutShare: 0.2,
        address: 'https://example.org/releases',
        reportBalance: (balance) => this.balances.push(balance),
      },
      release,
    );
    if (measured.held) return 'held';
    await writeDocuments({ ...common, signer: this.signer }, release);
    await publishRelease(common, release);
    return 'published';
  }

  stop(step: string, release = '2026.1'): Promise<ReleaseRecord> {
    return moveRelease(this.table, release, 'stopped', { stop: { kind: 'failure', step, error: 'Error' } });
  }

  /** Names and bytes of what is published, the signature apart, which is another at each signing. */
  documents(): Record<string, string> {
    return Object.fromEntries(
      this.objects
        .keys('releases')
        .filter((key) => !key.endsWith('.jws'))
        .map((key) => [key, this.objects.objects.get(`releases/${key}`)?.body.toString('utf8') ?? '']),
    );
  }

  /** Texts of the events of the platform's chain, by type. */
  eventTypes(): unknown[] {
    return this.table
      .partition('PLATFORM')
      .filter(({ sk }) => sk.startsWith('EVENT#'))
      .map(({ type }) => type);
  }
}
