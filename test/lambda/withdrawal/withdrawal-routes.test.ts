import type { Context } from 'aws-lambda';
import { HttpApi } from '../../../lambda/platform/http-api';
import { newId } from '../../../lambda/platform/ids';
import { silentLog } from '../../../lambda/platform/log';
import { encodePageToken } from '../../../lambda/platform/page-token';
import { addWithdrawalRoutes } from '../../../lambda/withdrawal/withdrawal-routes';
import { LedgerWithdrawalStore } from '../../../lambda/withdrawal/withdrawal-store';
import { apiEvent } from '../fixtures/api-event';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const officer = { subject: 'officer', roles: ['officer'], trust: null };
const uploader = { subject: 'uploader-1', roles: ['uploader'], trust: 'RX1' };
const otherTrust = { subject: 'uploader-2', roles: ['uploader'], trust: 'RY2' };
const researcher = { subject: 'applicant', roles: ['applicant'], trust: null };

const patients = {
  kind: 'patients',
  reason: 'patient-request',
  subjects: { bytes: 11, sha256: 'a'.repeat(64) },
  idempotencyKey: 'key-00000001',
};
const studies = {
  kind: 'studies',
  reason: 'sent-in-error',
  collection: 'chest',
  studies: ['2.25.1'],
  idempotencyKey: 'key-00000002',
};
const trust = { kind: 'trust', reason: 'trust-request', trust: 'RX1', idempotencyKey: 'key-00000003' };

