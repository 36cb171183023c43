import { createHash } from 'node:crypto';
import type { Split } from '../../dicom/deidentify/outcome';
import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { deidentifiedKey, deidentifiedPrefix, workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { ManifestStore } from '../submission/manifest-store';
import type { HoldingIndex } from '../withdrawal/holding-index';
import type { MarkStore } from '../withdrawal/mark-store';
import type { ResultStore } from './batch-results';
import type { ClaimStore } from './claim-store';
import { type HeldFilePorts, setHeldFilesApart } from './held-files';
import { cutImports } from './import-cuts';
import type { Limits } from './packs';
import type { Batch, FileResult, StagedFile } from './pipeline.contract';
import { type Plan, workList } from './plan.contract';
import type { QuarantineStore } from './quarantine-store';
import { type Decision, settleFiles } from './settle-files';
import { type ImportPack, type SettledFile, type Settlement, settlement } from './settlement.contract';

/** Results read, and copies made, at once. */
const objectsAtOnce = 32;

/** Rounds of deciding and claiming; one more is needed only when another submission claims a UID in between. */
const claimRounds = 20;

/** Raised where a batch left no results: an operator runs the submission again by an execution of another name. */
export class ResultsMissingError extends Error {
  override readonly name = 'ResultsMissingError';
}

export interface SettlePorts {
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list' | 'copy' | 'deleteAllVersions'> &
    HeldFilePorts['objects'];
  readonly results: Pick<ResultStore, 'readPlan' | 'read'>;
  readonly claims: Pick<ClaimStore, 'read' | 'claim'>;
  readonly quarantine: QuarantineStore;
  readonly manifests: Pick<ManifestStore, 'readAll'>;
  readonly landingWriter: HeldFilePorts['landingWriter'];
  readonly landingBucketOf: LandingBucketOf;
  readonly marks: Pick<MarkStore, 'withdrawnOf'>;
  readonly index: Pick<HoldingIndex, 'addQuarantined'>;
  readonly workBucket: string;
  readonly deidentifiedBucket: string;
  /** Data store id of each split. */
  readonly datastores: Readonly<Record<Split, string>>;
  /** Other limits of an import than the platform's, for tests. */
  readonly importLimits?: Limits;
}

async function readResults(
  ports: SettlePorts,
  submissionId: string,
  batches: readonly Batch[],
): Promise<FileResult[]> {
  const names = ['plan', ...batches.map(({ batch }) => batch)];
  const results = await boundedMap(names, objectsAtOnce, (name) => ports.results.read(submissionId, name));
  const absent = names.filter((_, index) => results[index] === null);
  if (absent.length > 0)
    throw new ResultsMissingError(`${absent.length} batches left no results, first ${absent[0]}`);
  return results.flatMap((result) => result ?? []);
}

type FinalDecision = Decision | { readonly decision: 'withhold' };

/** What was withdrawn after it was staged is withheld and claims nothing. */
async function decide(
  ports: SettlePorts,
  plan: Plan,
  all: readonly StagedFile[],
): Promise<ReadonlyMap<number, FinalDecision>> {
  const withdrawn = await ports.marks.withdrawnOf(plan, all);
  const staged = all.filter((file) => !withdrawn.covers(file));
  const decided = new Map<number, FinalDecision>(
    all.flatMap((file) => (withdrawn.covers(file) ? [[file.ordinal, { decision: 'withhold' }]] : [])),
  );
  for (const [ordinal, decision] of await decideStaged(ports, plan, staged)) decided.set(ordinal, decision);
  return decided;
}

async function decideStaged(
  ports: SettlePorts,
  plan: Plan,
  staged: readonly StagedFile[],
): Promise<ReadonlyMap<number, Decision>> {
  const uids = {
    instances: staged.map((file) => file.sopInstanceUid),
    studies: staged.map((file) => file.studyInstanceUid),
  };
  for (let round = 0; round < claimRounds; round += 1) {
    const standing = await ports.claims.read(plan.collection, uids);
    const { decisions, wanted } = settleFiles(plan.submissionId, staged, standing);
    if (await ports.claims.claim(plan.collection, wanted)) return decisions;
  }
  throw new Error('other submissions kept claiming the same UIDs');
}

function settle(
  result: FileResult,
  decisions: ReadonlyMap<number, FinalDecision>,
  cut: ReadonlyMap<number, string>,
): SettledFile {
  if (result.outcome !== 'staged') return result;
  const { ordinal, split, sopInstanceUid, patientPseudonym, studyInstanceUid } = result;
  const pack = cut.get(ordinal) ?? result.pack;
  const decision = decisions.get(ordinal);
  if (decision === undefined) throw new Error(`file ${ordinal} was not decided`);
  const patient = { patientPseudonym, studyInstanceUid };
  switch (decision.decision) {
    case 'import':
      return { outcome: 'to-import', ordinal, pack, split, sopInstanceUid, ...patient };
    case 'duplicate':
    case 'withhold':
      return { outcome: decision.decision === 'withhold' ? 'withheld' : 'duplicate', ordinal };
    case 'quarantine': {
      const { code } = decision;
      return { outcome: 'quarantined', ordinal, code, tagPath: null, held: 'quarantine', ...patient };
    }
  }
}

/** The import jobs of a settlement, in order of pack and split. */
export function importPacks(
  submissionId: string,
  files: readonly SettledFile[],
  places: Pick<SettlePorts, 'workBucket' | 'deidentifiedBucket' | 'datastores'>,
): ImportPack[] {
  const counts = new Map<string, { pack: string; split: Split; files: number }>();
  for (const file of files) {
    if (file.outcome !== 'to-import') continue;
    const name = `${file.pack} ${file.split}`;
    const count = counts.get(name) ?? { pack: file.pack, split: file.split, files: 0 };
    count.files += 1;
    counts.set(name, count);
  }
  return [...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { pack, split, files: count }]) => {
      const jobName = `${submissionId}-${split}-${pack}`;
      return {
        pack,
        split,
        files: count,
        datastoreId: places.datastores[split],
        inputS3Uri: `s3://${places.deidentifiedBucket}/${deidentifiedPrefix(submissionId, split, pack)}`,
        outputS3Uri: `s3://${places.workBucket}/${workKeys.importOutputPrefix(submissionId, split, pack)}`,
        jobName,
        clientToken: createHash('sha256').update(jobName).digest('hex'),
      };
    });
}

