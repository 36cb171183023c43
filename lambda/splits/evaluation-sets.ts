import * as z from 'zod';
import { FilterError } from '../cohorts/filter-error.contract';
import { parseFilter } from '../cohorts/filter-parser.contract';
import type { Filter } from '../cohorts/filter-tree.contract';
import type { QueryEngine } from '../lake/query-engine';
import { heldOutStudiesSelect, heldOutStudyRow } from '../lake/sql/held-out-studies';
import { withdrawnStudiesSelect, withdrawnStudyRow } from '../lake/sql/withdrawn-studies';
import { canonicalJson } from '../platform/canonical-json';
import { absent } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RequestPerson } from '../platform/request-person';
import { platformChain } from '../register/close-access';
import { RepeatableRequest } from '../register/idempotency';
import { type People, readActor } from '../register/people';
import { changeRegister } from '../register/register-change';
import { atVersion } from '../register/register-table';
import { findRelease } from '../releases/release-store';
import { type CommitPorts, commitmentOf, commitmentWrite, keepCommittedText } from './commit';
import { sha256Of } from './commitment.contract';
import { belowMinimum, drawEvaluationSet } from './draw-evaluation-set';
import {
  type EvaluationSet,
  evaluationSet,
  evaluationSetHead,
  type evaluationSetInput,
  evaluationSetList,
  type evaluationSetsPage,
  type evaluationSetView,
  type ListedStudy,
} from './evaluation-set.contract';
import { evaluationOrder } from './splits-keys';
import { SETS_PARTITION, setHeadKey, setListKey, setVersionKey } from './splits-places';
import { refuseSplits } from './splits-refusals';

export interface EvaluationSetPorts extends People, CommitPorts {
  readonly engine: Pick<QueryEngine, 'rows'>;
  readonly objects: Pick<ObjectStore, 'put' | 'readText'>;
}

function readFilter(text: string): Filter {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) throw refuseSplits('FILTER_INVALID', { detail: error.message });
    throw error;
  }
}

const studyOf = ({ collection, study }: { collection: string; study: string }) => `${collection} ${study}`;

/**
 * Draws the next version of a set, freezes it and commits to it publicly. The list is written under its hash and never
 * again; the record, the public commitment and the event come in one transaction. Versions of one name draw in one keyed
 * order, so that a version with larger quotas holds the patients of the one before it, as far as they are still there.
 *
 * From a published release alone: of others not all rows may stand yet, both sides may not have been compared, and an
 * abandoned one is never published.
 *
 * @throws PlatformError ROLE_REQUIRED, FILTER_INVALID, RELEASE_NOT_FOUND, NOTHING_HELD_OUT, QUOTAS_NOT_MET, IDEMPOTENCY_KEY_REUSED,
 *   REGISTER_BUSY
 */
export async function createEvaluationSet(
  ports: EvaluationSetPorts,
  requester: RequestPerson,
  { name, definition }: z.infer<typeof evaluationSetInput>,
  idempotencyKey?: string,
): Promise<EvaluationSet> {
  const { table, clock, engine, objects, catalogueBucket } = ports;
  const { pseudonym: by } = await readActor(ports, requester, ['officer']);
  const request = RepeatableRequest.of(requester.subject, idempotencyKey, {
    route: 'createEvaluationSet',
    name,
    definition,
  });
  const made = await request.earlierResult(table);
  if (made !== null) return readVersion(ports, name, Number(made));
  const filter = readFilter(definition.filter);
  const { release, collections } = definition;
  if ((await findRelease(table, release))?.state !== 'published') throw refuseSplits('RELEASE_NOT_FOUND');
  const rows = await engine.rows(heldOutStudiesSelect({ release, collections }, filter), heldOutStudyRow);
  if (rows.length === 0) throw refuseSplits('NOTHING_HELD_OUT');
  const keys = await ports.keys();
  const draw = drawEvaluationSet(rows, definition, (pseudonym) =>
    evaluationOrder(keys.evaluation, name, pseudonym),
  );
  const failed = belowMinimum(draw.strata);
  if (failed.length > 0) throw refuseSplits('QUOTAS_NOT_MET', { extensions: { strata: failed } });
  return changeRegister<EvaluationSet>(table, platformChain, async () => {
    const earlier = await request.earlierResult(table);
    if (earlier !== null) return { unchanged: await readVersion(ports, name, Number(earlier)) };
    const head = await table.get(setHeadKey(name), evaluationSetHead);
    const setVersion = (head?.version ?? 0) + 1;
    const subject = { kind: 'evaluation-set', release, name, setVersion } as const;
    const text = canonicalJson({ name, setVersion, release, studies: draw.studies });
    const sha256 = sha256Of(text);
    const key = setListKey(name, setVersion, sha256);
    await objects.put({ bucket: catalogueBucket, key }, text, {
      contentType: 'application/json',
      sha256,
      onlyIfAbsent: true,
    });
    const committed = await keepCommittedText(ports, subject, draw.studies);
    const at = clock.now();
    const result: EvaluationSet = {
      name,
      setVersion,
      definition,
      createdAt: at.toISOString(),
      createdBy: by,
      patients: draw.patients,
      studies: draw.studies.length,
      strata: draw.strata,
      complete: draw.strata.every(({ short }) => short === 0),
      commitment: committed.sha256,
      list: { sha256, key },
    };
    const counts = { people: draw.patients, studies: draw.studies.length };
    return {
      writes: [
        {
          put: { ...setHeadKey(name), name, version: setVersion },
          condition: atVersion(head?.version ?? 0),
        },
        { put: { ...setVersionKey(name, setVersion), ...result }, condition: absent },
        commitmentWrite(commitmentOf(committed, counts, at)),
        ...request.remember(String(setVersion), clock),
      ],
      facts: [
        {
          type: 'evaluation-set-committed',
          data: { set: name, setVersion, release, sha256: committed.sha256 },
        },
      ],
      actor: by,
      at,
      result,
    };
  });
}

