import { silentLog } from '../../../lambda/platform/log';
import { publicProject } from '../../../lambda/public-register/public-project.contract';
import { chainOf } from '../../../lambda/register/applications';
import { type ExpireGrantsPorts, expireGrants } from '../../../lambda/register/expire-grants';
import { verifyHistory } from '../../../lambda/register/history';
import type { Notification } from '../../../lambda/register/notifier';
import { publicProjectKey } from '../../../lambda/register/register-table';
import { approveOne, breast, chest, makeRegister, projectOf, type RegisterFixture } from './register-fixture';

interface Keeper extends ExpireGrantsPorts {
  readonly told: Notification[];
}

function keeper(fixture: RegisterFixture, notify?: () => void): Keeper {
  const told: Notification[] = [];
  return {
    table: fixture.table,
    clock: fixture.clock,
    log: silentLog,
    collections: [chest, breast],
    told,
    notifier: {
      notify: async (message) => {
        notify?.();
        told.push(message);
      },
    },
  };
}

const eventsOf = ({ table }: RegisterFixture, projectId: string) =>
  table
    .partition(`PROJECT#${projectId}`)
    .filter(({ sk }) => sk.startsWith('EVENT#'))
    .map((item) => ({ type: item.type, actor: item.actor }));

const shown = ({ table }: RegisterFixture, projectId: string) =>
  table.get(publicProjectKey(projectId), publicProject);

describe('expire-grants', () => {
  it('reminds once a step, in the history and in a message without names', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const ports = keeper(fixture);
    for (const time of [
      '2027-09-30T12:00:00Z',
      '2027-10-01T12:00:00Z',
      '2027-10-24T12:00:00Z',
      '2027-10-30T12:00:00Z',
    ]) {
      fixture.clock.moveTo(time);
      await expireGrants(ports);
      await expireGrants(ports);
    }
    expect(eventsOf(fixture, projectId).filter(({ type }) => type === 'reminder-due')).toEqual(
      Array.from({ length: 3 }, () => ({ type: 'reminder-due', actor: 'schedule' })),
    );
    expect(ports.told.map(({ subject }) => subject)).toEqual([
      'NMIP: access of a project ends in 30 days',
      'NMIP: access of a project ends in 7 days',
      'NMIP: access of a project ends tomorrow',
    ]);
    const said = JSON.stringify(ports.told);
    expect(said).toContain(projectId);
    for (const secret of ['@', 'applicant-1', 'r-', 'Westhaven', 'Rib fractures'])
      expect(said).not.toContain(secret);
  });

  it('ends grant and project in one transaction, shows it to the public, and keeps the chain whole', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    fixture.clock.moveTo('2027-11-01T00:00:00Z');
    const counts = await expireGrants(keeper(fixture));
    expect(counts).toMatchObject({ projects: 1, grantsEnded: 1, projectsEnded: 1, reminders: 0, failed: 0 });
    expect(await projectOf(fixture, projectId)).toMatchObject({
      status: 'ended',
      grants: [{ status: 'ended' }],
    });
    expect(await shown(fixture, projectId)).toMatchObject({ status: 'ended', closedOn: '2027-11-01' });
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toMatchObject({ intact: true });
    const before = fixture.table.partition();
    expect(await expireGrants(keeper(fixture))).toMatchObject({
      grantsEnded: 0,
      projectsEnded: 0,
      published: 0,
    });
    expect(fixture.table.partition()).toEqual(before);
  });

  it('loses no message where it is cut short before it was sent, and no project for another’s fault', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    await approveOne(fixture, { title: 'Another project' });
    fixture.clock.moveTo('2027-10-24T12:00:00Z');
    await expect(
      expireGrants(
        keeper(fixture, () => {
          throw new Error('the topic is not there');
        }),
      ),
    ).rejects.toThrow('the topic is not there');
    const ports = keeper(fixture);
    expect(await expireGrants(ports)).toMatchObject({ reminders: 0, sent: 2 });
    expect(ports.told).toHaveLength(2);

    fixture.table.items.set(`PROJECT#${projectId}\u0000PROJECT`, {
      pk: `PROJECT#${projectId}`,
      sk: 'PROJECT',
    });
    fixture.clock.moveTo('2027-11-02T12:00:00Z');
    expect(await expireGrants(ports)).toMatchObject({ failed: 1, projectsEnded: 1 });
  });

  it('decides again where somebody changes the project meanwhile', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    fixture.clock.moveTo('2027-11-01T00:00:00Z');
    const rival = keeper(fixture);
    fixture.table.beforeTransact = async () => {
      await expireGrants(rival);
    };
    await expireGrants(keeper(fixture));
    expect(eventsOf(fixture, projectId).filter(({ type }) => type === 'project-ended')).toHaveLength(1);
  });

  it('puts into the public register what was approved before there was one', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const entry = await shown(fixture, projectId);
    fixture.table.items.delete(`PUBLIC\u0000PROJECT#${projectId}`);
    expect(await expireGrants(keeper(fixture))).toMatchObject({ published: 1 });
    expect(await shown(fixture, projectId)).toEqual(entry);
  });
});
