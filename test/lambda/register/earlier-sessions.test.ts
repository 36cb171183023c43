import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { deniedUntil } from '../../../lambda/credentials/revocation-policy.contract';
import type { ApplicationDraft } from '../../../lambda/register/application-content.contract';
import { chainOf, saveApplication, submitApplication } from '../../../lambda/register/applications';
import { decideApplication } from '../../../lambda/register/decisions';
import { beginEdition } from '../../../lambda/register/editions';
import { expireGrants } from '../../../lambda/register/expire-grants';
import { verifyHistory } from '../../../lambda/register/history';
import { readRunningRevocations } from '../../../lambda/register/revocations';
import { revokeFromProject } from '../../../lambda/register/revoke-access';
import { makeIssuer } from '../credentials/credentials-fixture';
import {
  applicant,
  approveOne,
  chest,
  firstReviewer,
  makeRegister,
  officer,
  onceOnly,
  projectOf,
  type RegisterFixture,
  secondReviewer,
} from './register-fixture';

/** Sessions of a project that were made before what ends its access, under whatever grant and by whatever clock. */

async function amend(
  { committee }: RegisterFixture,
  projectId: string,
  change: Partial<ApplicationDraft>,
): Promise<void> {
  const begun = await beginEdition(committee, applicant, projectId, 'amendment', onceOnly());
  const changeReason = 'The readers were fewer than planned.';
  await saveApplication(committee, applicant, begun.id, { ...begun.content, changeReason, ...change });
  await submitApplication(committee, applicant, begun.id, onceOnly());
  for (const reviewer of [firstReviewer, secondReviewer])
    await decideApplication(committee, reviewer, begun.id, { decision: 'approve', comment: '' }, onceOnly());
}

async function denied({ table, clock }: RegisterFixture): Promise<string[]> {
  const running = await readRunningRevocations(table, clock.now());
  return running.flatMap((each) => (each.kind === 'grant' ? [each.grantId] : [])).sort();
}

const idsOf = async (fixture: RegisterFixture, projectId: string) =>
  (await projectOf(fixture, projectId)).grants.map(({ id }) => id);

/** A project whose grant was superseded ten minutes ago by one that gives no less, so that its sessions run on. */
async function amendedProject(change: Partial<ApplicationDraft> = { title: 'Rib fractures, said better' }) {
  const fixture = await makeRegister();
  const { projectId } = await approveOne(fixture, { members: ['member-1'] });
  fixture.clock.moveBy(7_200);
  await amend(fixture, projectId, change);
  expect(await denied(fixture)).toEqual([]);
  fixture.clock.moveBy(600);
  return { fixture, projectId };
}

describe('sessions of a grant that was superseded without being denied', () => {
  test('are denied with the grant that took its place', async () => {
    const { fixture, projectId } = await amendedProject();
    const [old, standing] = await idsOf(fixture, projectId);
    const { version } = await projectOf(fixture, projectId);
    await revokeFromProject(
      fixture.committee,
      officer,
      projectId,
      { kind: 'grant', grantId: standing ?? '', reason: 'security' },
      version,
    );
    expect(await denied(fixture)).toEqual([old, standing].sort());
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toMatchObject({ intact: true });
  });

  test('are denied by a later amendment that takes something away', async () => {
    const { fixture, projectId } = await amendedProject();
    const [old, middle] = await idsOf(fixture, projectId);
    await amend(fixture, projectId, { members: [] });
    expect(await denied(fixture)).toEqual([old, middle].sort());
  });

  test('are denied where the legal basis ends before its day', async () => {
    const { fixture, projectId } = await amendedProject();
    const before = await idsOf(fixture, projectId);
    const collections = [{ ...chest, legalBasis: { ...chest.legalBasis, endsOn: '2026-11-01' } }];
    await expireGrants({
      ...fixture.committee,
      collections,
      log: { error: () => {} },
      notifier: { notify: async () => {} },
    });
    expect(await denied(fixture)).toEqual([...before].sort());
  });

  test('are left alone once they have ended', async () => {
    const { fixture, projectId } = await amendedProject();
    const [, standing] = await idsOf(fixture, projectId);
    fixture.clock.moveBy(3_600);
    const { version } = await projectOf(fixture, projectId);
    await revokeFromProject(
      fixture.committee,
      officer,
      projectId,
      { kind: 'grant', grantId: standing ?? '', reason: 'security' },
      version,
    );
    expect(await denied(fixture)).toEqual([standing]);
  });
});

test('a revocation by a clock that is behind denies the sessions of every issue that stands before it', async () => {
  const fixture = await makeRegister();
  const { projectId } = await approveOne(fixture);
  fixture.clock.moveBy(3_600);
  await issueCredentials(makeIssuer(fixture), { subject: 'applicant-1', projectId, studies: null });
  const madeAt = fixture.clock.now().getTime() + 30_000;
  fixture.clock.moveBy(-50);
  const { version } = await projectOf(fixture, projectId);
  const { at } = await revokeFromProject(
    fixture.committee,
    officer,
    projectId,
    { kind: 'project', reason: 'security' },
    version,
  );
  expect(deniedUntil(at) * 1000).toBeGreaterThan(madeAt);
});
