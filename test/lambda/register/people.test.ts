import { verifyHistory } from '../../../lambda/register/history';
import { describeMe, findPerson, recordPerson } from '../../../lambda/register/people';
import { type PersonInput, person, personInput } from '../../../lambda/register/person.contract';
import { makeRegister, officer, refusalOf, requester, trusts } from './register-fixture';

const uploader = { roles: ['uploader' as const], trust: 'RX1', organisation: 'Northfield' };

describe('people', () => {
  test('have roles only by record: an officer puts them there', async () => {
    const { committee } = await makeRegister();
    const recorded = await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    expect(recorded).toMatchObject({ roles: ['uploader'], trust: 'RX1', version: 2 });
    expect(recorded.pseudonym).toMatch(/^r-/);
    const impostor = requester('applicant-1', 'officer');
    expect(await refusalOf(recordPerson(committee, trusts, impostor, 'uploader-1', uploader))).toBe(
      'ROLE_REQUIRED',
    );
  });

  test('keep their pseudonym when their roles change', async () => {
    const { committee, table } = await makeRegister();
    const before = await findPerson(table, 'reviewer-1');
    const after = await recordPerson(committee, trusts, officer, 'reviewer-1', { roles: [] });
    expect(after.pseudonym).toBe(before?.pseudonym);
  });

  test('do not change their own roles', async () => {
    const { committee } = await makeRegister();
    expect(
      await refusalOf(
        recordPerson(committee, trusts, officer, 'officer-1', { roles: ['reviewer'], organisation: 'X Y' }),
      ),
    ).toBe('OWN_RECORD');
  });

  test('recorded as they are already make no event', async () => {
    const { committee, table } = await makeRegister();
    await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    const before = table.items.size;
    await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    expect(table.items.size).toBe(before);
  });

  test('do not decide with a sign-in that withholds the role, whatever the register says', async () => {
    const { committee } = await makeRegister();
    const weak = {
      ...requester('officer-1'),
      signIn: { level: 'low' as const, withheldRoles: ['officer' as const] },
    };
    expect(await refusalOf(recordPerson(committee, trusts, weak, 'uploader-1', uploader))).toBe(
      'SIGN_IN_TOO_WEAK',
    );
  });

  test('get no role by being read again: the authoriser has the first word', async () => {
    const { committee } = await makeRegister();
    expect(
      await refusalOf(recordPerson(committee, trusts, requester('officer-1'), 'uploader-1', uploader)),
    ).toBe('ROLE_REQUIRED');
  });

  test('that are machines stay machines, and people stay people', async () => {
    const { committee } = await makeRegister();
    const record = (subject: string, input: PersonInput) =>
      recordPerson(committee, trusts, officer, subject, input);
    const machine: PersonInput = { kind: 'machine', roles: ['uploader'], trust: 'RX1' };
    expect(await record('machine-1', machine)).toMatchObject(machine);
    expect(await record('machine-1', { kind: 'machine', roles: [] })).toMatchObject({ roles: [] });
    expect(await refusalOf(record('machine-1', { roles: ['auditor'] }))).toBe('KIND_FIXED');
    expect(await refusalOf(record('reviewer-1', machine))).toBe('KIND_FIXED');
  });

  test('that are machines are told apart in the history', async () => {
    const { committee, table } = await makeRegister();
    await recordPerson(committee, trusts, officer, 'machine-1', {
      kind: 'machine',
      roles: ['uploader'],
      trust: 'RX1',
    });
    expect(JSON.stringify([...table.items.values()])).toContain('"kind":"machine","roles":["uploader"]');
  });

  test('have a history that verifies', async () => {
    const { committee, table } = await makeRegister();
    const recorded = await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    const verdict = await verifyHistory(table, { partition: 'PERSON#uploader-1', name: recorded.pseudonym });
    expect(verdict).toMatchObject({ intact: true, head: { version: 2 } });
  });

  test('changed by two officers at once: the second is told when it says what it read', async () => {
    const { committee } = await makeRegister();
    const { version } = await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    await recordPerson(committee, trusts, officer, 'uploader-1', { roles: [] }, version);
    expect(await refusalOf(recordPerson(committee, trusts, officer, 'uploader-1', uploader, version))).toBe(
      'VERSION_DIFFERS',
    );
  });

  test('send only for a trust of the configuration', async () => {
    const { committee } = await makeRegister();
    const elsewhere = { ...uploader, trust: 'ZZ9' };
    expect(await refusalOf(recordPerson(committee, trusts, officer, 'uploader-1', elsewhere))).toBe(
      'TRUST_NOT_CONFIGURED',
    );
  });

  test.each([
    ['an uploader without a trust', { roles: ['uploader'] }],
    ['a reviewer without an organisation', { roles: ['reviewer'] }],
    ['a role twice', { roles: ['auditor', 'auditor'] }],
    ['a role that looks like one', { roles: ['оfficer'] }],
    [
      'a machine that reviews',
      { kind: 'machine', roles: ['uploader', 'reviewer'], trust: 'RX1', organisation: 'X Y' },
    ],
    ['a machine without a trust', { kind: 'machine', roles: ['uploader'] }],
    ['a kind that is none', { kind: 'person', roles: [] }],
    ['a field that is not theirs to set', { roles: [], pseudonym: `r-${'0'.repeat(26)}` }],
  ])('are not recorded with %s', (_case, input) => {
    expect(personInput.safeParse(input).success).toBe(false);
  });
});

test('a stored machine with another role is not read', () => {
  const stored = {
    subject: 'machine-1',
    pseudonym: `r-${'0'.repeat(26)}`,
    kind: 'machine',
    version: 2,
    recordedAt: '2026-11-02T09:00:00.000Z',
  };
  expect(person.safeParse({ ...stored, roles: ['uploader'], trust: 'RX1' }).success).toBe(true);
  expect(person.safeParse({ ...stored, roles: ['officer'] }).success).toBe(false);
});

describe('what a person sees of themself', () => {
  test('for an uploader: where the trust keeps its NHS numbers', async () => {
    const { committee } = await makeRegister();
    await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    expect(await describeMe(committee, trusts, requester('uploader-1', 'uploader'))).toMatchObject({
      roles: ['uploader'],
      trustConfiguration: { odsCode: 'RX1', nhsNumbers: [{ attribute: 'PatientID', issuer: 'NHS' }] },
    });
  });

  test('for somebody unknown: no roles, and no record is made', async () => {
    const { committee, table } = await makeRegister();
    expect(await describeMe(committee, trusts, requester('nobody'))).toEqual({
      subject: 'nobody',
      roles: [],
      trust: undefined,
      organisation: undefined,
      known: false,
      signIn: { level: 'not-asked', withheldRoles: [] },
    });
    expect(await findPerson(table, 'nobody')).toBeNull();
  });

  test('for a first officer: the role that the configuration gives', async () => {
    const { committee } = await makeRegister();
    expect((await describeMe(committee, trusts, officer)).roles).toEqual(['officer']);
  });
});