describe('the routes of withdrawals', () => {
  let embedded: EmbeddedTable;
  let keys = 0;
  beforeAll(async () => {
    embedded = await startEmbeddedTable();
  });
  afterAll(() => embedded.stop());

  function setting() {
    const started: string[] = [];
    const objects = new MemoryObjectStore();
    const withdrawals = new LedgerWithdrawalStore(embedded.table);
    const clock = { now: () => new Date('2026-11-23T12:00:00Z') };
    const api = new HttpApi(silentLog);
    addWithdrawalRoutes(api, {
      withdrawals,
      objects,
      signer: {
        signUpload: async ({ place }) => ({ url: `https://s3.example/${place.key}`, headers: {} }),
        signDownload: async ({ key }) => `https://s3.example/${key}`,
      },
      starter: {
        prepare: async (id) => void started.push(`${id}-plan`),
        withdraw: async (id) => void started.push(id),
      },
      collections: new Set(['chest']),
      trusts: new Set(['RX1', 'RY2']),
      exchangeBucket: 'exchange',
      workBucket: 'work',
      clock,
      newId: () => newId('w', clock),
    });
    const ask = async (
      person: { subject: string; roles: string[]; trust: string | null },
      method: string,
      path: string,
      body?: object,
      query: Record<string, string> = {},
    ) => {
      const { subject, ...rest } = person;
      const event = apiEvent({
        method,
        path: `/v1${path}`,
        authorizer: { subject, person: JSON.stringify(rest) },
        query,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await api.handler(event, {} as Context);
      return { status: answer.statusCode, ...JSON.parse(answer.body ?? '{}') };
    };
    const fresh = <Body extends object>(body: Body) => {
      keys += 1;
      return { ...body, idempotencyKey: `key-${String(keys).padStart(8, '0')}-x` };
    };
    return { ask, fresh, started, objects, withdrawals };
  }

  it('an officer withdraws anything, a trust patients only, anybody else nothing', async () => {
    const { ask, fresh } = setting();
    for (const body of [patients, studies, trust])
      expect(await ask(officer, 'POST', '/withdrawals', fresh(body))).toMatchObject({ status: 201 });
    expect(await ask(uploader, 'POST', '/withdrawals', fresh(patients))).toMatchObject({ status: 201 });
    for (const body of [studies, trust])
      expect(await ask(uploader, 'POST', '/withdrawals', fresh(body))).toMatchObject({
        code: 'OFFICER_REQUIRED',
      });
    expect(await ask(researcher, 'POST', '/withdrawals', fresh(patients))).toMatchObject({
      code: 'ROLE_REQUIRED',
    });
    expect(await ask({ ...uploader, trust: null }, 'POST', '/withdrawals', fresh(patients))).toMatchObject({
      code: 'NO_TRUST',
    });
  });

  it('a trust takes back by NHS number, which reaches others, for a reason of the patient only', async () => {
    const { ask, fresh } = setting();
    const inError = { ...patients, reason: 'sent-in-error' };
    expect(await ask(uploader, 'POST', '/withdrawals', fresh(inError))).toMatchObject({
      status: 403,
      code: 'REASON_OF_ONE_TRUST',
    });
    const own = fresh({ ...inError, identifiers: 'patient-id' });
    for (const [person, body] of [
      [uploader, own],
      [officer, fresh(inError)],
    ] as const)
      expect(await ask(person, 'POST', '/withdrawals', body)).toMatchObject({ status: 201 });
  });

  it('refuses collections and trusts that nobody knows, and Patient IDs without a trust', async () => {
    const { ask, fresh } = setting();
    expect(
      await ask(officer, 'POST', '/withdrawals', fresh({ ...studies, collection: 'nonesuch' })),
    ).toMatchObject({ status: 404, code: 'UNKNOWN_COLLECTION' });
    expect(await ask(officer, 'POST', '/withdrawals', fresh({ ...trust, trust: 'XX9' }))).toMatchObject({
      code: 'TRUST_NOT_CONFIGURED',
    });
    expect(
      await ask(officer, 'POST', '/withdrawals', fresh({ ...patients, identifiers: 'patient-id' })),
    ).toMatchObject({ code: 'TRUST_REQUIRED' });
    expect(await ask(officer, 'POST', '/withdrawals', fresh({ ...trust, reason: 'because' }))).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('takes Patient IDs of an uploader for those of the own trust, whatever is sent', async () => {
    const { ask, fresh, withdrawals } = setting();
    const body = fresh({ ...patients, identifiers: 'patient-id', trust: 'RY2' });
    const { id } = await ask(uploader, 'POST', '/withdrawals', body);
    expect(await withdrawals.get(id)).toMatchObject({ trust: 'RX1', askedByTrust: 'RX1' });
  });

  it('gives the same withdrawal for the same key, refuses the key for another, and keeps no digest of a list', async () => {
    const { ask, fresh } = setting();
    const body = fresh(patients);
    const first = await ask(uploader, 'POST', '/withdrawals', body);
    expect(first).toMatchObject({ status: 201, upload: { url: expect.stringContaining(first.id) } });
    expect(await ask(uploader, 'POST', '/withdrawals', body)).toMatchObject({ status: 200, id: first.id });
    const otherList = { ...body, subjects: { bytes: 12, sha256: 'b'.repeat(64) } };
    expect(await ask(uploader, 'POST', '/withdrawals', otherList)).toMatchObject({
      status: 200,
      id: first.id,
    });
    expect(
      await ask(uploader, 'POST', '/withdrawals', { ...body, reason: 'consent-withdrawn' }),
    ).toMatchObject({ status: 409, code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('counts first: nothing is deleted before it was prepared and confirmed', async () => {
    const { ask, fresh, started, withdrawals } = setting();
    const { id } = await ask(officer, 'POST', '/withdrawals', fresh(studies));
    expect(await ask(officer, 'POST', `/withdrawals/${id}/confirm`)).toMatchObject({
      status: 409,
      code: 'WITHDRAWAL_NOT_PREPARED',
    });
    await ask(officer, 'POST', `/withdrawals/${id}/prepare`);
    expect(started).toEqual([`${id}-plan`]);
    expect(await ask(officer, 'POST', `/withdrawals/${id}/confirm`)).toMatchObject({
      code: 'WITHDRAWAL_NOT_PREPARED',
    });
    await withdrawals.move(id, ['preparing'], 'prepared');
    expect(await ask(officer, 'GET', `/withdrawals/${id}/certificate`)).toMatchObject({
      code: 'CERTIFICATE_NOT_READY',
    });
    expect(await ask(officer, 'POST', `/withdrawals/${id}/confirm`)).toMatchObject({ state: 'withdrawing' });
    await ask(officer, 'POST', `/withdrawals/${id}/confirm`);
    expect(started).toEqual([`${id}-plan`, id, id]);
    await withdrawals.move(id, ['withdrawing'], 'done');
    expect(await ask(officer, 'GET', `/withdrawals/${id}/certificate`)).toMatchObject({
      url: `https://s3.example/withdrawals/${id}/certificate.json`,
    });
  });

  it('goes on by itself where that was asked for', async () => {
    const { ask, fresh, started } = setting();
    const { id } = await ask(uploader, 'POST', '/withdrawals', fresh({ ...patients, confirm: true }));
    await ask(uploader, 'POST', `/withdrawals/${id}/prepare`);
    expect(started).toEqual([id]);
  });

  it('shows a trust its own, without counts, and no certificate', async () => {
    const { ask, fresh, withdrawals } = setting();
    const { id } = await ask(uploader, 'POST', '/withdrawals', fresh(patients));
    const { id: ofOfficer } = await ask(officer, 'POST', '/withdrawals', fresh(trust));
    await withdrawals.note(id, {
      received: 3,
      unreadable: 0,
      progress: { imageSetsDeleted: 1, imageSets: 2 },
    });
    expect(await ask(uploader, 'GET', `/withdrawals/${id}`)).toEqual({
      status: 200,
      id,
      kind: 'patients',
      state: 'open',
      reason: 'patient-request',
      createdAt: '2026-11-23T12:00:00.000Z',
      received: 3,
      unreadable: 0,
    });
    expect(await ask(officer, 'GET', `/withdrawals/${id}`)).toMatchObject({
      progress: { imageSetsDeleted: 1, imageSets: 2 },
    });
    for (const [person, hidden] of [
      [otherTrust, id],
      [uploader, ofOfficer],
    ] as const)
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/prepare'],
        ['POST', '/confirm'],
      ])
        expect(await ask(person, method ?? '', `/withdrawals/${hidden}${path}`)).toMatchObject({
          code: 'WITHDRAWAL_NOT_FOUND',
        });
    expect(await ask(uploader, 'GET', `/withdrawals/${id}/certificate`)).toMatchObject({
      code: 'ROLE_REQUIRED',
    });
    const own = await ask(uploader, 'GET', '/withdrawals');
    const all = await ask(officer, 'GET', '/withdrawals');
    const idsOf = (page: { withdrawals: { id: string }[] }) => page.withdrawals.map((each) => each.id);
    expect(idsOf(own)).toContain(id);
    expect(idsOf(own)).not.toContain(ofOfficer);
    expect(idsOf(all)).toEqual(expect.arrayContaining([id, ofOfficer]));
  });

  it('a list goes on by a token of its own partition only', async () => {
    const { ask } = setting();
    const listed = (pk: string) =>
      ask(uploader, 'GET', '/withdrawals', undefined, {
        next: encodePageToken({ pk, sk: 'WITHDRAWAL#w-1' }),
      });
    expect(await listed('TRUST#RX1')).toMatchObject({ status: 200 });
    for (const other of ['WITHDRAWALS', 'TRUST#RY2'])
      expect(await listed(other)).toMatchObject({ status: 400, code: 'INVALID_PAGE_TOKEN' });
  });
});