/** @throws PlatformError SET_NOT_FOUND */
export async function readVersion(
  { table }: Pick<EvaluationSetPorts, 'table'>,
  name: string,
  setVersion: number,
): Promise<EvaluationSet> {
  const found = await table.get(setVersionKey(name, setVersion), evaluationSet);
  if (found === null) throw refuseSplits('SET_NOT_FOUND');
  return found;
}

/** The latest version of each set, by name. */
export async function listEvaluationSets(
  { table }: Pick<EvaluationSetPorts, 'table'>,
  { limit, next }: { limit: number; next?: string | undefined },
): Promise<z.infer<typeof evaluationSetsPage>> {
  const position = z.object({ sk: z.string().startsWith('SET#').max(100) });
  const after =
    next === undefined ? undefined : { pk: SETS_PARTITION, sk: decodePageToken(next, position).sk };
  const page = await table.query(
    { pk: SETS_PARTITION, skPrefix: 'SET#', limit, ...(after && { after }) },
    evaluationSetHead,
  );
  const keys = page.items.map(({ name, version }) => setVersionKey(name, version));
  const sets = await table.getMany(keys, evaluationSet);
  return {
    sets: sets.sort((one, other) => (one.name < other.name ? -1 : 1)),
    ...(page.next && { next: encodePageToken({ sk: page.next.sk }) }),
  };
}

/** The list of a version as it was frozen. It is read by its hash, so that a changed object is never passed on. */
async function readList(
  { objects, catalogueBucket }: Pick<EvaluationSetPorts, 'objects' | 'catalogueBucket'>,
  { list }: EvaluationSet,
): Promise<readonly ListedStudy[]> {
  const text = await objects.readText({ bucket: catalogueBucket, key: list.key });
  if (text === null || sha256Of(text) !== list.sha256)
    throw new Error('the list of an evaluation set is not the one that was frozen');
  return evaluationSetList.parse(JSON.parse(text)).studies;
}

async function withdrawnStudies(engine: Pick<QueryEngine, 'rows'>): Promise<ReadonlySet<string>> {
  const rows = await engine.rows(withdrawnStudiesSelect('held-out'), withdrawnStudyRow);
  return new Set(rows.map((row) => studyOf({ collection: row.collection, study: row.study_instance_uid })));
}

/**
 * A version with what was withdrawn of it since.
 * @throws PlatformError SET_NOT_FOUND
 */
export async function showEvaluationSet(
  ports: EvaluationSetPorts,
  name: string,
  setVersion: number,
): Promise<z.infer<typeof evaluationSetView>> {
  const set = await readVersion(ports, name, setVersion);
  const withdrawn = await withdrawnStudies(ports.engine);
  const studies = await readList(ports, set);
  const left = new Set<number>();
  let gone = 0;
  for (const study of studies)
    if (withdrawn.has(studyOf(study))) gone += 1;
    else left.add(study.patient);
  return { ...set, withdrawnStudies: gone, withdrawnPatients: set.patients - left.size };
}

/** A page of the list, with the studies that were withdrawn marked as such. Whoever calls has checked the use. */
export async function listStudies(
  ports: EvaluationSetPorts,
  set: EvaluationSet,
  { after, limit }: { after: number; limit: number },
): Promise<{ studies: (ListedStudy & { withdrawn: boolean })[]; next?: number }> {
  const withdrawn = await withdrawnStudies(ports.engine);
  const studies = await readList(ports, set);
  return {
    studies: studies
      .slice(after, after + limit)
      .map((study) => ({ ...study, withdrawn: withdrawn.has(studyOf(study)) })),
    ...(after + limit < studies.length && { next: after + limit }),
  };
}
