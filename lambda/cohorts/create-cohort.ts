import { createHash } from 'node:crypto';
import { leastShown } from '../../statistics/disclosure/shown-count.contract';
import { scopesInForce } from '../catalogue/project-studies';
import { studyListRow, studyListSelect } from '../lake/sql/study-list';
import { canonicalJson } from '../platform/canonical-json';
import { londonDay } from '../platform/clock';
import { absent } from '../platform/document-table';
import { newId } from '../platform/ids';
import type { RequestPerson } from '../platform/request-person';
import { chainOf } from '../register/applications';
import { isShut, readClosures } from '../register/closures';
import { RepeatableRequest } from '../register/idempotency';
import { membership, project } from '../register/project.contract';
import { changeRegister } from '../register/register-change';
import {
  atVersion,
  closuresKey,
  membershipKey,
  projectKey,
  projectPartition,
} from '../register/register-table';
import { enterCohort } from './ask-question';
import {
  type CohortAnswer,
  type CohortRecord,
  type CohortRepresentation,
  type CohortVersionRecord,
  cohortRepresentation,
  comparedFacets,
  type NewCohort,
} from './cohort.contract';
import { activeMembership, readQuestion } from './cohort-access';
import type { CohortPorts } from './cohort-ports';
import { refuseCohort } from './cohort-refusals';
import { representationOf } from './cohort-representation';
import {
  cohortKey,
  cohortVersionKey,
  findCohort,
  findCohortVersion,
  manifestPlace,
  projectCohortPrefix,
  representationPlace,
} from './cohort-store';
import { countPeople } from './count-people';
import { type Manifest, makeManifest } from './manifest';
import type { Asker } from './query-log';
import type { QuestionScope } from './question-scope';
import { readRepresentation, viewVersion } from './show-cohorts';

/** Series of a cohort, at most: what a function of 3 GB holds while it writes the list. */
const mostSeries = 1_000_000;

/** What is written of a cohort before the register knows it. */
interface Prepared {
  readonly manifest: Manifest;
  readonly representation: CohortRepresentation;
  readonly representationDigest: string;
  readonly patients: CohortVersionRecord['patients'];
}

interface Made {
  readonly cohort: CohortRecord;
  readonly made: CohortVersionRecord;
}

/** The list of a cohort as it would be kept: all series of every study of which one matches. */
export async function listOfCohort(
  { engine }: Pick<CohortPorts, 'engine'>,
  scope: QuestionScope,
  asker: Pick<Asker, 'project'>,
  filter: string,
): Promise<Manifest> {
  const rows = await engine.rows(studyListSelect(scope.rows, scope.filter, 'all'), studyListRow);
  if (rows.length > mostSeries) throw refuseCohort('COHORT_TOO_LARGE');
  const { release, collections } = scope;
  return makeManifest({ project: asker.project, release, filter, collections }, rows);
}

async function keep(ports: CohortPorts, manifest: Manifest, representation: string): Promise<string> {
  const { objects, catalogueBucket: bucket } = ports;
  const digest = createHash('sha256').update(representation).digest('hex');
  await Promise.all([
    objects.put(manifestPlace(bucket, manifest.sha256), manifest.body, {
      contentType: 'application/x-ndjson',
      sha256: manifest.bodySha256,
      onlyIfAbsent: true,
    }),
    objects.put(representationPlace(bucket, digest), representation, {
      contentType: 'application/json',
      sha256: digest,
      onlyIfAbsent: true,
    }),
  ]);
  return digest;
}

/**
 * Records a version: only while person, project and grants are still such that the question could be asked.
 * @throws PlatformError PROJECT_NOT_FOUND, NO_ACTIVE_GRANT, COHORT_NOT_FOUND, REGISTER_BUSY
 */
