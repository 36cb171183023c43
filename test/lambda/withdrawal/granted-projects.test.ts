import { RegisterTableProjects } from '../../../lambda/catalogue/project-register';
import { verifyHistory } from '../../../lambda/register/history';
import { RegisterGrantedProjects } from '../../../lambda/withdrawal/granted-projects';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';

const projectId = `p-${'0'.repeat(26)}`;
const grantId = `g-${'0'.repeat(26)}`;
const withdrawalId = `w-${'0'.repeat(26)}`;
const now = new Date('2026-11-23T12:00:00.000Z');

const grant = (change: object = {}) => ({
  id: grantId,
  projectId,
  applicationId: `a-${'0'.repeat(26)}`,
  collection: 'chest',
  arc: 7,
  split: 'development',
  scope: { kind: 'collection' },
  accessMode: 'dae-only',
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  endsAt: '2026-12-31T23:59:59.000Z',
  status: 'active',
  ...change,
});

const projectWith = (...grants: object[]) => ({
  id: projectId,
  applicationId: `a-${'0'.repeat(26)}`,
  title: 'Rib fractures',
  organisation: 'University of Westhaven',
  laySummary: 'We want to find broken ribs.',
  aiUse: true,
  collection: 'chest',
  accessMode: 'dae-only',
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  status: 'active',
  members: ['member-1'],
  approvedAt: '2026-01-01T09:00:00.000Z',
  version: 1,
  grants,
});

const issue = (id: string, change: object = {}) => ({
  id: `c-${id.padStart(26, '0')}`,
  projectId,
  grantId,
  accessMode: 'dae-only',
  person: `r-${'0'.repeat(26)}`,
  studies: ['2.25.1'],
  issuedAt: '2026-11-23T11:50:00.000Z',
  durationSeconds: 900,
  expiresAt: '2026-11-23T12:05:00.000Z',
  deliveries: 1,
  accessKeyIds: [],
  version: 1,
  state: 'recorded',
  ...change,
});

describe('projects that may read what is withdrawn', () => {
  let embedded: EmbeddedTable;
  beforeEach(async () => {
    embedded = await startEmbeddedTable();
    await embedded.table.put({ pk: 'PROJECTS', sk: `PROJECT#${projectId}` });
  });
  afterEach(() => embedded.stop());

  const projects = () => new RegisterGrantedProjects(embedded.table, { now: () => now });
  const put = (sk: string, item: object) => embedded.table.put({ pk: `PROJECT#${projectId}`, sk, ...item });

  it.each([
    ['in force', {}, true],
    ['for another collection', { collection: 'other' }, false],
    ['that has ended', { endsOn: '2026-11-22' }, false],
    [
      'that was revoked',
      {
        status: 'revoked',
        revokedAt: '2026-11-01T00:00:00.000Z',
        revokedBy: `r-${'0'.repeat(26)}`,
        reason: 'security',
      },
      false,
    ],
  ])('are those with a grant %s', async (_what, change, told) => {
    await put('PROJECT', projectWith(grant(change)));
    expect(await projects().withGrantsFor(['chest'])).toEqual(
      told ? [{ projectId, collections: ['chest'] }] : [],
    );
  });

  it('are told once, in their history, whose chain stays whole; many studies in several events', async () => {
    const studies = Array.from({ length: 1_100 }, (_, index) => `2.25.${index + 1}`);
    const withdrawn = { withdrawalId, collection: 'chest', studies };
    await projects().tell(projectId, withdrawn, null);
    await projects().tell(projectId, withdrawn, null);
    const chain = { partition: `PROJECT#${projectId}`, name: projectId };
    expect(await verifyHistory(embedded.table, chain)).toMatchObject({ intact: true, head: { version: 3 } });
  });

  it('have studies taken out of their lists, however many and however often it is said', async () => {
    const studies = Array.from({ length: 250 }, (_, index) => `2.25.${index + 1}`);
    await projects().markWithdrawn(withdrawalId, studies);
    await projects().markWithdrawn(withdrawalId, studies);
    await projects().markWithdrawn(withdrawalId, []);
    const register = new RegisterTableProjects(embedded.table);
    expect(await register.withdrawnAmong([...studies, '2.25.251'])).toEqual(new Set(studies));
  });

  it('have running credentials where some for listed studies of these have not ended', async () => {
    await put('ISSUE#1', issue('1'));
    await put('ISSUE#2', issue('2', { studies: ['2.25.9'] }));
    await put('ISSUE#3', issue('3', { studies: null }));
    await put('ISSUE#4', issue('4', { expiresAt: '2026-11-23T11:59:00.000Z' }));
    await put('ISSUE#5', issue('5', { state: 'failed', code: 'SESSION_NOT_MADE' }));
    expect(await projects().runningCredentials(projectId, new Set(['2.25.1']))).toEqual([
      { projectId, credentialId: `c-${'1'.padStart(26, '0')}`, expiresAt: '2026-11-23T12:05:00.000Z' },
    ]);
  });
});
