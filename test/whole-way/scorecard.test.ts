import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { londonDay } from '../../lambda/platform/clock';
import { daysAfter, weekOfDay } from '../../lambda/quality/iso-week.contract';
import { londonWeek } from '../../lambda/quality/london-week';
import { type QualityAnswer, type Scorecard, scorecard } from '../../lambda/quality/quality.contract';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { BuiltCommand } from '../cli/run-command';
import { tableOf } from '../lambda/fixtures/embedded-table';
import { ApiClient } from '../local/api-client';
import { ageOf, alteredSlice, copiedSlice, goodSlice, nhsNumberOf, screenSave } from './bad-files';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

/** The last week that is over, and its noons. */
const week = londonWeek(weekOfDay(daysAfter(londonDay(new Date()), -7)));
const hour = 3_600_000;
const noonOf = (day: number): number => week.from.getTime() + (24 * day + 12) * hour;

const anyRecord = z.record(z.string(), z.unknown());

describe('scorecards, on the whole platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let platform: Platform;
  let uploaders: Record<'RX1' | 'RY2', ApiClient>;
  const people = new Map<string, DemoPerson>();

  const as = (subject: string): DemoPerson => {
    const person = people.get(subject);
    if (person === undefined) throw new Error(`${subject} is not signed in`);
    return person;
  };

  async function submit(
    client: ApiClient,
    files: readonly Buffer[],
    imported = files.length,
    demographics?: string,
  ): Promise<string> {
    const id = await client.submit('chest', files, (ordinal) => ordinal);
    if (demographics !== undefined)
      expect((await client.sendDemographics(id, Buffer.from(demographics))).status).toBe(200);
    expect(await client.ended(id)).toMatchObject({ state: 'done', totals: { imported } });
    return id;
  }

  /** Moves a submission into the past: a week of scorecards has to be over. */
  async function moveTo(id: string, completed: number, finished: number): Promise<void> {
    const { table, stop } = tableOf(platform.services.dynamodb, platform.variable('LEDGER_TABLE'));
    const item = await table.get({ pk: `SUBMISSION#${id}`, sk: 'SUBMISSION' }, anyRecord);
    await table.put({
      ...(item as { pk: string; sk: string }),
      completedAt: new Date(completed).toISOString(),
      finishedAt: new Date(finished).toISOString(),
    });
    stop();
  }

  /** One run of the weekly function. */
  async function makeScorecards(): Promise<unknown> {
    const functions = platform.stacks.flatMap(({ resources }) => [...resources.entries()]);
    const [, found] = functions.find(([id]) => /^MakeScorecardsFunction/.test(id)) ?? [];
    const { payload } = await platform.services.functions.invokeForDeployment(
      found?.attributes.Arn as string,
      {},
    );
    return payload;
  }

  beforeAll(async () => {
    command.build();
    platform = await platformOn(data);
    const api = platform.addresses.frontDoor;
    const officer = await ApiClient.signedIn(api, 'officer-1');
    const uploader = async (trust: string) => {
      const subject = `uploader-${trust.toLowerCase()}`;
      await officer.recordPerson(subject, { roles: ['uploader'], trust });
      return ApiClient.signedIn(api, subject);
    };
    uploaders = { RX1: await uploader('RX1'), RY2: await uploader('RY2') };
    await officer.recordPerson('auditor-1', { roles: ['auditor'] });
    for (const subject of ['officer-1', 'auditor-1', 'uploader-rx1', 'uploader-ry2']) {
      const person = new DemoPerson(subject, {
        command: command.path,
        api,
        homes: mkdtempSync(join(command.folder, 'homes-')),
        signal: new AbortController().signal,
      });
      await person.signIn();
      people.set(subject, person);
    }
    const first = await submit(
      uploaders.RX1,
      [
        ...Array.from({ length: 12 }, (_, patient) => goodSlice(patient + 1, 1)),
        alteredSlice(13, 1, { BodyPartExamined: 'CHEST ROUTINE' }),
        alteredSlice(17, 1, { BodyPartExamined: 'THORAXROUTINE' }),
        alteredSlice(18, 1, { BodyPartExamined: 'CHESTABDPELVIS' }),
        alteredSlice(14, 1, { BodyPartExamined: undefined, SliceThickness: undefined }),
        alteredSlice(15, 1, { StudyDate: '20991231' }),
        copiedSlice({ patient: 16, slice: 1 }, { patient: 1, slice: 1 }, 0),
        screenSave(1, 2),
        screenSave(2, 2),
        Buffer.from('no image'),
      ],
      18,
      `nhs_number,age_at_scan,sex,ethnic_category\n${nhsNumberOf(1)},3,9,A\n${nhsNumberOf(2)},${ageOf(2)},9,Z\n`,
    );
    const second = await submit(uploaders.RX1, [alteredSlice(20, 1, { PatientAddress: 'x'.repeat(20_000) })]);
    const third = await submit(uploaders.RX1, [goodSlice(21, 1), goodSlice(21, 2)]);
    const other = await submit(uploaders.RY2, [goodSlice(30, 1)], 0);
    await moveTo(first, noonOf(2), noonOf(2) + 2 * hour);
    await moveTo(second, noonOf(3), noonOf(3) + 6 * hour);
    await moveTo(third, week.until.getTime() - 12 * hour, week.until.getTime() + hour);
    await moveTo(other, noonOf(1), noonOf(1) + hour);
  }, 300_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const weekOf = async (subject: string, trust: string): Promise<Scorecard> =>
    scorecard.parse(await as(subject).record(['scorecard', '--trust', trust, '--week', week.week]));

  it('are made once for each trust and week that is over', async () => {
    expect(await makeScorecards()).toEqual({ scorecards: 8 });
    expect(await makeScorecards()).toEqual({ scorecards: 0 });
  });

  it('tell deliveries, quarantine by reason, delay, backlog and studies against those expected', async () => {
    const card = await weekOf('uploader-rx1', 'RX1');
    expect(card).toMatchObject({
      trust: 'RX1',
      week: week.week,
      delivered: {
        submissions: 2,
        files: { imported: 19, duplicateOrWithheld: 0, quarantined: 3, missing: 0 },
        quarantine: { BURNED_IN_TEXT: 2, NOT_DICOM: 1 },
      },
      replayed: { submissions: 0 },
      delay: { medianSeconds: 4 * 3_600, ninetiethSeconds: 6 * 3_600 },
      backlog: { submissions: 1, files: 2, oldestSeconds: 12 * 3_600 },
      studies: { received: 19, expected: 40 },
      collections: [
        {
          collection: 'chest',
          images: 21,
          week: { studies: 19, images: 19 },
          // the table has two of twenty patients, and of one of them the ethnic category is not stated
          demographics: { patients: 20, known: { demographics: 2, ethnic_category: 1, imd_decile: 0 } },
        },
      ],
    });
    // a patient without an NHS number where the trust says that it stands is withheld, and not told apart from a duplicate
    expect(await weekOf('uploader-ry2', 'RY2')).toMatchObject({
      delivered: { submissions: 1, files: { imported: 0, duplicateOrWithheld: 1 } },
      studies: { received: 0, expected: null },
      collections: [{ images: 0, findings: [] }],
    });
  });

  it('tell what is missing, outside its list, in the future or at odds, of how many', async () => {
    const [chest] = (await weekOf('officer-1', 'RX1')).collections;
    const found = Object.fromEntries(
      (chest?.findings ?? []).map(({ check, attribute, count, of }) => [
        attribute === null ? check : `${check} ${attribute}`,
        [count, of],
      ]),
    );
    expect(found).toEqual({
      // one left out by the trust, one that is no term of any list and was removed
      'missing body_part': [2, 21],
      'not-in-list body_part': [1, 19],
      'missing slice_thickness': [1, 21],
      'missing demographics': [18, 20],
      'missing age_band': [18, 20],
      'missing sex': [18, 20],
      'missing ethnic_category': [19, 20],
      'missing imd_decile': [20, 20],
      'missing region': [18, 20],
      'date-in-future': [1, 21],
      'ages-differ': [1, 2],
      'same-pixels': [1, 21],
      // twenty kilobytes of an address are gone; two small slices that gained their account are no finding
      'size-differs': [1, 2],
    });
  });

  it('are for officers and the trust itself, as text, page and by the API', async () => {
    const own = await as('uploader-rx1').run(['scorecard', '--html', join(command.folder, 'card.html')]);
    expect(own.code).toBe(0);
    expect(own.stdout).toContain(`RX1, week ${week.week}`);
    expect(own.stdout).toMatch(/ {2}BURNED_IN_TEXT +2\n/);
    expect(own.stdout).toContain('19 of 40 expected (47.5 %)');
    expect(own.stdout).toContain('holds a value that is not in PS3.16, annex L');
    expect(readFileSync(join(command.folder, 'card.html'), 'utf8')).toContain('do not pass them on');

    const origin = platform.addresses.frontDoor;
    const path = `/trusts/RX1/scorecards?week=${week.week}`;
    expect((await uploaders.RX1.ask('GET', path)).status).toBe(200);
    expect(await uploaders.RY2.ask('GET', path)).toMatchObject({ status: 403, code: 'OTHER_TRUST' });
    expect((await fetch(`${origin}/v1${path}`)).status).toBe(401);
    const others = await as('uploader-ry2').run(['scorecard', '--trust', 'RX1', '--json']);
    expect([others.code, JSON.parse(others.stderr).code]).toEqual([3, 'OTHER_TRUST']);
    const auditors = await as('auditor-1').run(['scorecard', '--trust', 'RX1', '--json']);
    expect([auditors.code, JSON.parse(auditors.stderr).code]).toEqual([3, 'ROLE_REQUIRED']);
  });

  it('show auditors the quality of a collection by the disclosure rule, and officers as it is', async () => {
    const origin = platform.addresses.frontDoor;
    const ask = async (subject: string) =>
      (await ApiClient.signedIn(origin, subject)).call<QualityAnswer>('GET', '/quality?collection=chest');
    const exact = await ask('officer-1');
    expect(exact).toMatchObject({ counts: 'exact' });
    expect(exact.trusts.find(({ trust }) => trust === 'RX1')).toMatchObject({ images: 21 });
    const shown = await ask('auditor-1');
    expect(shown.counts).toBe('shown');
    const ofTrust = shown.trusts.find(({ trust }) => trust === 'RX1');
    expect(ofTrust?.images).toEqual({ kind: 'shown', value: 20 });
    // findings of fewer than eight are left out
    expect(ofTrust?.findings.map(({ attribute }) => attribute)).toEqual([
      'demographics',
      'age_band',
      'sex',
      'ethnic_category',
      'imd_decile',
      'region',
    ]);
    for (const { count } of ofTrust?.findings ?? []) expect(count).toEqual({ kind: 'shown', value: 20 });
    const rounded = await as('auditor-1').run(['quality', 'chest']);
    expect(rounded.code).toBe(0);
    expect(rounded.stdout).toContain(`RX1, scorecard of week ${week.week}: about 20 images held`);
    expect(rounded.stdout).toMatch(
      /too many +about 20 of about 20 patients +100\.0 % +5\.0 % +A row in a demographics table/,
    );
    expect(rounded.stdout).not.toMatch(/ of 21 |same pixels/);
    const all = await as('officer-1').run(['quality', 'chest']);
    expect(all.stdout).toMatch(/1 of 21 images +4\.8 % +1\.0 % +Another image/);
    const unknown = await as('officer-1').run(['quality', 'heads', '--json']);
    expect([unknown.code, JSON.parse(unknown.stderr).code]).toEqual([2, 'COLLECTION_NOT_FOUND']);
    const uploader = await as('uploader-rx1').run(['quality', 'chest', '--json']);
    expect([uploader.code, JSON.parse(uploader.stderr).code]).toEqual([3, 'ROLE_REQUIRED']);
    expect((await uploaders.RX1.ask('GET', '/quality?collection=chest')).code).toBe('ROLE_REQUIRED');
    expect((await fetch(`${origin}/v1/quality?collection=chest`)).status).toBe(401);
  });
});