async function record(
  ports: CohortPorts,
  person: RequestPerson,
  body: NewCohort,
  scope: QuestionScope,
  { manifest, representation, representationDigest, patients }: Prepared,
  filter: string,
  request: RepeatableRequest,
): Promise<Made> {
  const { table, clock } = ports;
  const projectId = body.project;
  return changeRegister<Made>(table, chainOf(projectId), async () => {
    const earlier = await earlierVersion(ports, request);
    if (earlier !== null) return { unchanged: earlier };
    const [member, found, closures, known] = await Promise.all([
      table.get(membershipKey(person.subject, projectId), membership),
      table.get(projectKey(projectId), project),
      readClosures(table),
      body.cohort === undefined ? null : findCohort(table, body.cohort),
    ]);
    if (member?.status !== 'active' || found === null) throw refuseCohort('PROJECT_NOT_FOUND');
    const granted = scopesInForce(found.status === 'active' ? found.grants : [], londonDay(clock.now()));
    const open = granted.filter(({ collection }) => isShut(closures, collection) === null);
    if (!scope.collections.every((each) => open.some(({ collection }) => collection === each)))
      throw refuseCohort('NO_ACTIVE_GRANT');
    if (body.cohort !== undefined && known?.projectId !== projectId) throw refuseCohort('COHORT_NOT_FOUND');
    const at = clock.now();
    const cohortId = known?.cohortId ?? newId('k', clock);
    const cohort: CohortRecord = {
      cohortId,
      projectId,
      name: body.name ?? known?.name ?? '',
      latest: (known?.latest ?? 0) + 1,
      createdAt: known?.createdAt ?? at.toISOString(),
      version: (known?.version ?? 0) + 1,
    };
    const made: CohortVersionRecord = {
      cohortId,
      cohortVersion: cohort.latest,
      projectId,
      release: scope.release,
      filter,
      collections: [...scope.collections],
      reason: body.reason ?? null,
      createdAt: at.toISOString(),
      createdBy: member.pseudonym,
      patients,
      totals: manifest.totals,
      manifest: { sha256: manifest.sha256, bytes: manifest.body.length, pages: [...manifest.pages] },
      representation: representationDigest,
    };
    return {
      writes: [
        { put: { ...cohortKey(cohortId), ...cohort }, condition: atVersion(known?.version ?? 0) },
        { put: { ...cohortVersionKey(cohortId, made.cohortVersion), ...made }, condition: absent },
        { put: { pk: projectPartition(projectId), sk: `${projectCohortPrefix}${cohortId}` } },
        { check: membershipKey(person.subject, projectId), condition: atVersion(member.version) },
        { check: projectKey(projectId), condition: atVersion(found.version) },
        { check: closuresKey, condition: atVersion(closures.version) },
        ...request.remember(`${cohortId}@${made.cohortVersion}`, clock),
      ],
      facts: [
        {
          type: 'cohort-version-created',
          data: {
            projectId,
            cohortId,
            cohortVersion: made.cohortVersion,
            release: scope.release,
            manifest: manifest.sha256,
            reasonGiven: representation.gate.kind === 'needs-reason',
          },
        },
      ],
      actor: member.pseudonym,
      at,
      result: { cohort, made },
    };
  });
}

/** What an earlier request under the same key made; null where there was none. */
async function earlierVersion({ table }: CohortPorts, request: RepeatableRequest): Promise<Made | null> {
  const [id = '', number = ''] = (await request.earlierResult(table))?.split('@') ?? [];
  if (id === '') return null;
  const [cohort, made] = await Promise.all([
    findCohort(table, id),
    findCohortVersion(table, id, Number(number)),
  ]);
  return cohort === null || made === null ? null : { cohort, made };
}

/**
 * Shows what a cohort would be; when confirmed, makes it: enters it in the log of questions, keeps list and report under their
 * digests, and records the version. Whatever fails on the way leaves no version, and the same request may come again.
 *
 * @throws PlatformError COHORT_REASON_NEEDED, COHORT_TOO_SMALL, COHORT_TOO_SIMILAR, COHORT_TOO_LARGE, COHORT_NOT_FOUND,
 *   those of `readQuestion` and `countPeople`, IDEMPOTENCY_KEY_REUSED, REGISTER_BUSY
 */
export async function createCohort(
  ports: CohortPorts,
  person: RequestPerson,
  body: NewCohort,
  idempotencyKey: string | undefined,
): Promise<CohortAnswer> {
  const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'createCohort', body });
  const earlier = body.confirm ? await earlierVersion(ports, request) : null;
  if (earlier !== null && (await activeMembership(ports.table, person, earlier.made.projectId)) !== null)
    return created(ports, earlier, await readRepresentation(ports, earlier.made));
  const { scope, asker } = await readQuestion(ports, person, body);
  if (body.cohort !== undefined && (await findCohort(ports.table, body.cohort))?.projectId !== body.project)
    throw refuseCohort('COHORT_NOT_FOUND');
  const { found, counts } = await countPeople(ports, scope, comparedFacets, asker);
  const representation = representationOf(
    `${body.name ?? body.cohort ?? ''}, release ${scope.release}`,
    counts.facets,
    ports.references,
    ports.gate,
  );
  if (!body.confirm) {
    const { facets: _facets, ...totals } = counts;
    return { kind: 'preview', counts: totals, representation };
  }
  if (found.size < leastShown) throw refuseCohort('COHORT_TOO_SMALL');
  const { gate } = representation;
  if (gate.kind === 'needs-reason' && body.reason === undefined)
    throw refuseCohort('COHORT_REASON_NEEDED', {
      extensions: { findings: gate.findings, notShown: gate.notShown },
    });
  const manifest = await listOfCohort(ports, scope, asker, counts.filter);
  const decision = await enterCohort(ports.queryLog, scope.release, found, asker);
  if (decision.kind === 'refusal') throw refuseCohort(decision.code);
  const text = canonicalJson(cohortRepresentation.parse(representation));
  const prepared: Prepared = {
    manifest,
    representation,
    representationDigest: await keep(ports, manifest, text),
    patients: counts.patients,
  };
  const made = await record(ports, person, body, scope, prepared, counts.filter, request);
  return created(ports, made, representation);
}

async function created(
  ports: CohortPorts,
  { cohort, made }: Made,
  representation: CohortRepresentation,
): Promise<CohortAnswer> {
  return { kind: 'created', cohort: await viewVersion(ports, cohort, made), representation };
}
