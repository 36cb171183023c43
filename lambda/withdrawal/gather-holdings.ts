import { type InstanceRow, instanceRow } from '../catalogue/catalogue.contract';
import { boundedMap } from '../platform/bounded-map';
import { catalogueRowsKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';
import type { FileReference } from '../quarantine/quarantine.contract';
import type { QuarantineRecords } from '../quarantine/quarantine-records';
import type { SubmissionRecord } from '../submission/submission.contract';
import { allOfTrust, type SubmissionStore } from '../submission/submission-store';
import type { HoldingIndex, StagedStudy } from './holding-index';
import type { Gathered, Holding, WithdrawalSubjects } from './work.contract';

/** Queries of the ledger, and objects read, at once. */
const readsAtOnce = 32;

export const splits = ['development', 'held-out'] as const;

export interface GatherPorts {
  readonly index: Pick<HoldingIndex, 'studiesOfPatient' | 'quarantinedOfPatient' | 'holdersOfStudy'>;
  readonly submissions: Pick<SubmissionStore, 'get' | 'listOfTrust'>;
  readonly quarantined: Pick<QuarantineRecords, 'getMany' | 'list'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'list'>;
  readonly catalogueBucket: string;
  readonly quarantineBucket: string;
}

/** A row and the split under which it stands. */
export interface HeldRow extends InstanceRow {
  readonly split: (typeof splits)[number];
}

/** Where something stands, and what of it is under way still. */
export interface Holdings {
  readonly holdings: readonly Holding[];
  /** Ids of submissions that may yet keep something of it: they have not come to their end. */
  readonly underWay: readonly string[];
}

/** The rows of a submission in one split; none where it brought none. */
export async function readRows(
  ports: { readonly objects: Pick<ObjectStore, 'readText'>; readonly catalogueBucket: string },
  { collection, submissionId }: Pick<Holding, 'collection' | 'submissionId'>,
  split: (typeof splits)[number],
): Promise<HeldRow[]> {
  const key = catalogueRowsKey(collection, split, submissionId);
  const text = await ports.objects.readText({ bucket: ports.catalogueBucket, key });
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...instanceRow.parse(JSON.parse(line)), split }));
}

/** Which files of a submission go, by its holding. */
export function doomedBy(
  { extent, studies }: Pick<Holding, 'extent' | 'studies'>,
  imageSets: ReadonlySet<string>,
): (file: {
  readonly patientPseudonym: string;
  readonly studyInstanceUid: string;
  readonly imageSetId?: string;
}) => boolean {
  const pairs = new Set(studies.map((each) => `${each.patientPseudonym} ${each.studyInstanceUid}`));
  return ({ patientPseudonym, studyInstanceUid, imageSetId }) => {
    switch (extent) {
      case 'whole':
        return true;
      case 'image-sets':
        return imageSetId !== undefined && imageSets.has(imageSetId);
      case 'subjects':
        return pairs.has(`${patientPseudonym} ${studyInstanceUid}`);
    }
  };
}

class Collector {
  private readonly found = new Map<string, { studies: StagedStudy[]; quarantined: Holding['quarantined'] }>();

  private of(submissionId: string) {
    const known = this.found.get(submissionId) ?? { studies: [], quarantined: [] };
    this.found.set(submissionId, known);
    return known;
  }

  study(submissionId: string, study: StagedStudy): void {
    this.of(submissionId).studies.push(study);
  }

  quarantined(submissionId: string, patientPseudonym: string, ordinal: number): void {
    this.of(submissionId).quarantined.push({ patientPseudonym, ordinal });
  }

  entries() {
    return [...this.found].sort(([left], [right]) => (left < right ? -1 : 1));
  }
}

async function collectPatients(ports: GatherPorts, patients: readonly string[], into: Collector) {
  await boundedMap(patients, readsAtOnce, async (patientPseudonym) => {
    for (const held of await ports.index.studiesOfPatient(patientPseudonym))
      into.study(held.submissionId, {
        patientPseudonym,
        studyInstanceUid: held.studyInstanceUid,
        split: held.split,
      });
    for (const copy of await ports.index.quarantinedOfPatient(patientPseudonym))
      into.quarantined(copy.submissionId, patientPseudonym, copy.ordinal);
  });
}

