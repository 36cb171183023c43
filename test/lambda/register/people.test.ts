import { verifyHistory } from '../../../lambda/register/history';
import { describeMe, findPerson, recordPerson } from '../../../lambda/register/people';
import { personInput } from '../../../lambda/register/person.contract';
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
    ['a field that is not theirs to set', { roles: [], pseudonym: `r-${'0'.repeat(26)}` }],
  ])('are not recorded with %s', (_case, input) => {
    expect(personInput.safeParse(input).success).toBe(false);
  });
});

describe('what a person sees of themself', () => {
  test('for an uploader: where the trust keeps its NHS numbers', async () => {
    const { committee } = await makeRegister();
    await recordPerson(committee, trusts, officer, 'uploader-1', uploader);
    expect(await describeMe(committee, trusts, 'uploader-1')).toMatchObject({
      roles: ['uploader'],
      trustConfiguration: { odsCode: 'RX1', nhsNumbers: [{ attribute: 'PatientID', issuer: 'NHS' }] },
    });
  });

  test('for somebody unknown: no roles, and no record is made', async () => {
    const { committee, table } = await makeRegister();
    expect(await describeMe(committee, trusts, 'nobody')).toEqual({
      subject: 'nobody',
      roles: [],
      trust: undefined,
      organisation: undefined,
      known: false,
    });
    expect(await findPerson(table, 'nobody')).toBeNull();
  });

  test('for a first officer: the role that the configuration gives', async () => {
    const { committee } = await makeRegister();
    expect((await describeMe(committee, trusts, 'officer-1')).roles).toEqual(['officer']);
  });
});
