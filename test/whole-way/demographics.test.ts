import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClinicalRow } from '../../lambda/demographics/demographics.contract';
import { filesBelow, LeakSearch } from '../../local/drill/leak-search';
import type { Platform } from '../../local/platform';
import { ApiClient } from '../local/api-client';
import { goodSlice, hospitalNumberOf, nhsNumberOf } from './bad-files';
import { newDataFolder, receiptsInBucket } from './demonstration';
import { platformOn } from './platform-on';

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Put {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function put({ url, headers }: Put, bytes: Buffer): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  if (!answer.ok) throw new Error(`PUT answered ${answer.status}: ${await answer.text()}`);
}

/** Seconds for which an event may be on its way on a busy machine. */
const patience = 60;

describe('demographics, on the whole platform', () => {
  const data = newDataFolder();
  let platform: Platform;
  let uploader: ApiClient;

  beforeAll(async () => {
    platform = await platformOn(data);
    const officer = await ApiClient.signedIn(platform.addresses.frontDoor, 'officer-1');
    await officer.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    uploader = await ApiClient.signedIn(platform.addresses.frontDoor, 'uploader-rx1');
  }, 120_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  /** A submission whose files have landed and that is still open; a slice for each patient. */
  async function landed(patients: readonly number[]): Promise<string> {
    const files = patients.map((patient) => goodSlice(patient, 1));
    const { id } = await uploader.call<{ id: string }>('POST', '/submissions', {
      collection: 'chest',
      fileCount: files.length,
      totalBytes: files.reduce((sum, file) => sum + file.length, 0),
      idempotencyKey: randomUUID(),
    });
    const entries = files.map((file, index) => ({
      ordinal: index + 1,
      bytes: file.length,
      sha256: digestOf(file),
      group: index + 1,
    }));
    await uploader.call('PUT', `/submissions/${id}/manifest/1`, { entries });
    const { urls } = await uploader.call<{ urls: (Put & { ordinal: number })[] }>(
      'POST',
      `/submissions/${id}/upload-urls`,
      { ordinals: entries.map(({ ordinal }) => ordinal) },
    );
    for (const url of urls) await put(url, files[url.ordinal - 1] ?? Buffer.alloc(0));
    return id;
  }

  const complete = (id: string) => uploader.call('POST', `/submissions/${id}/complete`);

  const tableOf = (patients: readonly number[], ethnicCategory: string) =>
    Buffer.from(
      `nhs_number,age_at_scan,sex,ethnic_category,date_of_death\n${patients
        .map((patient) => `${nhsNumberOf(patient)},50,1,${ethnicCategory},2026-02-17\n`)
        .join('')}`,
    );

  const bucket = (variable: string) => platform.services.s3.objectsFolder(platform.variable(variable));

  function clinicalRows(id: string): ClinicalRow[] {
    const folder = join(bucket('CATALOGUE_BUCKET'), 'clinical');
    return [...filesBelow(folder, () => false)]
      .filter((path) => path.endsWith(`${id}.ndjson`))
      .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ClinicalRow);
  }

  const waiting = (id: string) => {
    const folder = join(bucket('EXCHANGE_BUCKET'), 'demographics', 'rows', id);
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  /** Waits until the rows sent last are in the catalogue. */
  async function applied(id: string): Promise<Record<string, unknown>> {
    for (let turn = 0; turn < patience * 10; turn += 1) {
      const { content } = await uploader.ask('GET', `/submissions/${id}`);
      const demographics = content.demographics as { state: string } | undefined;
      if (demographics?.state === 'applied' && waiting(id).length === 0) return demographics;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the rows were not applied');
  }

  it('come before and after the images, and leave nothing of who has opted out', async () => {
    appendFileSync(platform.optedOutFile, `${nhsNumberOf(3)}\n`);
    const id = await landed([1, 2, 3]);
    expect(await uploader.sendDemographics(id, tableOf([1, 2, 3, 4], 'white'))).toMatchObject({
      status: 422,
      code: 'DEMOGRAPHICS_INVALID',
      content: { rows: 4, more: 0, errors: [{ line: 2 }, { line: 3 }, { line: 4 }, { line: 5 }] },
    });
    expect(await uploader.sendDemographics(id, tableOf([1, 2, 3, 4], 'A'))).toMatchObject({
      status: 200,
      content: { rows: 4 },
    });
    expect(clinicalRows(id)).toEqual([]);
    await complete(id);
    expect(await uploader.ended(id)).toMatchObject({ state: 'done', totals: { imported: 2, withheld: 1 } });

    const receipt = receiptsInBucket(bucket('WORK_BUCKET')).find((each) => each.submission === id);
    expect(receipt).toMatchObject({
      demographics: { rows: 4, applied: 2, dropped: 2, reasons: { NO_IMPORTED_IMAGES: 2 } },
    });
    const rows = clinicalRows(id);
    expect(rows).toEqual([
      expect.objectContaining({ trust: 'RX1', ethnicCategory: 'A', region: 'E12000004' }),
      expect.objectContaining({ trust: 'RX1', ethnicCategory: 'A', region: 'E12000004' }),
    ]);
    for (const row of rows) expect(Date.parse(row.dateOfDeath ?? '')).toBeLessThan(Date.parse('2026-02-17'));
    expect(waiting(id)).toEqual([]);

    expect(await uploader.sendDemographics(id, tableOf([1, 2, 3, 4], 'B'))).toMatchObject({ status: 200 });
    expect(await applied(id)).toMatchObject({ rows: 4, applied: 2, dropped: 2 });
    expect(clinicalRows(id).map((row) => row.ethnicCategory)).toEqual(['B', 'B']);
    expect(new Set(clinicalRows(id).map((row) => row.patientPseudonym))).toEqual(
      new Set(rows.map((row) => row.patientPseudonym)),
    );

    const search = new LeakSearch(
      [1, 2, 3, 4].map((patient) => {
        const text = nhsNumberOf(patient);
        return { kind: 'NHS number', text, bytes: Buffer.from(text) };
      }),
    );
    const leaks = await search.inFolder(data, (path) => path === platform.optedOutFile);
    expect(leaks.map(({ where, label }) => ({ where, label }))).toEqual([]);
  }, 180_000);

  it('find by the Patient ID alone the patient whom the platform knows by the NHS number', async () => {
    const id = await landed([6, 7]);
    const rows = [6, 7, 8].map((patient) => `${hospitalNumberOf(patient)},30-39,2,K`);
    const table = Buffer.from(`subject_id,age_band,sex,ethnic_category\n${rows.join('\n')}\n`);
    expect(await uploader.sendDemographics(id, table)).toMatchObject({ status: 200, content: { rows: 3 } });
    await complete(id);
    expect(await uploader.ended(id)).toMatchObject({ state: 'done', totals: { imported: 2 } });
    expect(await applied(id)).toMatchObject({ rows: 3, applied: 2, reasons: { NO_IMPORTED_IMAGES: 1 } });
    const images = [...filesBelow(join(bucket('CATALOGUE_BUCKET'), 'rows'), () => false)]
      .filter((path) => path.endsWith(`${id}.ndjson`))
      .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as ClinicalRow).patientPseudonym);
    expect(new Set(clinicalRows(id).map((row) => row.patientPseudonym))).toEqual(new Set(images));
  }, 180_000);

  it('are not lost when they come at the very end of a submission', async () => {
    const id = await landed([5]);
    await complete(id);
    let sent = 0;
    const ended = uploader.ended(id);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    do {
      const table = tableOf([5], 'ABCDEFGH'[sent % 8] ?? 'A');
      const answer = await uploader.sendDemographics(id, table);
      // The end of the submission deletes tables that were not handed in yet; the command then sends again.
      if (answer.code !== 'DEMOGRAPHICS_NOT_RECEIVED') expect(answer.status).toBe(200);
      if (answer.status === 200) sent += 1;
      // leaves the pipeline its share of a small machine
      await pause(100);
    } while (!isOver || sent === 0);
    expect(await ended).toMatchObject({ state: 'done' });
    expect(await applied(id)).toMatchObject({ rows: 1, applied: 1, dropped: 0 });
    expect(clinicalRows(id).map((row) => row.ethnicCategory)).toEqual(['ABCDEFGH'[(sent - 1) % 8]]);
  }, 400_000);
});