/** Sets apart what stays in landing out of archives; gives the archives that stay. */
async function keepHeld(
  ports: SettlePorts,
  { submissionId, trust }: Plan,
  files: readonly SettledFile[],
): Promise<number[]> {
  const held = files.flatMap((file) =>
    file.outcome === 'quarantined' && file.held === 'landing' ? [file] : [],
  );
  if (held.length === 0) return [];
  const manifest = await ports.manifests.readAll(submissionId);
  const archivedOf = new Map(manifest.map(({ ordinal, archived }) => [ordinal, archived]));
  return setHeldFilesApart(
    {
      objects: ports.objects,
      landingWriter: ports.landingWriter,
      landing: ports.landingBucketOf(trust),
    },
    submissionId,
    held.map(({ ordinal, code }) => ({ ordinal, code, archived: archivedOf.get(ordinal) })),
  );
}

/** Copies at once inside the staging area; S3 makes them. */
const movesAtOnce = 8;

/** Split and ordinal of a key in the staging area: what a file keeps when it moves to another pack. */
function withoutPack(key: string): string {
  const [, split, , file] = key.split('/');
  return `${split}/${file}`;
}

/**
 * Puts staged files that lie under another pack than that of their import under the right one. What they leave behind is
 * removed with the rest.
 */
async function moveStaged(ports: SettlePorts, submissionId: string, wanted: ReadonlySet<string>) {
  const absent = new Set(wanted);
  const lying = new Map<string, string>();
  for await (const { key } of ports.objects.list(ports.deidentifiedBucket, `${submissionId}/`)) {
    lying.set(withoutPack(key), key);
    absent.delete(key);
  }
  const bucket = ports.deidentifiedBucket;
  const moved = await boundedMap([...absent], movesAtOnce, async (key) => {
    const from = lying.get(withoutPack(key));
    return from !== undefined && (await ports.objects.copy({ bucket, key: from }, { bucket, key }, {}));
  });
  const lost = moved.filter((done) => !done).length;
  if (lost > 0) throw new Error(`${lost} staged files are not in the staging area`);
}

