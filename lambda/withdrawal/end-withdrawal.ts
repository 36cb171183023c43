import type { StudyStore } from '../catalogue/study-store';
import type { ClaimStore } from '../deidentification/claim-store';
import { boundedMap } from '../platform/bounded-map';
import { canonicalJson } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { tombstonesKey, withdrawalKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import { type ReceiptSigner, signPayload } from '../submission/receipt-signing';
import type { SubmissionStore } from '../submission/submission-store';
import { type CertificatePayload, remainders, signedCertificate } from './certificate.contract';
import { SomethingLeftError } from './erase-submission';
import { splits } from './gather-holdings';
import type { GrantedProjects } from './granted-projects';
import type { HoldingIndex } from './holding-index';
import { isBeingSent } from './study-holders';
import type { WithdrawalRecord } from './withdrawal.contract';
import type { WithdrawalStore } from './withdrawal-store';
import { type Erasure, erasure, type Gathered, gathered as gatheredSchema } from './work.contract';

const readsAtOnce = 32;

export interface EndWithdrawalPorts {
  readonly withdrawals: Pick<WithdrawalStore, 'get' | 'move'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'deleteAllVersions'>;
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly studies: Pick<StudyStore, 'isListed'>;
  readonly claims: Pick<ClaimStore, 'releaseStudy'>;
  readonly index: Pick<HoldingIndex, 'studiesOfPatient' | 'quarantinedOfPatient' | 'holdersOfStudy'>;
  readonly projects: GrantedProjects;
  readonly signer: ReceiptSigner;
  readonly landingBucketOf: LandingBucketOf;
  readonly workBucket: string;
  readonly quarantineBucket: string;
  readonly catalogueBucket: string;
  readonly clock: Clock;
}

type WithdrawnStudy = CertificatePayload['studies'][number];

/** Every study of which something went, and whether anything is left of it. */
async function withdrawnStudies(
  ports: EndWithdrawalPorts,
  { holdings }: Gathered,
  erasures: readonly Erasure[],
): Promise<WithdrawnStudy[]> {
  const collectionOf = new Map(holdings.map(({ submissionId, collection }) => [submissionId, collection]));
  const found = new Map<string, Omit<WithdrawnStudy, 'whole'>>();
  for (const { submissionId, instances, studies } of erasures) {
    const collection = collectionOf.get(submissionId);
    if (collection === undefined) throw new Error(`${submissionId} is no holding`);
    for (const { split, studyInstanceUid } of [...instances, ...studies])
      found.set(`${collection} ${split} ${studyInstanceUid}`, { collection, split, studyInstanceUid });
  }
  const entries = [...found].sort(([left], [right]) => (left < right ? -1 : 1));
  return boundedMap(entries, readsAtOnce, async ([, study]) => ({
    ...study,
    whole: !(await ports.studies.isListed(study, study.studyInstanceUid)),
  }));
}

/**
 * Gives up the claims of studies of which nothing is left, so that they may be sent again where no mark forbids it: another
 * trust whose files were duplicates has none of it either. Only a submission that is under way may have settled by the
 * claim and be importing.
 */
async function releaseStudies(ports: EndWithdrawalPorts, studies: readonly WithdrawnStudy[]): Promise<void> {
  await boundedMap(studies, readsAtOnce, async ({ collection, studyInstanceUid, whole }) => {
    if (whole && !(await isBeingSent(ports, collection, studyInstanceUid, null)))
      await ports.claims.releaseStudy(collection, studyInstanceUid);
  });
}

async function writeTombstones(
  ports: EndWithdrawalPorts,
  { id, confirmedAt }: WithdrawalRecord,
  studies: readonly WithdrawnStudy[],
): Promise<void> {
  for (const collection of new Set(studies.map((each) => each.collection)))
    for (const split of splits) {
      const gone = studies.filter(
        (each) => each.whole && each.collection === collection && each.split === split,
      );
      if (gone.length === 0) continue;
      await ports.objects.put(
        { bucket: ports.catalogueBucket, key: tombstonesKey(collection, split, id) },
        gone
          .map(({ studyInstanceUid }) => `${canonicalJson({ studyInstanceUid, withdrawnAt: confirmedAt })}\n`)
          .join(''),
        { contentType: 'application/x-ndjson' },
      );
    }
}

/**
 * Marks the studies that are gone and might stand in a grant's list. Before projects are told, so that no credential for
 * one is issued after the certificate has counted those that run.
 */
async function markWithdrawnStudies(
  { projects }: EndWithdrawalPorts,
  { id }: WithdrawalRecord,
  studies: readonly WithdrawnStudy[],
): Promise<void> {
  const gone = studies.filter(({ split, whole }) => split === 'development' && whole);
  await projects.markWithdrawn(id, [...new Set(gone.map(({ studyInstanceUid }) => studyInstanceUid))]);
}

/** Tells every project that may read some of it; gives whom, and whose credentials for some of it still run. */
async function tellProjects(
  ports: EndWithdrawalPorts,
  { id, actor }: WithdrawalRecord,
  { collections }: Gathered,
  studies: readonly WithdrawnStudy[],
): Promise<Pick<CertificatePayload, 'projectsTold' | 'runningCredentials'>> {
  const readable = studies.filter(({ split }) => split === 'development');
  const names = new Set(readable.map((each) => each.studyInstanceUid));
  const projects = await ports.projects.withGrantsFor(collections);
  const runningCredentials: CertificatePayload['runningCredentials'] = [];
  for (const project of projects) {
    for (const collection of project.collections) {
      const gone = readable
        .filter((each) => each.collection === collection)
        .map((each) => each.studyInstanceUid);
      await ports.projects.tell(project.projectId, { withdrawalId: id, collection, studies: gone }, actor);
    }
    runningCredentials.push(...(await ports.projects.runningCredentials(project.projectId, names)));
  }
  return { projectsTold: projects.map(({ projectId }) => projectId), runningCredentials };
}

/** The index must lead nowhere any more. */
async function requireNothingFound({ index }: EndWithdrawalPorts, { subjects }: Gathered): Promise<void> {
  const left: number[] =
    subjects.kind === 'patients'
      ? await boundedMap(subjects.patients, readsAtOnce, async (patient) => {
          const [studies, copies] = await Promise.all([
            index.studiesOfPatient(patient),
            index.quarantinedOfPatient(patient),
          ]);
          return studies.length + copies.length;
        })
      : subjects.kind === 'studies'
        ? await boundedMap(
            subjects.studies,
            readsAtOnce,
            async (study) => (await index.holdersOfStudy(subjects.collection, study)).length,
          )
        : [];
  const entries = left.reduce((sum, each) => sum + each, 0);
  if (entries > 0) throw new SomethingLeftError(`${entries} entries of the index`);
}

function sumObjects(erasures: readonly Erasure[]): CertificatePayload['objects'] {
  const sum = (bucket: keyof CertificatePayload['objects']) =>
    erasures.reduce((total, each) => total + each.objects[bucket], 0);
  return { deidentified: sum('deidentified'), quarantine: sum('quarantine'), landing: sum('landing') };
}

async function writeCertificate(ports: EndWithdrawalPorts, record: WithdrawalRecord): Promise<void> {
  const { id, kind, reason, collection, trust, createdAt, confirmedAt } = record;
  const work = (key: string) => ({ bucket: ports.workBucket, key });
  if (confirmedAt === undefined) throw new Error(`withdrawal ${id} was not confirmed`);
  const gathered = await requireJson(ports.objects, work(withdrawalKeys.gathered(id)), gatheredSchema);
  const { subjects, holdings, imageSets } = gathered;
  const erasures = await boundedMap(holdings, readsAtOnce, ({ submissionId }) =>
    requireJson(ports.objects, work(withdrawalKeys.erasure(id, submissionId)), erasure),
  );
  if (subjects.kind === 'trust') {
    await ports.objects.deleteAllVersions(ports.landingBucketOf(subjects.trust), '');
    await ports.objects.deleteAllVersions(ports.quarantineBucket, `${subjects.trust}/`);
  }
  const studies = await withdrawnStudies(ports, gathered, erasures);
  await releaseStudies(ports, studies);
  await writeTombstones(ports, record, studies);
  await requireNothingFound(ports, gathered);
  await markWithdrawnStudies(ports, record, studies);
  const told = await tellProjects(ports, record, gathered, studies);
  const payload: CertificatePayload = {
    version: 1,
    withdrawal: id,
    kind,
    reason,
    ...(collection === undefined ? {} : { collection }),
    ...(trust === undefined ? {} : { trust }),
    requestedAt: createdAt,
    confirmedAt,
    issuedAt: ports.clock.now().toISOString(),
    counts: { ...gathered.counts, projects: told.projectsTold.length },
    objects: sumObjects(erasures),
    studies,
    imageSets,
    ...told,
    notDeleted: remainders.filter((each) => each !== 'LANDING_UNREADABLE' || kind !== 'trust'),
  };
  const signed = await signPayload(ports.signer, 'nmip-withdrawal+jws', payload);
  await writeJson(ports.objects, work(withdrawalKeys.certificate(id)), signed, { onlyIfAbsent: true });
}

/**
 * Ends a withdrawal: tombstones for lists of studies, marks that take them out of grants, notices to projects, the certificate, and then nothing is left of
 * what the withdrawal itself has written down. May run again at any point; the first certificate stays.
 * @throws SomethingLeftError
 */
export async function endWithdrawal(
  ports: EndWithdrawalPorts,
  withdrawalId: string,
): Promise<{ withdrawalId: string }> {
  const record = await ports.withdrawals.get(withdrawalId);
  if (record === null) throw new Error(`no withdrawal ${withdrawalId}`);
  const place = { bucket: ports.workBucket, key: withdrawalKeys.certificate(withdrawalId) };
  if ((await readJson(ports.objects, place, signedCertificate)) === null)
    await writeCertificate(ports, record);
  const prefix = withdrawalKeys.prefix(withdrawalId);
  await ports.objects.deleteAllVersions(ports.workBucket, prefix, new Set([place.key]));
  await ports.withdrawals.move(withdrawalId, ['withdrawing', 'stopped'], 'done', {
    finishedAt: ports.clock.now().toISOString(),
  });
  return { withdrawalId };
}
