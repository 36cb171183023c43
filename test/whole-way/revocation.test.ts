import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';
import { signedRead } from './signed-read';

interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly grantId: string;
  readonly datastoreId: string;
  readonly dicomwebEndpoint: string;
  readonly path: string;
}

/** The deployed way of a revocation: API, register, deny-sessions, IAM, HealthImaging; with sessions that read nothing. */
describe('a revocation on the embedded platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let platform: Platform;
  let officer: ApiClient;
  let second: ApiClient;

  beforeAll(async () => {
    platform = await platformOn(data);
    const origin = platform.addresses.frontDoor;
    officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('reviewer-2', { roles: ['officer'] });
    second = await ApiClient.signedIn(origin, 'reviewer-2');
    command.build();
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const open = () => officer.call<Session>('POST', '/canaries');
  const statusOf = async (session: Session) =>
    (
      await signedRead(session, {
        endpoint: session.dicomwebEndpoint,
        path: `/datastore/${session.datastoreId}${session.path}`,
      })
    ).status;

  it('denies the session that was revoked at its very next read, and no other', async () => {
    const [revoked, other] = [await open(), await open()];
    expect([await statusOf(revoked), await statusOf(other)]).toEqual([404, 404]);
    const answer = await officer.call('POST', '/closures', {
      kind: 'canary',
      canary: revoked.grantId,
      reason: 'other',
    });
    expect(answer).toMatchObject({ kind: 'canary', sessionsDenied: true });
    expect([await statusOf(revoked), await statusOf(other)]).toEqual([403, 404]);
  }, 120_000);

  it('is measured by the command, in seconds', async () => {
    const person = new DemoPerson('officer-1', {
      command: command.path,
      api: platform.addresses.frontDoor,
      homes: join(command.folder, 'homes'),
      signal: new AbortController().signal,
    });
    await person.signIn(['--strong']);
    const measured = await person.run(['revoke', 'canary', '--reason', 'other', '--json']);
    expect(measured).toMatchObject({ code: 0 });
    const { secondsToFirstDeniedRead, ...answer } = JSON.parse(measured.stdout);
    expect(answer).toMatchObject({ kind: 'canary', sessionsDenied: true });
    expect(secondsToFirstDeniedRead).toBeGreaterThan(0);
  }, 120_000);

  it('is measured every night, under the rights of the function that does', async () => {
    const { stacks, services } = platform;
    const functions = stacks.flatMap(({ resources }) => [...resources.entries()]);
    const [, canary] = functions.find(([id]) => /^RevocationCanaryFunction/.test(id)) ?? [];
    for (let night = 1; night <= 2; night += 1) {
      const { payload } = await services.functions.invokeForDeployment(canary?.attributes.Arn as string, {});
      expect(payload).toMatchObject({ outcome: 'denied', seconds: expect.any(Number) });
    }
    expect(await officer.call('GET', '/closures')).toMatchObject({ everything: null, collections: [] });
  }, 120_000);

  it('denies every session when everything is shut, and two officers open it again', async () => {
    const before = await open();
    expect(await statusOf(before)).toBe(404);
    await officer.call('POST', '/closures', { kind: 'everything', reason: 'security' });
    expect(await statusOf(before)).toBe(403);
    expect(await officer.call('POST', '/reopenings', { kind: 'everything' })).toMatchObject({
      state: 'proposed',
    });
    expect(await officer.call('POST', '/reopenings', { kind: 'everything' })).toMatchObject({
      state: 'proposed',
    });
    expect(await second.call('POST', '/reopenings', { kind: 'everything' })).toEqual({ state: 'reopened' });
    expect(await officer.call('GET', '/closures')).toMatchObject({ everything: null, proposals: [] });
    expect(await statusOf(before)).toBe(403);
  }, 120_000);
});
