import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import { PublicRegister } from '../../../lambda/public-register/list-register';
import { publicProjectRecord } from '../../../lambda/public-register/public-project.contract';
import {
  type RegisterEntry,
  registerEntry,
  registerPage,
} from '../../../lambda/public-register/public-register.contract';
import { registerCsv } from '../../../lambda/public-register/register-csv.contract';
import { registerEntryOn } from '../../../lambda/public-register/register-entry';
import { servePublicRegister } from '../../../lambda/public-register/serve-public-register';
import { draftApplication } from '../../../lambda/register/applications';
import { decideApplication } from '../../../lambda/register/decisions';
import {
  applicant,
  approveOne,
  breast,
  chest,
  content,
  firstReviewer,
  makeRegister,
  onceOnly,
  type RegisterFixture,
  secondReviewer,
  submitOne,
} from '../register/register-fixture';

interface Call {
  readonly query?: Record<string, string>;
  readonly project?: string;
}

function startApi(fixture: RegisterFixture) {
  const api = new HttpApi(silentLog);
  const { table, clock } = fixture;
  servePublicRegister(api, new PublicRegister({ table, clock, collections: [chest, breast] }));
  return async (resource: string, { query, project }: Call = {}) => {
    const answer = await api.handler({
      httpMethod: 'GET',
      resource,
      path: resource,
      headers: {},
      multiValueHeaders: {},
      queryStringParameters: query ?? null,
      multiValueQueryStringParameters: query
        ? Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]]))
        : null,
      pathParameters: project === undefined ? null : { project },
      body: null,
      isBase64Encoded: false,
      requestContext: { requestId: 'request-1', identity: { sourceIp: '192.0.2.7' } },
    } as never);
    return { status: answer.statusCode, text: answer.body, headers: answer.headers ?? {} };
  };
}

const whole = async (fixture: RegisterFixture) =>
  registerPage.parse(JSON.parse((await startApi(fixture)('/v1/register')).text));

