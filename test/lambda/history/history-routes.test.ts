import { gzipSync } from 'node:zlib';
import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { developmentPrefix } from '../../../lambda/credentials/study-scope.contract';
import { exportEvents } from '../../../lambda/history/export-events';
import { addHistoryRoutes } from '../../../lambda/history/history-routes';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import { person } from '../../../lambda/register/person.contract';
import { personKey } from '../../../lambda/register/register-table';
import { makeIssuer, uidRoot } from '../credentials/credentials-fixture';
import { apiEvent } from '../fixtures/api-event';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import { approveOne, makeRegister } from '../register/register-fixture';

const prefix = 'AWSLogs/000000000000/CloudTrail/eu-west-2/';
const covered = `${developmentPrefix(uidRoot, 7)}1234`;
const day = '2026-11-02';

/** A record of CloudTrail as HealthImaging's requests have it, made by a session of a credential. */
function record(session: string, sourceIdentity: string | null, study: string, changes: object = {}) {
  return {
    eventTime: '2026-11-02T09:30:00Z',
    eventSource: 'medical-imaging.amazonaws.com',
    eventName: 'GetDICOMInstanceFrames',
    userIdentity: {
      arn: `arn:aws:sts::000000000000:assumed-role/nmip-test-researcher-7-dae-only/${session}`,
      sessionContext: { ...(sourceIdentity !== null && { sourceIdentity }) },
    },
    requestParameters: { datastoreId: 'd'.repeat(32), studyInstanceUID: study, sopInstanceUID: '1.2.3' },
    requestID: 'request-1',
    managementEvent: false,
    ...changes,
  };
}