/** A quarantined copy of which nobody knows the study goes with every study of its patient: it may be of that one. */
async function collectStudies(
  ports: GatherPorts,
  { collection, studies }: Extract<WithdrawalSubjects, { kind: 'studies' }>,
  into: Collector,
) {
  const wanted = new Set(studies);
  const patients = new Set<string>();
  await boundedMap(studies, readsAtOnce, async (studyInstanceUid) => {
    for (const { submissionId, patientPseudonym, split } of await ports.index.holdersOfStudy(
      collection,
      studyInstanceUid,
    )) {
      patients.add(patientPseudonym);
      into.study(submissionId, { patientPseudonym, studyInstanceUid, split });
    }
  });
  await boundedMap([...patients], readsAtOnce, async (patientPseudonym) => {
    for (const copy of await ports.index.quarantinedOfPatient(patientPseudonym))
      if (
        copy.collection === collection &&
        (copy.studyInstanceUid === null || wanted.has(copy.studyInstanceUid))
      )
        into.quarantined(copy.submissionId, patientPseudonym, copy.ordinal);
  });
}

/** Whether a submission may yet keep something. */
export function isUnderWay({ state }: SubmissionRecord): boolean {
  return state === 'processing' || state === 'stopped';
}

/** Kept files of a trust's quarantine asked for at once. */
const filesAPage = 1_000;

/**
 * Replays that have taken some of the files: their copies lie in landing, or are on their way there, and what becomes of
 * them may be kept. A replay submission is not in the index before its files were read.
 */
async function replaysOf(ports: GatherPorts, files: readonly FileReference[]): Promise<string[]> {
  const records = await ports.quarantined.getMany(files);
  return records.flatMap((record) => (record.state === 'replaying' ? [record.replay.submission] : []));
}