describe('the public register', () => {
  it('shows a project from the moment of the second approval, and nothing before', async () => {
    const fixture = await makeRegister();
    await draftApplication(fixture.committee, applicant, content, onceOnly());
    const { id, projectId } = await submitOne(fixture);
    const { id: rejected } = await submitOne(fixture, { title: 'Rejected work' });
    const decide = (application: string, reviewer: typeof firstReviewer, decision: 'approve' | 'reject') =>
      decideApplication(
        fixture.committee,
        reviewer,
        application,
        { decision, comment: 'Not this.' } as never,
        onceOnly(),
      );
    await decide(rejected, firstReviewer, 'reject');
    await decide(rejected, secondReviewer, 'reject');
    await decide(id, firstReviewer, 'approve');
    expect(await whole(fixture)).toMatchObject({ projects: [], total: 0, median_days_to_decision: null });

    fixture.clock.moveBy(3.5 * 86_400);
    await decide(id, secondReviewer, 'approve');
    expect(await whole(fixture)).toMatchObject({
      projects: [
        {
          project_id_text: projectId,
          project_title: 'Rib fractures on chest X-ray',
          organisation_name: 'University of Westhaven',
          status: 'active',
          ai_use: content.aiUse,
          access_type: 'TRE',
          access_mode: 'dae-only',
          datasets: [{ id: 'chest', title: 'Chest imaging' }],
          legal_basis_for_data_article6: '6(1)(e)',
          project_end_date: '2027-10-31',
          days_to_decision: 3,
        },
      ],
      total: 1,
      median_days_to_decision: 3,
    });
  });

  it('has the fields of HDR UK, by their names', () => {
    expect(Object.keys(registerEntry.shape)).toEqual(
      expect.arrayContaining(
        `project_title, project_id_text, organisation_name, organisation_sector, lay_summary, public_benefit_statement,
         technical_summary, latest_approval_date, project_start_date, project_end_date, access_date, access_type,
         data_sensitivity_level, legal_basis_for_data_article6, legal_basis_for_data_article9, duty_of_confidentiality,
         national_data_optout, request_category_type, request_frequency, dataset_linkage_description,
         confidential_data_description, privacy_enhancements, accredited_researcher_status, funders_and_sponsors,
         other_approval_committees, sublicence_arrangements, non_gateway_outputs, ai_use, datasets, status`.split(
          /,\s+/,
        ),
      ),
    );
  });

  it('holds no subject, no pseudonym, no purpose and no address, in any form', async () => {
    const fixture = await makeRegister();
    await approveOne(fixture, { members: ['member-1'] });
    const send = startApi(fixture);
    const said = [(await send('/v1/register')).text, (await send('/v1/register.csv')).text].join('\n');
    const people = fixture.table.partition().filter(({ sk }) => sk === 'PERSON');
    expect(people.length).toBeGreaterThan(4);
    for (const { subject, pseudonym } of people) {
      expect(said).not.toContain(String(subject));
      expect(said).not.toContain(String(pseudonym));
    }
    expect(said).not.toContain('@');
    expect(said).not.toContain(content.purpose);
    for (const item of fixture.table.partition('PUBLIC')) {
      expect(() => publicProjectRecord.strict().parse(item)).not.toThrow();
    }
  });

  it('says of a project what holds on the day, whatever is stored', async () => {
    const fixture = await makeRegister();
    await approveOne(fixture);
    const [stored] = fixture.table.partition('PUBLIC').map((item) => publicProjectRecord.parse(item));
    if (stored === undefined) throw new Error('nothing is public');
    const statusOn = (day: string, collections = [chest]) => registerEntryOn(day, stored, collections).status;
    expect(statusOn('2026-11-01')).toBe('approved');
    expect(statusOn('2026-11-02')).toBe('active');
    expect(statusOn('2027-10-31')).toBe('active');
    expect(statusOn('2027-11-01')).toBe('ended');
    const shorter = { ...chest, legalBasis: { ...chest.legalBasis, endsOn: '2027-01-31' } };
    expect(statusOn('2027-02-01', [shorter])).toBe('ended');
    expect(registerEntryOn('2026-12-01', stored, [shorter]).project_end_date).toBe('2027-01-31');
    expect(registerEntryOn('2026-12-01', { ...stored, status: 'revoked' }, [chest]).status).toBe('revoked');
  });

  it('may be kept by others for half a minute, so that a decision is public within a minute', async () => {
    const fixture = await makeRegister();
    const send = startApi(fixture);
    const first = await send('/v1/register');
    expect(first.headers).toMatchObject({ 'cache-control': 'public, max-age=30' });
    const { projectId } = await approveOne(fixture);
    fixture.clock.moveBy(6);
    expect((await send('/v1/register')).text).toContain(projectId);
  });

  it('comes in pages that together are the whole, the latest approval first', async () => {
    const fixture = await makeRegister();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift((await approveOne(fixture)).projectId);
      fixture.clock.moveBy(index % 2 === 0 ? 1 : 86_400);
    }
    const send = startApi(fixture);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const { text } = await send('/v1/register', { query: { limit: '2', ...(next && { next }) } });
      const page = registerPage.parse(JSON.parse(text));
      expect(page.total).toBe(5);
      seen.push(...page.projects.map((each) => each.project_id_text));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(ids);
    expect(await send('/v1/register', { query: { next: 'nonsense' } })).toMatchObject({ status: 400 });
  });

  it('shows one project, and none that was not approved', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const { projectId: submitted } = await submitOne(fixture);
    const send = startApi(fixture);
    const one = await send('/v1/register/{project}', { project: projectId });
    expect(registerEntry.parse(JSON.parse(one.text)).project_id_text).toBe(projectId);
    expect(await send('/v1/register/{project}', { project: submitted })).toMatchObject({ status: 404 });
  });

  it('gives pages of CSV with one header, and says where it goes on', async () => {
    const fixture = await makeRegister();
    await approveOne(fixture);
    await approveOne(fixture);
    const send = startApi(fixture);
    const first = await send('/v1/register.csv', { query: { limit: '1' } });
    expect(first.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1];
    const rest = Object.fromEntries(new URL(next ?? '', 'http://register').searchParams);
    const second = await send('/v1/register.csv', { query: rest });
    expect(second.headers.link).toBeUndefined();
    const rows = parse(first.text + second.text, { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map((row) => row.project_id_text)).size).toBe(2);
  });
});

describe('CSV of the register', () => {
  it('is read back as it was, and no cell is a formula', async () => {
    const fixture = await makeRegister();
    await approveOne(fixture);
    const [entry] = (await whole(fixture)).projects;
    if (entry === undefined) throw new Error('nothing is public');
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string()).map((parts) => parts.join('')),
      fc.constantFrom('a\r\nb', '"quoted"', 'one, two', 'naïve – “text”'),
    );
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (words, funders) => {
        const made: RegisterEntry = { ...entry, lay_summary: words, funders_and_sponsors: funders };
        const csv = registerCsv([made], true);
        const [row] = parse(csv, { columns: true, relax_column_count: false }) as Record<string, string>[];
        const plain = (cell: string | undefined) => (cell ?? '').replace(/^'(?=[=+\-@\t\r])/, '');
        expect(plain(row?.lay_summary)).toBe(words);
        expect(plain(row?.funders_and_sponsors)).toBe(funders.join('; '));
        for (const cell of Object.values(row ?? {})) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      }),
      { numRuns: 500, seed: 39 },
    );
  });
});