async function startHistory() {
  const register = await makeRegister();
  const { projectId } = await approveOne(register);
  const issuer = makeIssuer(register);
  await issueCredentials(issuer, { subject: 'applicant-1', projectId, studies: null }, undefined);
  const { pseudonym } = (await register.table.get(personKey('applicant-1'), person)) ?? { pseudonym: '' };
  const objects = new MemoryObjectStore();
  const lines: string[] = [];
  const api = new HttpApi(silentLog);
  addHistoryRoutes(api, {
    table: register.table,
    objects,
    urls: { signDownload: async ({ bucket, key }) => `https://${bucket}.example/${key}` },
    auditBucket: 'audit',
    trailBucket: 'trail',
    trailPrefix: prefix,
    uidRoot,
    clock: register.clock,
    log: { ...silentLog, info: (message, fields) => lines.push(JSON.stringify([message, fields])) },
  });
  const get = async (path: string, query: Record<string, string> = {}, roles: string[] = ['auditor']) => {
    const event = apiEvent({
      method: 'GET',
      path,
      query,
      authorizer: {
        subject: 'auditor-1',
        person: JSON.stringify({ roles, pseudonym: `r-${'7'.repeat(26)}` }),
      },
    });
    const answer = await api.handler(event);
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const trail = (folder: string, name: string, records: readonly object[]) =>
    objects.set(
      'trail',
      `${prefix}${folder}/${name}.json.gz`,
      gzipSync(JSON.stringify({ Records: records })),
    );
  return {
    ...register,
    projectId,
    pseudonym,
    session: issuer.asked[0]?.sessionName ?? '',
    objects,
    get,
    trail,
    lines,
  };
}

describe('the routes of auditors', () => {
  it('are for nobody else', async () => {
    const { get, projectId } = await startHistory();
    for (const path of [
      '/v1/history',
      `/v1/history/${projectId}`,
      '/v1/history/checkpoints',
      '/v1/history/waiting',
    ])
      for (const roles of [['officer'], ['reviewer', 'applicant', 'uploader'], []])
        expect(await get(path, {}, roles)).toMatchObject({ status: 403, body: { code: 'ROLE_REQUIRED' } });
  });

  it('list every chain with its head, page by page', async () => {
    const { get, projectId, pseudonym } = await startHistory();
    const chains: { chain: string; head: { version: number } }[] = [];
    let next: string | undefined;
    do {
      const { body } = await get('/v1/history', { limit: '2', ...(next !== undefined && { next }) });
      chains.push(...body.chains);
      next = body.next;
    } while (next !== undefined);
    const names = chains.map(({ chain }) => chain);
    expect(names).toEqual(expect.arrayContaining([projectId, pseudonym]));
    expect(new Set(names).size).toBe(names.length);
    for (const { chain, head } of chains) {
      const { body } = await get(`/v1/history/${chain}`);
      expect(body.head).toEqual(head);
      expect(body.events).toHaveLength(head.version);
    }
  });

  it('show a chain from any event on, with all that stands in it', async () => {
    const { get, projectId, table } = await startHistory();
    const stored = table.partition(`PROJECT#${projectId}`).filter(({ sk }) => sk.startsWith('EVENT#'));
    const { body } = await get(`/v1/history/${projectId}`, { after: '2', limit: '1' });
    const { pk: _pk, sk: _sk, ...event } = stored[2] ?? { pk: '', sk: '' };
    expect(body.events).toEqual([event]);
    expect(await get(`/v1/history/p-${'9'.repeat(26)}`)).toMatchObject({ status: 404 });
  });

  it('give URLs of the checkpoints up to the head, and of the one that may be under way', async () => {
    const { get, table, objects, clock } = await startHistory();
    expect((await get('/v1/history/waiting')).body.events.length).toBeGreaterThan(10);
    await exportEvents({
      table,
      objects,
      auditBucket: 'audit',
      clock,
      deadline: new Date('2100-01-01T00:00:00Z'),
    });
    const { body } = await get('/v1/history/checkpoints');
    expect(body).toEqual({
      head: { version: 1, hash: expect.any(String) },
      checkpoints: [{ number: 1, url: 'https://audit.example/checkpoints/000000000001.json' }],
      underWay: { number: 2, url: 'https://audit.example/checkpoints/000000000002.json' },
    });
    expect((await get('/v1/history/waiting')).body.events).toEqual([]);
  });

  it('give the pseudonym of a person, which the log tells without the subject', async () => {
    const { get, pseudonym, lines } = await startHistory();
    expect(await get('/v1/history/people/applicant-1')).toEqual({ status: 200, body: { person: pseudonym } });
    expect(lines.join()).toContain(pseudonym);
    expect(lines.join()).not.toContain('applicant-1');
    expect(await get('/v1/history/people/nobody')).toMatchObject({ status: 404 });
  });

  it('tell which grants cover a study and who was given a credential that reaches it', async () => {
    const { get, projectId, pseudonym, session } = await startHistory();
    const { body } = await get('/v1/history/access', { study: covered });
    expect(body.access).toEqual([
      expect.objectContaining({
        projectId,
        status: 'active',
        scope: 'collection',
        members: expect.arrayContaining([pseudonym]),
      }),
    ]);
    for (const study of [`${developmentPrefix(uidRoot, 8)}1`, `${uidRoot}.7.2.1`, `${uidRoot}.70.1.1`])
      expect((await get('/v1/history/access', { study })).body.access).toEqual([]);
    const query = { project: projectId, from: day, to: day, study: covered };
    expect((await get('/v1/history/issues', query)).body.issues).toEqual([
      expect.objectContaining({ credentialId: session, person: pseudonym, studies: null }),
    ]);
    expect(
      (await get('/v1/history/issues', { ...query, from: '2026-11-03', to: '2026-11-04' })).body.issues,
    ).toEqual([]);
  });
});

describe('reads', () => {
  it('are those of the trail in the period, joined with project and grant by their credential', async () => {
    const { get, projectId, pseudonym, session, trail } = await startHistory();
    trail('2026/11/02', 'a', [
      record(session, pseudonym, covered),
      record(session, pseudonym, '1.2.3', { errorCode: 'AccessDenied' }),
      record('oidc-store', null, covered, { errorCode: 'ResourceNotFound' }),
      record(session, pseudonym, covered, { managementEvent: true }),
      { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', eventTime: '2026-11-02T09:30:00Z' },
      { note: 'no record' },
    ]);
    // delivered after midnight, and one of the day after
    trail('2026/11/03', 'b', [
      record(session, pseudonym, covered, { eventTime: '2026-11-02T23:59:59Z' }),
      record(session, pseudonym, covered, { eventTime: '2026-11-03T00:00:00Z' }),
    ]);
    const reads = async (query: Record<string, string>) =>
      (await get('/v1/history/reads', { from: day, to: day, ...query })).body.reads;
    const all = await reads({});
    expect(all).toHaveLength(4);
    expect(all[0]).toEqual({
      at: '2026-11-02T09:30:00Z',
      operation: 'GetDICOMInstanceFrames',
      person: pseudonym,
      credentialId: session,
      projectId,
      grantId: expect.stringMatching(/^g-/),
      principal: `nmip-test-researcher-7-dae-only/${session}`,
      study: covered,
      series: null,
      instance: '1.2.3',
      outcome: 'allowed',
      errorCode: null,
      bytes: null,
      requestId: 'request-1',
    });
    expect(all.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'allowed',
      'denied',
      'failed',
      'allowed',
    ]);
    expect(await reads({ person: pseudonym })).toHaveLength(3);
    expect(await reads({ project: projectId, study: '1.2.3' })).toHaveLength(1);
    expect(await reads({ project: `p-${'9'.repeat(26)}` })).toEqual([]);
  });

  it('come in pages that neither leave one out nor repeat one', async () => {
    const { get, pseudonym, session, trail } = await startHistory();
    for (const [index, name] of ['a', 'b', 'c'].entries())
      trail(
        '2026/11/02',
        name,
        Array.from({ length: 700 }, (_, each) =>
          record(session, pseudonym, covered, { requestID: `${index}-${each}` }),
        ),
      );
    const ids: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const { body } = await get('/v1/history/reads', {
        from: day,
        to: day,
        ...(next !== undefined && { next }),
      });
      ids.push(...body.reads.map(({ requestId }: { requestId: string }) => requestId));
      next = body.next;
      pages += 1;
    } while (next !== undefined);
    expect(pages).toBe(3);
    expect(ids).toHaveLength(2_100);
    expect(new Set(ids).size).toBe(2_100);
  });

  it.each([
    ['2026-11-03', '2026-11-02'],
    ['2026-11-01', '2026-12-02'],
  ])('of a period from %s to %s are refused', async (from, to) => {
    const { get } = await startHistory();
    expect(await get('/v1/history/reads', { from, to })).toMatchObject({
      status: 422,
      body: { code: 'PERIOD_NOT_VALID' },
    });
  });
});
