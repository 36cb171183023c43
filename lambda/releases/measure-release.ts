import type { Reference } from '../../statistics/references/reference.contract';
import { gateOf } from '../../statistics/representativeness/gate';
import type { RepresentativenessGate } from '../../statistics/representativeness/gate.contract';
import type { QueryEngine } from '../lake/query-engine';
import { studyListRow, studyListSelect } from '../lake/sql/study-list';
import type { Clock } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { releaseDocumentKey, releaseKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { RegisterTable } from '../register/register-table';
import { commitment } from '../splits/commitment.contract';
import type { SplitBalance } from '../splits/split-balance';
import { commitmentKey } from '../splits/splits-places';
import { composeRelease, type EarlierRelease } from './compose-release';
import { manifestLines } from './manifest';
import { readManifest } from './manifest.contract';
import { studiesOf } from './manifest-changes';
import { moveRelease } from './move-release';
import { peopleShown } from './people-shown';
import type { Publication } from './publication.contract';
import { readFigures } from './read-figures';
import { type Release, release as releaseSchema } from './release.contract';
import { findingsDigest, reasonNeeded } from './release-decisions';
import type { ReleaseRecord } from './release-record.contract';
import { readReleaseSets } from './release-sets';
import { allReleases, requireRelease } from './release-store';
import type { StepOutcome } from './steps.contract';
import { writeToldSets } from './told-sets';

export interface MeasureReleasePorts {
  readonly table: Pick<RegisterTable, 'get' | 'transact' | 'queryAll'>;
  readonly engine: Pick<QueryEngine, 'rows'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put'>;
  readonly catalogueBucket: string;
  readonly releasesBucket: string;
  readonly collections: readonly CollectionConfiguration[];
  readonly publication: Publication;
  readonly references: readonly Reference[];
  readonly gate: RepresentativenessGate;
  readonly heldOutShare: number;
  /** Where pages of releases stand, without the version. */
  readonly address: string;
  readonly clock: Clock;
  /** Told of the balance of the split, for the alarm. */
  readonly reportBalance: (balance: SplitBalance) => void;
}

const csv = { contentType: 'text/csv', onlyIfAbsent: true } as const;

/** The list of studies, written once: a withdrawal that comes later is not in it, whatever else runs again. */
async function fixManifest(ports: MeasureReleasePorts, release: string): Promise<string> {
  const { objects, engine } = ports;
  const place = { bucket: ports.catalogueBucket, key: releaseKeys.manifest(release) };
  const earlier = await objects.readText(place);
  if (earlier !== null) return earlier;
  const scope = { release, splits: ['development'], collections: 'all' } as const;
  const rows = await engine.rows(studyListSelect(scope, { kind: 'everything' }, 'matching'), studyListRow);
  const lines: string[] = [];
  for await (const line of manifestLines(
    rows.map(({ collection, study_instance_uid, series_instance_uid, instances }) => ({
      collection,
      study_instance_uid,
      series_instance_uid,
      instances,
    })),
  ))
    lines.push(line);
  if (await objects.put(place, lines.join(''), csv)) return lines.join('');
  const first = await objects.readText(place);
  if (first === null) throw new Error(`the manifest of release ${release} is not there`);
  return first;
}

/** Releases published before, the latest first, with their studies. */
async function earlierReleases({
  table,
  objects,
  releasesBucket,
}: MeasureReleasePorts): Promise<EarlierRelease[]> {
  const earlier: EarlierRelease[] = [];
  for (const { release: version, state } of await allReleases(table)) {
    if (state !== 'published') continue;
    const text = await objects.readText({
      bucket: releasesBucket,
      key: releaseDocumentKey(version, 'manifest.csv'),
    });
    if (text === null) throw new Error(`release ${version} has no manifest`);
    earlier.push({ version, studies: studiesOf(readManifest(text)) });
  }
  return earlier;
}

async function measure(ports: MeasureReleasePorts, record: ReleaseRecord): Promise<Release> {
  const { objects, catalogueBucket: bucket } = ports;
  const place = { bucket, key: releaseKeys.figures(record.release) };
  const measured = await readJson(objects, place, releaseSchema);
  if (measured !== null) return measured;
  const manifest = await fixManifest(ports, record.release);
  const heldOut = { kind: 'held-out', release: record.release } as const;
  const issued = ports.clock.now();
  const figures = await readFigures(
    ports.engine,
    { release: record.release, collections: record.collections, yearOfIssue: issued.getUTCFullYear() },
    ports.heldOutShare,
  );
  if (figures.split !== null) ports.reportBalance(figures.split.balance);
  const sets = await readReleaseSets(ports.engine, record.release);
  const people = peopleShown(sets, figures.split !== null);
  const release = composeRelease(
    {
      release: record.release,
      title: record.title,
      issued,
      address: ports.address,
      collections: ports.collections.filter(({ id }) => record.collections.includes(id)),
      publication: ports.publication,
      references: ports.references,
      heldOutShare: ports.heldOutShare,
      heldOutCommitment: (await ports.table.get(commitmentKey(heldOut), commitment))?.sha256 ?? null,
    },
    figures,
    people,
    manifest,
    await earlierReleases(ports),
  );
  // first: no figure may be shown that the log of questions does not know of
  await writeToldSets(objects, bucket, record.release, { patients: sets.patients, sets: people.told });
  await writeJson(objects, place, releaseSchema.parse(release), { onlyIfAbsent: true });
  return requireJson(objects, place, releaseSchema);
}

/**
 * Measures a release, once: its list of studies and every figure of its documents, after the disclosure rule. Then holds it
 * back where the configuration asks more of whom it represents than it shows, until an officer has put a reason on record.
 */
export async function measureRelease(ports: MeasureReleasePorts, release: string): Promise<StepOutcome> {
  const record = await requireRelease(ports.table, release);
  if (record.state === 'published') return { release, held: false };
  const { representativeness } = await measure(ports, record);
  const decision = gateOf(representativeness, ports.gate);
  const findings = decision.kind === 'passes' ? [] : decision.findings;
  await writeJson(
    ports.objects,
    { bucket: ports.catalogueBucket, key: releaseKeys.gate(release) },
    { findings },
  );
  if (reasonNeeded(findings, record.reasons) === null) return { release, held: false };
  await moveRelease(ports.table, release, 'stopped', {
    stop: {
      kind: 'gate',
      about: 'representativeness',
      findings: findings.length,
      digest: findingsDigest(findings),
    },
  });
  return { release, held: true };
}
