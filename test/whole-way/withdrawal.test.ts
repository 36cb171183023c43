import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLocalJWKSet, flattenedVerify, type JSONWebKeySet } from 'jose';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';
import { ImageSetIndex } from '../../local/aws/medical-imaging/image-set-index';
import { BucketStore } from '../../local/aws/s3/bucket-store';
import type { Platform } from '../../local/platform';
import { ApiClient } from '../local/api-client';
import { newDataFolder, type Receipt, receiptsInBucket } from './demonstration';
import { platformOn } from './platform-on';

/** Patients 0 to 999 are withdrawn, 20 others stay. */
const withdrawnPatients = 1_000;
const keptPatients = 20;
const seed = 'withdrawal';

type NhsNumberPlace = Parameters<typeof ctSlice>[0]['nhsNumberPlace'];
const places: Record<string, NhsNumberPlace> = {
  RX1: { attribute: 'OtherPatientIDsSequence', issuer: 'NHS' },
  RY2: { attribute: 'PatientID' },
};

/** One slice of the one study of a patient, as a trust sends it. */
function slice(trust: string, patient: number, number: number, pixel = 0): Buffer {
  const { instance, pixels } = ctSlice(
    {
      seed,
      name: `study of ${patient}`,
      patient: fictitiousPatient(seed, patient),
      nhsNumberPlace: places[trust] as NhsNumberPlace,
    },
    { series: 1, slice: number, size: 16 },
  );
  const changed = Buffer.from(pixels);
  changed.writeUInt8((changed.readUInt8(0) + pixel) % 256, 0);
  return part10File(instance, changed);
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Sends files, each a series of its own, and waits for the end. */
async function submit(
  client: ApiClient,
  files: readonly Buffer[],
): Promise<{ id: string; state: string; totals?: Record<string, number> }> {
  const { id } = await client.call<{ id: string }>('POST', '/submissions', {
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
  await client.call('PUT', `/submissions/${id}/manifest/1`, { entries });
  for (let start = 0; start < files.length; start += 500) {
    const ordinals = entries.slice(start, start + 500).map(({ ordinal }) => ordinal);
    const { urls } = await client.call<{
      urls: { ordinal: number; url: string; headers: Record<string, string> }[];
    }>('POST', `/submissions/${id}/upload-urls`, { ordinals });
    const waiting = [...urls];
    const send = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { 'content-length': _, ...headers } = next.headers;
        const body = new Uint8Array(files[next.ordinal - 1] ?? []);
        const answer = await fetch(next.url, { method: 'PUT', headers, body });
        if (!answer.ok) throw new Error(`PUT answered ${answer.status}`);
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
  }
  await client.call('POST', `/submissions/${id}/complete`);
  return { id, ...(await client.ended(id)) };
}

interface View {
  readonly id: string;
  readonly state: string;
  readonly received?: number;
  readonly counts?: Record<string, number>;
}

async function until(client: ApiClient, id: string, state: string): Promise<View> {
  for (;;) {
    const view = await client.call<View>('GET', `/withdrawals/${id}`);
    if (view.state === state) return view;
    if (view.state === 'stopped') throw new Error(JSON.stringify(view));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Row {
  readonly submission: string;
  readonly ordinal: number;
  readonly patientPseudonym: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly imageSetId: string;
}

/** UIDs, pseudonyms and ids of image sets that stand in a text, whatever it is. */
function namesIn(text: string): string[] {
  return text.match(/\d[\d.]{28,62}\d|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32}/g) ?? [];
}

describe('a withdrawal of 1,000 studies', () => {
  const data = newDataFolder();
  let platform: Platform;
  let officer: ApiClient;
  let uploaders: Record<'RX1' | 'RY2', ApiClient>;
  let rowsBefore: { key: string; line: string; row: Row }[];
  let id: string;
  let certificate: string;
  let receiptKeys: JSONWebKeySet;
  let sentAgain: Receipt | undefined;
  const views: Record<string, View> = {};
  let tables: Record<string, string[]>;
  let stores: { name: string; store: BucketStore }[];

  const isWithdrawn = ({ patientPseudonym }: Row) => withdrawnPseudonyms.has(patientPseudonym);
  let withdrawnPseudonyms: Set<string>;

  function readRows(): { key: string; line: string; row: Row }[] {
    const folder = platform.services.s3.objectsFolder(platform.variable('CATALOGUE_BUCKET'));
    return readdirSync(join(folder, 'rows'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ndjson'))
      .flatMap((key) =>
        readFileSync(join(folder, 'rows', key), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => ({ key, line, row: JSON.parse(line) as Row })),
      );
  }

  beforeAll(async () => {
    platform = await platformOn(data);
    const origin = platform.addresses.frontDoor;
    officer = await ApiClient.signedIn(origin, 'officer-1');
    const uploader = async (trust: string) => {
      const subject = `uploader-${trust.toLowerCase()}`;
      await officer.recordPerson(subject, { roles: ['uploader'], trust });
      return ApiClient.signedIn(origin, subject);
    };
    uploaders = { RX1: await uploader('RX1'), RY2: await uploader('RY2') };

    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
    const last = withdrawnPatients + keptPatients;
    const first = await submit(uploaders.RX1, [
      ...range(0, 600).map((patient) => slice('RX1', patient, 1)),
      ...range(withdrawnPatients, last - 10).map((patient) => slice('RX1', patient, 1)),
    ]);
    const second = await submit(uploaders.RY2, [
      ...range(600, withdrawnPatients).map((patient) => slice('RY2', patient, 1)),
      ...range(last - 10, last).map((patient) => slice('RY2', patient, 1)),
      // more of series that another trust sent, the same again, and the same UID with other pixels
      ...range(0, 20).map((patient) => slice('RY2', patient, 2)),
      ...range(20, 25).map((patient) => slice('RY2', patient, 1)),
      ...range(25, 30).map((patient) => slice('RY2', patient, 1, 1)),
      slice('RY2', withdrawnPatients, 1, 1),
    ]);
    expect([first.state, second.state]).toEqual(['done', 'done']);
    expect(first.totals).toMatchObject({ imported: 610 });
    expect(second.totals).toMatchObject({ imported: 430, duplicate: 5, quarantined: 6 });

    rowsBefore = readRows();
    const kept = rowsBefore.filter(
      ({ row }) =>
        (row.submission === first.id && row.ordinal > 600) ||
        (row.submission === second.id && row.ordinal > 400 && row.ordinal <= 410),
    );
    const keptPseudonyms = new Set(kept.map(({ row }) => row.patientPseudonym));
    withdrawnPseudonyms = new Set(
      rowsBefore.map(({ row }) => row.patientPseudonym).filter((each) => !keptPseudonyms.has(each)),
    );
    expect([keptPseudonyms.size, withdrawnPseudonyms.size]).toEqual([keptPatients, withdrawnPatients]);

    const list = Buffer.from(
      range(0, withdrawnPatients)
        .map((patient) => `${fictitiousPatient(seed, patient).nhsNumber}\n`)
        .join(''),
    );
    const created = await uploaders.RX1.call<{
      id: string;
      upload: { url: string; headers: Record<string, string> };
    }>('POST', '/withdrawals', {
      kind: 'patients',
      reason: 'national-data-opt-out',
      subjects: { bytes: list.length, sha256: digestOf(list) },
      idempotencyKey: randomUUID(),
    });
    id = created.id;
    const { 'content-length': _, ...headers } = created.upload.headers;
    const put = await fetch(created.upload.url, { method: 'PUT', headers, body: new Uint8Array(list) });
    expect(put.status).toBe(200);
    await uploaders.RX1.call('POST', `/withdrawals/${id}/prepare`);
    views.prepared = await until(officer, id, 'prepared');
    views.uploader = await uploaders.RX1.call<View>('GET', `/withdrawals/${id}`);
    views.stranger = (await uploaders.RY2.ask('GET', `/withdrawals/${id}`)).content as unknown as View;
    views.rowsWhilePrepared = { id: String(readRows().length), state: '' };
    await uploaders.RX1.call('POST', `/withdrawals/${id}/confirm`);
    views.done = await until(officer, id, 'done');
    const link = await officer.call<{ url: string }>('GET', `/withdrawals/${id}/certificate`);
    certificate = await (await fetch(link.url)).text();
    receiptKeys = (await (await fetch(`${origin}/v1/receipt-keys`)).json()) as JSONWebKeySet;

    const again = await submit(uploaders.RX1, [
      slice('RX1', 3, 1),
      slice('RX1', 3, 9),
      slice('RX1', withdrawnPatients, 9),
    ]);
    const work = platform.services.s3.objectsFolder(platform.variable('WORK_BUCKET'));
    sentAgain = receiptsInBucket(work).find(({ submission }) => submission === again.id);

    tables = {};
    for (const name of ['LEDGER_TABLE', 'REGISTER_TABLE']) {
      const items: string[] = [];
      for await (const item of platform.services.dynamodb.items(platform.variable(name)))
        items.push(JSON.stringify(item));
      tables[name] = items;
    }
    await platform.stop();
    const folder = join(data, 's3');
    stores = readdirSync(folder).map((name) => ({ name, store: new BucketStore(join(folder, name)) }));
  }, 600_000);

  afterAll(() => {
    for (const { store } of stores ?? []) store.close();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const needles = () =>
    new Set(
      rowsBefore
        .map(({ row }) => row)
        .filter(isWithdrawn)
        .flatMap((row) => [
          row.patientPseudonym,
          row.studyInstanceUid,
          row.seriesInstanceUid,
          row.sopInstanceUid,
          row.imageSetId,
        ]),
    );

  it('is counted first, for officers, and deletes nothing before it is confirmed', () => {
    expect(views.prepared?.counts).toMatchObject({
      patients: withdrawnPatients,
      submissions: 2,
      studies: withdrawnPatients,
      instances: withdrawnPatients + 20,
      imageSets: withdrawnPatients,
      quarantined: 5,
    });
    expect(Number(views.rowsWhilePrepared?.id)).toBe(rowsBefore.length);
  });

  it('tells the trust how many numbers came and nothing of what was held, and another trust nothing', () => {
    expect(views.uploader).toEqual({
      id,
      kind: 'patients',
      state: 'prepared',
      reason: 'national-data-opt-out',
      createdAt: expect.any(String),
      received: withdrawnPatients,
      unreadable: 0,
    });
    expect(views.stranger).toMatchObject({ code: 'WITHDRAWAL_NOT_FOUND' });
  });

  it('ends with a certificate that the platform signed, of all that was deleted', async () => {
    const { payload, protectedHeader } = await flattenedVerify(
      JSON.parse(certificate),
      createLocalJWKSet(receiptKeys),
    );
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'nmip-withdrawal+jws' });
    const told = JSON.parse(Buffer.from(payload).toString('utf8'));
    expect(told).toMatchObject({ withdrawal: id, reason: 'national-data-opt-out' });
    const gone = rowsBefore.map(({ row }) => row).filter(isWithdrawn);
    const sorted = (values: readonly string[]) => [...new Set(values)].sort();
    expect(sorted(told.studies.map((each: Row) => each.studyInstanceUid))).toEqual(
      sorted(gone.map((row) => row.studyInstanceUid)),
    );
    expect(told.studies.every((each: { whole: boolean }) => each.whole)).toBe(true);
    expect(sorted(told.imageSets.map((each: Row) => each.imageSetId))).toEqual(
      sorted(gone.map((row) => row.imageSetId)),
    );
    expect(told.objects).toMatchObject({ deidentified: withdrawnPatients + 20, quarantine: 5 });
    expect(certificate).not.toContain([...withdrawnPseudonyms][0]);
    expect(Buffer.from(payload).toString('utf8')).not.toContain([...withdrawnPseudonyms][0]);
  });

  it('leaves of both tables only the marks', () => {
    const found = needles();
    const naming = Object.entries(tables).flatMap(([table, items]) =>
      items
        .filter((item) => namesIn(item).some((name) => found.has(name)))
        .map((item) => `${table} ${JSON.parse(item).pk.S.replace(/#[^#]*$/, '')}`),
    );
    // only what may be read may stand in a grant's list
    const gone = rowsBefore.filter(({ key, row }) => key.includes('split=development') && isWithdrawn(row));
    const readable = new Set(gone.map(({ row }) => row.studyInstanceUid));
    const count = (place: string) => naming.filter((each) => each === place).length;
    expect(count('LEDGER_TABLE WITHDRAWN#PATIENT')).toBe(withdrawnPatients);
    expect(count('REGISTER_TABLE WITHDRAWN-STUDY')).toBe(readable.size);
    expect(readable.size).toBeGreaterThan(0);
    expect(naming).toHaveLength(withdrawnPatients + readable.size);
  });

  it('leaves of every bucket, in all versions, only tombstones and the certificate', () => {
    const found = needles();
    const naming: string[] = [];
    let versions = 0;
    for (const { name, store } of stores)
      for (const version of store.index.all()) {
        versions += 1;
        const text =
          version.kind === 'object' ? readFileSync(store.contentPath(version.content), 'latin1') : '';
        if (namesIn(`${version.key} ${text}`).some((each) => found.has(each)))
          naming.push(
            `${name.replace(/^.*?-(\w+)bucket.*$/i, '$1')} ${version.key.replace(/^lake\//, '').split('/')[0]}`,
          );
      }
    expect(versions).toBeGreaterThan(0);
    expect([...new Set(naming)]).toHaveLength(1);
    expect(naming.every((each) => each.endsWith(' tombstones'))).toBe(true);
    const certificates = stores.flatMap(({ store }) =>
      [...store.index.all()].filter(({ key }) => key.startsWith('withdrawals/')).map(({ key }) => key),
    );
    expect(certificates).toEqual([`withdrawals/${id}/certificate.json`]);
  });

  it('leaves nothing that identifies a patient in any bucket, log or history', () => {
    const numbers = new Set(
      Array.from({ length: withdrawnPatients }, (_, patient) => fictitiousPatient(seed, patient).nhsNumber),
    );
    const texts: string[] = [];
    for (const { store } of stores)
      for (const version of store.index.all())
        if (version.kind === 'object') texts.push(readFileSync(store.contentPath(version.content), 'latin1'));
    for (const folder of ['logs', 'states'])
      for (const name of readdirSync(join(data, folder), { recursive: true, encoding: 'utf8' }))
        if (/\.(log|ndjson|jsonl|json)$/.test(name))
          texts.push(readFileSync(join(data, folder, name), 'latin1'));
    const named = texts.flatMap((text) =>
      (text.match(/999\d{7}/g) ?? []).filter((each) => numbers.has(each)),
    );
    expect(named).toEqual([]);
  });

  it('leaves no image set of theirs, and all others', () => {
    const found = needles();
    const current = readdirSync(join(data, 'medical-imaging'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const index = new ImageSetIndex(join(data, 'medical-imaging', name, 'image-sets.ndjson'));
        const sets = [...index.current()];
        index.close();
        return sets;
      });
    expect(current.filter(({ id: set }) => found.has(set))).toEqual([]);
    expect(current).toHaveLength(keptPatients);
  });

  it('leaves everything of others as it was', () => {
    const rows = new Map<string, string>();
    const objects = new Set<string>();
    for (const { store } of stores)
      for (const { key, kind, ...rest } of store.index.all()) {
        if (kind !== 'object') continue;
        if (key.endsWith('.dcm')) objects.add(key);
        if (!key.startsWith('rows/')) continue;
        const { content } = rest as { content: string };
        rows.set(key.slice('rows/'.length), readFileSync(store.contentPath(content), 'utf8'));
      }
    for (const { key, line } of rowsBefore.filter(({ row }) => !isWithdrawn(row)))
      expect(rows.get(key)).toContain(`${line}\n`);
    // and the slice of one of them that was sent afterwards
    expect(objects.size).toBe(keptPatients + 1);
  });

  it('withholds what is sent again, and takes others', () => {
    expect(sentAgain?.files.map(({ outcome }) => outcome)).toEqual(['withheld', 'withheld', 'imported']);
  });
});