async function replaysOfTrust(ports: GatherPorts, trust: string): Promise<string[]> {
  const replays: string[] = [];
  let after: string | undefined;
  do {
    const page = await ports.quarantined.list({ trust, list: 'KEPT', limit: filesAPage, after });
    replays.push(...(await replaysOf(ports, page.files)));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return replays;
}

const sorted = (ids: readonly string[]) => [...new Set(ids)].sort();

/** Which submissions hold something of the subjects. */
export async function findHoldings(ports: GatherPorts, subjects: WithdrawalSubjects): Promise<Holdings> {
  if (subjects.kind === 'trust') {
    const records = await allOfTrust(ports.submissions, subjects.trust);
    return {
      underWay: sorted([
        ...records.filter(isUnderWay).map(({ id }) => id),
        ...(await replaysOfTrust(ports, subjects.trust)),
      ]),
      holdings: records.map(({ id, trust, collection }) => ({
        submissionId: id,
        trust,
        collection,
        extent: 'whole',
        studies: [],
        quarantined: [],
      })),
    };
  }
  const collector = new Collector();
  if (subjects.kind === 'patients') await collectPatients(ports, subjects.patients, collector);
  else await collectStudies(ports, subjects, collector);
  const underWay: string[] = [];
  const holdings = await boundedMap(
    collector.entries(),
    readsAtOnce,
    async ([submissionId, found]): Promise<Holding> => {
      const record = await knownSubmission(ports, submissionId);
      if (isUnderWay(record)) underWay.push(submissionId);
      const { trust, collection } = record;
      return { submissionId, trust, collection, extent: 'subjects', ...found };
    },
  );
  const copies = holdings.flatMap(({ submissionId, quarantined }) =>
    quarantined.map(({ ordinal }) => ({ submission: submissionId, ordinal })),
  );
  return { holdings, underWay: sorted([...underWay, ...(await replaysOf(ports, copies))]) };
}

interface HoldingRows {
  readonly holding: Holding;
  readonly rows: readonly HeldRow[];
}

/** Other trusts' submissions that have instances in image sets that go with a trust, and those that may yet have. */
async function findSharers(
  ports: GatherPorts,
  own: readonly HoldingRows[],
): Promise<{ sharers: HoldingRows[]; underWay: string[] }> {
  const ids = new Set(own.map(({ holding }) => holding.submissionId));
  const imageSets = new Set(own.flatMap(({ rows }) => rows.map((row) => row.imageSetId)));
  const studies = new Map<string, { collection: string; studyInstanceUid: string }>();
  for (const { holding, rows } of own)
    for (const { studyInstanceUid } of rows)
      studies.set(`${holding.collection} ${studyInstanceUid}`, {
        collection: holding.collection,
        studyInstanceUid,
      });
  const others = new Set<string>();
  await boundedMap([...studies.values()], readsAtOnce, async ({ collection, studyInstanceUid }) => {
    for (const { submissionId } of await ports.index.holdersOfStudy(collection, studyInstanceUid))
      if (!ids.has(submissionId)) others.add(submissionId);
  });
  const underWay: string[] = [];
  const found = await boundedMap(
    [...others].sort(),
    readsAtOnce,
    async (submissionId): Promise<HoldingRows> => {
      const record = await knownSubmission(ports, submissionId);
      if (isUnderWay(record)) underWay.push(submissionId);
      const { trust, collection } = record;
      const holding: Holding = {
        submissionId,
        trust,
        collection,
        extent: 'image-sets',
        studies: [],
        quarantined: [],
      };
      return { holding, rows: (await rowsOf(ports, holding)).filter(doomedBy(holding, imageSets)) };
    },
  );
  return { sharers: found.filter(({ rows }) => rows.length > 0), underWay };
}

async function knownSubmission(ports: GatherPorts, submissionId: string): Promise<SubmissionRecord> {
  const record = await ports.submissions.get(submissionId);
  if (record === null) throw new Error(`the index names ${submissionId}, of which nothing is known`);
  return record;
}

async function rowsOf(ports: GatherPorts, holding: Holding): Promise<HeldRow[]> {
  const rows = await Promise.all(splits.map((split) => readRows(ports, holding, split)));
  return rows.flat();
}

async function countQuarantined(ports: GatherPorts, trust: string): Promise<number> {
  let count = 0;
  for await (const _ of ports.objects.list(ports.quarantineBucket, `${trust}/`)) count += 1;
  return count;
}

const none: ReadonlySet<string> = new Set();
const distinct = (values: readonly string[]): number => new Set(values).size;

/** All that is held of the subjects, and the submissions that have to end before that is all. */
export async function gatherHoldings(
  ports: GatherPorts,
  subjects: WithdrawalSubjects,
): Promise<{ gathered: Gathered; underWay: readonly string[] }> {
  const { holdings, underWay } = await findHoldings(ports, subjects);
  const own = await boundedMap(
    holdings,
    readsAtOnce,
    async (holding): Promise<HoldingRows> => ({
      holding,
      rows: (await rowsOf(ports, holding)).filter(doomedBy(holding, none)),
    }),
  );
  const others = subjects.kind === 'trust' ? await findSharers(ports, own) : { sharers: [], underWay: [] };
  const all = [...own, ...others.sharers];
  const rows = all.flatMap((each) => each.rows);
  const imageSets = new Map(
    rows.map(({ datastoreId, imageSetId }) => [imageSetId, { datastoreId, imageSetId }]),
  );
  const copies = holdings.flatMap((holding) => holding.quarantined);
  const granted = all.filter((each) => each.rows.some(({ split }) => split === 'development'));
  return {
    underWay: [...underWay, ...others.underWay].sort(),
    gathered: {
      subjects,
      holdings: all.map(({ holding }) => holding),
      imageSets: [...imageSets.values()].sort((left, right) => (left.imageSetId < right.imageSetId ? -1 : 1)),
      collections: [...new Set(granted.map(({ holding }) => holding.collection))].sort(),
      counts: {
        patients: distinct([...rows, ...copies].map((each) => each.patientPseudonym)),
        submissions: holdings.length,
        submissionsUnderWay: underWay.length + others.underWay.length,
        studies: distinct(rows.map((row) => row.studyInstanceUid)),
        series: distinct(rows.map((row) => row.seriesInstanceUid)),
        instances: rows.length,
        imageSets: imageSets.size,
        quarantined:
          subjects.kind === 'trust' ? await countQuarantined(ports, subjects.trust) : copies.length,
        instancesOfOthers: others.sharers.reduce((sum, each) => sum + each.rows.length, 0),
      },
    },
  };
}
