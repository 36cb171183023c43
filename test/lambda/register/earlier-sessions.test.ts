import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { deniedUntil } from '../../../lambda/credentials/revocation-policy.contract';
import type { ApplicationDraft } from '../../../lambda/register/application-content.contract';
import { chainOf } from '../../../lambda/register/applications';
import { expireGrants } from '../../../lambda/register/expire-grants';
import { verifyHistory } from '../../../lambda/register/history';
import { readRunningRevocations } from '../../../lambda/register/revocations';
import { revokeFromProject } from '../../../lambda/register/revoke-access';
import type { ProjectRevocation } from '../../../lambda/register/revoke-access.contract';
import { makeIssuer } from '../credentials/credentials-fixture';
import {
  approveByTwo,
  approveOne,
  chest,
  makeRegister,
  officer,
  projectOf,
  type RegisterFixture,
  submitEdition,
} from './register-fixture';

/** Sessions of a project that were made before what ends its access, under whatever grant and by whatever clock. */

async function amend(
  fixture: RegisterFixture,
  projectId: string,
  change: Partial<ApplicationDraft>,
): Promise<void> {
  await approveByTwo(fixture, await submitEdition(fixture, projectId, 'amendment', change));
}

async function revoke(fixture: RegisterFixture, projectId: string, body: ProjectRevocation) {
  const { version } = await projectOf(fixture, projectId);
  return revokeFromProject(fixture.committee, officer, projectId, body, version);
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
    await revoke(fixture, projectId, { kind: 'grant', grantId: standing ?? '', reason: 'security' });
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
    await revoke(fixture, projectId, { kind: 'grant', grantId: standing ?? '', reason: 'security' });
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
  const { at } = await revoke(fixture, projectId, { kind: 'project', reason: 'security' });
  expect(deniedUntil(at) * 1000).toBeGreaterThan(madeAt);
});
