import type { DicomwebAuthority } from '../../../lambda/credentials/dicomweb-authorisation';
import { authoriseDicomweb } from '../../../lambda/credentials/dicomweb-authorisation';
import { recordPerson } from '../../../lambda/register/people';
import { createTokenVerifier } from '../../../lambda/register/token-verifier';
import { TestIssuer } from '../register/issuer-fixture';
import {
  approveOne,
  breast,
  changeGrants,
  chest,
  makeRegister,
  officer,
  type RegisterFixture,
  trusts,
} from '../register/register-fixture';
import { datastoreId, viewerRole } from './credentials-fixture';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await TestIssuer.start();
});
afterAll(() => issuer.stop());

const denied = { isTokenValid: true, roleArn: '' };
const invalid = { isTokenValid: false, roleArn: '' };

async function makeAuthority() {
  const fixture = await makeRegister();
  const lines: string[] = [];
  const note = (message: string, fields?: object) => {
    lines.push(JSON.stringify([message, fields]));
  };
  const authority: DicomwebAuthority = {
    table: fixture.table,
    clock: fixture.clock,
    collections: [chest, breast],
    roleOf: viewerRole,
    log: { info: note, warn: note, error: note },
    verifier: createTokenVerifier({
      issuer: issuer.name,
      audience: 'nmip',
      accessTokens: { type: 'at+jwt' },
      clock: fixture.clock,
      timeoutMilliseconds: 2000,
    }),
  };
  const ask = async (
    subject: string,
    options: { operation?: string; claims?: Record<string, unknown> } = {},
  ) =>
    authoriseDicomweb(authority, {
      datastoreId,
      operation: options.operation ?? 'GetDICOMInstanceFrames',
      bearerToken: await issuer.token(subject, fixture.clock.now(), { claims: options.claims }),
    });
  return { ...fixture, authority, lines, ask };
}

const endGrants = (fixture: RegisterFixture, projectId: string) =>
  changeGrants(fixture, projectId, (granted) => ({
    ...granted,
    status: 'ended',
    endedAt: '2026-11-02T09:00:00.000Z',
  }));