/**
 * Leaves nothing in the staging area but the files to be imported: an import job takes everything under its prefix,
 * also what a run left whose results came second. What goes, goes in every version: it may be of a withdrawn patient.
 */
async function clearStaging(
  ports: SettlePorts,
  submissionId: string,
  files: readonly SettledFile[],
): Promise<void> {
  const wanted = new Set<string>();
  for (const file of files)
    if (file.outcome === 'to-import')
      wanted.add(deidentifiedKey(submissionId, file.split, file.pack, file.ordinal));
  await moveStaged(ports, submissionId, wanted);
  await ports.objects.deleteAllVersions(ports.deidentifiedBucket, `${submissionId}/`, wanted);
}

/**
 * Packs of which no account stands. HealthImaging knows a job by its client token for a while only; a submission that is
 * run again days later must not import the same files twice.
 */
async function packsToImport(ports: SettlePorts, { submissionId, packs }: Settlement): Promise<ImportPack[]> {
  const imported = new Set<string>();
  for await (const { key } of ports.objects.list(
    ports.workBucket,
    workKeys.importedPacksPrefix(submissionId),
  ))
    imported.add(key);
  return packs.filter(({ split, pack }) => !imported.has(workKeys.importedPack(submissionId, split, pack)));
}

/**
 * Gives every file its end or its place in an import, in manifest order, and clears the staging area of files that are
 * not imported. A second run gives the first one's settlement, without the packs that have been imported since.
 * @throws ResultsMissingError
 */
export async function settleSubmission(
  ports: SettlePorts,
  submissionId: string,
): Promise<{ submissionId: string; packs: ImportPack[] }> {
  const place = { bucket: ports.workBucket, key: workKeys.settlement(submissionId) };
  const known = await readJson(ports.objects, place, settlement);
  if (known !== null) return { submissionId, packs: await packsToImport(ports, known) };

  const plan = await ports.results.readPlan(submissionId);
  const batches = await requireJson(
    ports.objects,
    { bucket: ports.workBucket, key: workKeys.workList(submissionId) },
    workList,
  );
  const results = await readResults(ports, submissionId, batches);
  const staged = results.filter((result) => result.outcome === 'staged');
  const decisions = await decide(ports, plan, staged);
  const cut = cutImports(staged, plan.packs, ports.importLimits);
  const files = results
    .map((result) => settle(result, decisions, cut))
    .sort((left, right) => left.ordinal - right.ordinal);

  const byOrdinal = new Map(staged.map((file) => [file.ordinal, file]));
  const sent = batches.flatMap((batch) => batch.files);
  await boundedMap(sent, objectsAtOnce, async (file) => {
    const decision = decisions.get(file.ordinal);
    const whose = byOrdinal.get(file.ordinal);
    if (decision?.decision !== 'quarantine' || whose === undefined) return;
    const { trust, collection } = plan;
    const { ordinal, patientPseudonym, studyInstanceUid } = whose;
    const copy = { trust, collection, submissionId, ordinal, studyInstanceUid };
    await ports.index.addQuarantined(patientPseudonym, copy);
    await ports.quarantine.keep(trust, submissionId, file, decision.code);
  });
  await clearStaging(ports, submissionId, files);
  const settled: Settlement = {
    submissionId,
    files,
    packs: importPacks(submissionId, files, ports),
    keptArchives: await keepHeld(ports, plan, files),
  };
  // Of two runs at once the first one's stands: a withdrawal in between would let them settle differently.
  const isFirst = await writeJson(ports.objects, place, settled, { onlyIfAbsent: true });
  return isFirst ? { submissionId, packs: settled.packs } : settleSubmission(ports, submissionId);
}