describe('a viewer with a bearer token', () => {
  test.each([
    'GetDICOMInstance',
    'GetDICOMInstanceMetadata',
    'GetDICOMInstanceFrames',
    'GetDICOMSeriesMetadata',
    'GetDICOMBulkdata',
  ])('reads by the role of its one collection: %s', async (operation) => {
    const fixture = await makeAuthority();
    await approveOne(fixture, { members: ['member-1'] });
    expect(await fixture.ask('member-1', { operation })).toEqual({
      isTokenValid: true,
      roleArn: viewerRole(7, 'dae-only'),
    });
  });

  test.each(['SearchDICOMStudies', 'SearchDICOMInstances', 'StoreDICOM', 'DeleteImageSet', ''])(
    'does nothing else: %s',
    async (operation) => {
      const fixture = await makeAuthority();
      await approveOne(fixture, { members: ['member-1'] });
      expect(await fixture.ask('member-1', { operation })).toEqual(denied);
    },
  );

  test('is denied without a membership, or unknown', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture);
    expect(await fixture.ask('member-1')).toEqual(denied);
    expect(await fixture.ask('nobody')).toEqual(denied);
  });

  test('is denied from the moment the grant is over', async () => {
    const fixture = await makeAuthority();
    const { projectId } = await approveOne(fixture);
    expect((await fixture.ask('applicant-1')).roleArn).not.toBe('');
    await endGrants(fixture, projectId);
    expect(await fixture.ask('applicant-1')).toEqual(denied);
  });

  test('is denied after the last day of the grant, and after that of the legal basis', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture);
    fixture.clock.moveTo('2027-10-31T23:59:59Z');
    expect((await fixture.ask('applicant-1')).roleArn).not.toBe('');
    const shorter = { ...chest, legalBasis: { ...chest.legalBasis, endsOn: '2027-10-30' } };
    const bearerToken = await issuer.token('applicant-1', fixture.clock.now());
    expect(
      await authoriseDicomweb(
        { ...fixture.authority, collections: [shorter] },
        { datastoreId, operation: 'GetDICOMInstance', bearerToken },
      ),
    ).toEqual(denied);
    fixture.clock.moveTo('2027-11-01T00:00:00Z');
    expect(await fixture.ask('applicant-1')).toEqual(denied);
  });

  test('with two projects of one collection needs no choice', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture);
    await approveOne(fixture);
    expect((await fixture.ask('applicant-1')).roleArn).toBe(viewerRole(7, 'dae-only'));
  });

  test('with projects of two collections is denied until the token names one', async () => {
    const fixture = await makeAuthority();
    const first = await approveOne(fixture);
    const second = await approveOne(fixture, { collection: 'breast-screening' });
    expect(await fixture.ask('applicant-1')).toEqual(denied);
    expect(fixture.lines.at(-1)).toContain('GRANT_AMBIGUOUS');
    const named = (projectId: string) => fixture.ask('applicant-1', { claims: { nmip_project: projectId } });
    expect((await named(first.projectId)).roleArn).toBe(viewerRole(7, 'dae-only'));
    expect((await named(second.projectId)).roleArn).toBe(viewerRole(8, 'dae-only'));
  });

  test('with one collection in two access modes is denied until the token names a project', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture, { collection: 'breast-screening' });
    const direct = await approveOne(fixture, { collection: 'breast-screening', accessMode: 'direct' });
    expect(await fixture.ask('applicant-1')).toEqual(denied);
    const answer = await fixture.ask('applicant-1', { claims: { nmip_project: direct.projectId } });
    expect(answer.roleArn).toBe(viewerRole(8, 'direct'));
  });

  test('whose token names a project of others is denied', async () => {
    const fixture = await makeAuthority();
    const { projectId } = await approveOne(fixture);
    expect(await fixture.ask('member-1', { claims: { nmip_project: projectId } })).toEqual(denied);
  });

  test('with more projects than can be read in time is denied until the token names one', async () => {
    const fixture = await makeAuthority();
    for (let index = 0; index < 11; index += 1) await approveOne(fixture);
    expect(await fixture.ask('applicant-1')).toEqual(denied);
  });
});

describe('a bearer token', () => {
  test.each([
    ['expired', { exp: 1 }],
    ['for another audience', { aud: 'another' }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
  ])('%s is not valid', async (_kind, claims) => {
    const fixture = await makeAuthority();
    await approveOne(fixture);
    expect(await fixture.ask('applicant-1', { claims })).toEqual(invalid);
  });

  test('that is none is not valid, and neither is a request of another shape', async () => {
    const { authority } = await makeAuthority();
    for (const event of [
      { datastoreId, operation: 'GetDICOMInstance', bearerToken: 'x' },
      { datastoreId: '../x', operation: 'GetDICOMInstance', bearerToken: 'x' },
      { operation: 'GetDICOMInstance' },
      null,
    ]) {
      expect(await authoriseDicomweb(authority, event)).toEqual(invalid);
    }
  });

  test('of a machine opens nothing, whether its own or in the name of one, though an application named it', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture, { members: ['sender-1'] });
    expect((await fixture.ask('sender-1')).roleArn).not.toBe('');
    expect(await fixture.ask('sender-1', { claims: { client_id: 'sender-1' } })).toEqual(denied);
    await recordPerson(fixture.committee, trusts, officer, 'sender-1', {
      kind: 'machine',
      roles: ['uploader'],
      trust: 'RX1',
    });
    expect(await fixture.ask('sender-1')).toEqual(denied);
  });

  test('and its subject stay out of the log', async () => {
    const fixture = await makeAuthority();
    await approveOne(fixture);
    await fixture.ask('applicant-1');
    await fixture.ask('nobody');
    expect(fixture.lines.join('\n')).not.toMatch(/applicant-1|nobody|eyJ/);
  });
});
