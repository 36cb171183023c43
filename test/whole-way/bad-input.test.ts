import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { seededNumber } from '../../dicom/synthetic/seeded-values';
import type { Platform } from '../../local/platform';
import { content } from '../lambda/register/register-fixture';
import { ApiClient } from '../local/api-client';
import { signInByScript } from '../local/sign-in/sign-in-by-script';
import {
  bombElements,
  deflateBomb,
  endlessElement,
  goodSlice,
  nestedSequences,
  nhsNumberOf,
  sliceWithoutNhsNumber,
} from './bad-files';
import { newDataFolder, receiptsInBucket } from './demonstration';
import { platformOn } from './platform-on';

interface Entry {
  readonly ordinal: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly group: number;
}

interface Upload {
  readonly ordinal: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const collection = 'chest';
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const entriesOf = (files: readonly Buffer[]): Entry[] =>
  files.map((file, index) => ({
    ordinal: index + 1,
    bytes: file.length,
    sha256: digestOf(file),
    group: index + 1,
  }));

/** Sends bytes to a presigned URL; the length is that of the bytes, whatever was announced. */
async function put(url: string, headers: Upload['headers'], bytes: Buffer): Promise<number> {
  const { 'content-length': _, ...others } = headers;
  const answer = await fetch(url, { method: 'PUT', headers: others, body: new Uint8Array(bytes) });
  await answer.arrayBuffer();
  return answer.status;
}

describe('bad input, on the whole platform', () => {
  const data = newDataFolder();
  let platform: Platform;
  let offset = 0;
  let officer: ApiClient;
  let uploader: ApiClient;
  let otherTrust: ApiClient;

  beforeAll(async () => {
    platform = await platformOn(data, { now: () => new Date(Date.now() + offset) });
    const origin = platform.addresses.frontDoor;
    officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    await officer.recordPerson('uploader-ry2', { roles: ['uploader'], trust: 'RY2' });
    uploader = await ApiClient.signedIn(origin, 'uploader-rx1');
    otherTrust = await ApiClient.signedIn(origin, 'uploader-ry2');
  }, 120_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const announce = (fileCount: number, totalBytes: number, more: object = {}) =>
    uploader.ask('POST', '/submissions', {
      collection,
      fileCount,
      totalBytes,
      idempotencyKey: randomUUID(),
      ...more,
    });

  async function open(entries: readonly Entry[]): Promise<string> {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    return String((await announce(entries.length, bytes)).content.id);
  }

  const sendPage = (id: string, entries: readonly unknown[], page = 1) =>
    uploader.ask('PUT', `/submissions/${id}/manifest/${page}`, { entries });

  const urlsOf = async (id: string, ordinals: readonly number[]): Promise<Upload[]> =>
    (await uploader.call<{ urls: Upload[] }>('POST', `/submissions/${id}/upload-urls`, { ordinals })).urls;

  describe('in an announcement', () => {
    it.each([
      ['no files', { fileCount: 0 }, 422, 'NO_FILES'],
      ['a negative number of files', { fileCount: -1 }, 422, 'NO_FILES'],
      ['a million files', { fileCount: 1_000_000 }, 422, 'TOO_MANY_FILES'],
      ['half a file', { fileCount: 1.5 }, 400, 'INVALID_REQUEST'],
      ['more than 1 TB', { totalBytes: 1e12 + 1 }, 422, 'SUBMISSION_TOO_LARGE'],
      ['a collection that nobody knows', { collection: 'nonesuch' }, 404, 'UNKNOWN_COLLECTION'],
      ['a trust of its own choice', { trust: 'RY2' }, 400, 'INVALID_REQUEST'],
    ])('refuses %s', async (_what, change, status, code) => {
      const answer = await announce(1, 1, change);
      expect(answer).toMatchObject({ status, code, content: { fix: expect.any(String) } });
    });

    it('refuses a person whom the register does not know, and one without a trust', async () => {
      const stranger = await ApiClient.signedIn(platform.addresses.frontDoor, 'member-1');
      const body = { collection, fileCount: 1, totalBytes: 1, idempotencyKey: randomUUID() };
      expect(await stranger.ask('POST', '/submissions', body)).toMatchObject({
        status: 403,
        code: 'ROLE_REQUIRED',
      });
      const noTrust = await officer.ask('PUT', '/people/member-1', { roles: ['uploader'] }, 0);
      expect(noTrust.status).toBe(400);
      const elsewhere = { roles: ['uploader'], trust: 'XX9' };
      const unknown = await officer.ask('PUT', '/people/member-1', elsewhere, 0);
      expect(unknown).toMatchObject({ status: 422, code: 'TRUST_NOT_CONFIGURED' });
    });
  });

  describe('in a manifest', () => {
    const entry = (ordinal: number, more: object = {}) => ({
      ordinal,
      bytes: 10,
      sha256: digestOf(Buffer.from(String(ordinal))),
      group: 1,
      ...more,
    });

    it.each([
      ['no entries', () => [], 400, 'INVALID_REQUEST'],
      ['10,001 entries', () => Array.from({ length: 10_001 }, () => entry(1)), 400, 'INVALID_REQUEST'],
      ['a digest in upper case', () => [entry(1, { sha256: 'A'.repeat(64) })], 400, 'INVALID_REQUEST'],
      ['a digest that is no SHA-256', () => [entry(1, { sha256: 'd41d8cd9' })], 400, 'INVALID_REQUEST'],
      ['an ordinal of 0', () => [entry(0)], 400, 'INVALID_REQUEST'],
      ['an ordinal above the number of files', () => [entry(4)], 422, 'ORDINAL_OUT_OF_RANGE'],
      ['an ordinal twice', () => [entry(1), entry(2), entry(1)], 422, 'ORDINAL_REPEATED'],
      ['a negative length', () => [entry(1, { bytes: -1 })], 400, 'INVALID_REQUEST'],
    ])('refuses %s, and the submission can go on', async (_what, entries, status, code) => {
      const id = await open([entry(1), entry(2), entry(3)]);
      expect(await sendPage(id, entries())).toMatchObject({ status, code });
      expect(await sendPage(id, [entry(1), entry(2), entry(3)])).toMatchObject({ status: 200 });
    });

    it('refuses a million entries in one page before any function sees them', async () => {
      const id = await open([entry(1)]);
      expect(
        await sendPage(
          id,
          Array.from({ length: 1_000_000 }, () => entry(1)),
        ),
      ).toMatchObject({
        status: 413,
      });
    });

    it('refuses an ordinal that stands on another page, and a page with other entries than before', async () => {
      const id = await open([entry(1), entry(2)]);
      expect(await sendPage(id, [entry(1)])).toMatchObject({ status: 200 });
      expect(await sendPage(id, [entry(1)])).toMatchObject({ status: 200 });
      expect(await sendPage(id, [entry(2)])).toMatchObject({ status: 409, code: 'PAGE_CONFLICT' });
      expect(await sendPage(id, [entry(1)], 2)).toMatchObject({ status: 422, code: 'ORDINAL_REPEATED' });
      expect(await sendPage(id, [entry(2)], 0)).toMatchObject({ status: 422, code: 'PAGE_OUT_OF_RANGE' });
      expect(await sendPage(id, [entry(2)], 2)).toMatchObject({ status: 200 });
    });

    it('refuses completion while entries are missing or lengths do not add up', async () => {
      const id = await open([entry(1), entry(2)]);
      const complete = () => uploader.ask('POST', `/submissions/${id}/complete`);
      expect(await complete()).toMatchObject({ status: 422, code: 'MANIFEST_INCOMPLETE' });
      await sendPage(id, [entry(1)]);
      expect(await complete()).toMatchObject({
        status: 422,
        code: 'MANIFEST_INCOMPLETE',
        content: { ranges: ['2'] },
      });
      await sendPage(id, [entry(2, { bytes: 11 })], 2);
      expect(await complete()).toMatchObject({ status: 422, code: 'MANIFEST_BYTES_DIFFER' });
      expect(await uploader.ask('GET', `/submissions/${id}`)).toMatchObject({ content: { state: 'open' } });
    });

    it('tells another trust nothing of a submission, not even that it exists', async () => {
      const id = await open([entry(1)]);
      await sendPage(id, [entry(1)]);
      const unknown = `s-${'0'.repeat(26)}`;
      const questions: [string, (of: string) => string, object?][] = [
        ['GET', (of) => `/submissions/${of}`],
        ['GET', (of) => `/submissions/${of}/files`],
        ['GET', (of) => `/submissions/${of}/receipt`],
        ['PUT', (of) => `/submissions/${of}/manifest/1`, { entries: [entry(1)] }],
        ['POST', (of) => `/submissions/${of}/upload-urls`, { ordinals: [1] }],
        ['POST', (of) => `/submissions/${of}/subjects-url`, { bytes: 11, sha256: digestOf(Buffer.from('')) }],
        ['POST', (of) => `/submissions/${of}/complete`],
      ];
      for (const [method, path, body] of questions) {
        const { content: existing } = await otherTrust.ask(method, path(id), body);
        const { content: none } = await otherTrust.ask(method, path(unknown), body);
        expect(existing).toEqual({ ...none, ref: existing.ref });
        expect(existing).toMatchObject({ status: 404, code: 'SUBMISSION_NOT_FOUND' });
      }
      expect((await otherTrust.ask('GET', '/submissions')).content.submissions).toEqual([]);
    });
  });

  it('takes a presigned URL for its key, bytes and length only, once, and for a while', async () => {
    const files = [goodSlice(1, 1), goodSlice(1, 2), goodSlice(1, 3)];
    const id = await open(entriesOf(files));
    await sendPage(id, entriesOf(files));
    const [first, second, third] = await urlsOf(id, [1, 2, 3]);
    const [file] = files;
    if (!first || !second || !third || !file) throw new Error('no URL was given');
    const elsewhere = first.url.replace('/000001?', '/000009?');
    expect(elsewhere).not.toBe(first.url);
    expect(await put(elsewhere, first.headers, file)).toBe(403);
    const flipped = Buffer.from(file);
    flipped.writeUInt8(flipped.readUInt8(200) ^ 1, 200);
    expect(await put(first.url, first.headers, flipped)).toBe(400);
    expect(await put(first.url, first.headers, file.subarray(0, -2))).toBe(403);
    expect(await put(first.url, first.headers, Buffer.concat([file, Buffer.alloc(2)]))).toBe(403);
    const { 'if-none-match': _, ...overwriting } = first.headers;
    expect(await put(first.url, overwriting, file)).toBe(403);
    expect(await put(first.url, first.headers, file)).toBe(200);
    expect(await put(first.url, first.headers, file)).toBe(412);
    offset = 15 * 60_000 + 1_000;
    try {
      expect(await put(second.url, second.headers, files[1] as Buffer)).toBe(403);
    } finally {
      offset = 0;
    }
    expect(await put(second.url, second.headers, files[1] as Buffer)).toBe(200);
  });

  it('imports the good files of a submission, and gives each bad one an end with a code', async () => {
    appendFileSync(platform.optedOutFile, `${nhsNumberOf(3)}\n`);
    const whole = goodSlice(5, 1);
    const cuts = Array.from(
      { length: 8 },
      (_, index) => 1 + seededNumber('cut', String(index), whole.length - 1),
    );
    const outcomes: [string, Buffer, RegExp][] = [
      ['a good slice', goodSlice(2, 1), /^imported$/],
      ['another', goodSlice(2, 2), /^imported$/],
      ['the same again', goodSlice(2, 1), /^duplicate$/],
      ['nothing', Buffer.alloc(0), /^quarantined NOT_DICOM$/],
      ['one byte', Buffer.from('D'), /^quarantined NOT_DICOM$/],
      ['text named as an image', Buffer.from('Not an image.\n'.repeat(40)), /^quarantined NOT_DICOM$/],
      ['an opted-out patient', goodSlice(3, 1), /^withheld$/],
      ['a patient without an NHS number', sliceWithoutNhsNumber(4), /^withheld$/],
      ['10,000 nested sequences', nestedSequences(6, 10_000), /^quarantined LIMIT_EXCEEDED$/],
      [
        '4 GB declared of text',
        endlessElement(6, 0x00400275, 'UT'),
        /^quarantined (TRUNCATED|LIMIT_EXCEEDED)$/,
      ],
      [
        '4 GB declared of a sequence',
        endlessElement(6, 0x00420010, 'SQ'),
        /^quarantined (TRUNCATED|LIMIT_EXCEEDED)$/,
      ],
      [
        '4 GB declared of pixels',
        endlessElement(6, 0x7fe00010, 'OW'),
        /^quarantined (TRUNCATED|INVALID_PIXEL_DATA)$/,
      ],
      ...Object.entries(bombElements).map(([name, element]): [string, Buffer, RegExp] => [
        `a bomb in a ${name}`,
        deflateBomb(7, 3, element),
        /^quarantined (LIMIT_EXCEEDED|INVALID_PIXEL_DATA|MALFORMED|TRUNCATED)$/,
      ]),
      ...cuts.map((length): [string, Buffer, RegExp] => [
        `a slice cut at byte ${length}`,
        whole.subarray(0, length),
        /^quarantined (TRUNCATED|NOT_DICOM|MALFORMED|INVALID_PIXEL_DATA|NO_SOP_UID|INVALID_INSTANCE)$/,
      ]),
      ['a file that never comes', goodSlice(2, 3), /^missing$/],
      ['a file whose bytes are others', goodSlice(2, 4), /^missing$/],
      ['a good slice at the end', goodSlice(2, 5), /^imported$/],
    ];
    const files = outcomes.map(([, bytes]) => bytes);
    const entries = entriesOf(files);
    const id = await open(entries);
    expect(await sendPage(id, entries)).toMatchObject({ status: 200 });
    for (const { ordinal, url, headers } of await urlsOf(
      id,
      entries.map((entry) => entry.ordinal),
    )) {
      const [what, bytes] = outcomes[ordinal - 1] ?? ['', Buffer.alloc(0)];
      if (what === 'a file that never comes') continue;
      if (what === 'a file whose bytes are others')
        expect(await put(url, headers, Buffer.alloc(bytes.length, 1))).toBe(400);
      else expect([what, await put(url, headers, bytes)]).toEqual([what, 200]);
    }
    expect(await uploader.ask('POST', `/submissions/${id}/complete`)).toMatchObject({ status: 202 });
    expect(await uploader.ask('POST', `/submissions/${id}/complete`)).toMatchObject({ status: 202 });
    expect(await sendPage(id, entries)).toMatchObject({ status: 409, code: 'SUBMISSION_NOT_OPEN' });
    expect(await uploader.ended(id)).toMatchObject({ state: 'done' });

    const work = platform.services.s3.objectsFolder(platform.variable('WORK_BUCKET'));
    const receipt = receiptsInBucket(work).find((each) => each.submission === id);
    const ends = receipt?.files.map(({ ordinal, outcome, code }) => [
      outcomes[ordinal - 1]?.[0],
      code === undefined ? outcome : `${outcome} ${code}`,
    ]);
    expect(ends).toEqual(outcomes.map(([what, , end]) => [what, expect.stringMatching(end)]));
    expect(await uploader.ask('POST', `/submissions/${id}/complete`)).toMatchObject({
      content: { state: 'done' },
    });
  }, 180_000);

  describe('in a token', () => {
    const issuer = () => platform.addresses.issuer;
    const ask = (token: string) =>
      new ApiClient(platform.addresses.frontDoor, token).ask('GET', '/submissions');

    async function forge(
      change: { claims?: JWTPayload; type?: string; audience?: string; issuer?: string; expires?: number },
      ownKey = true,
    ): Promise<string> {
      const file = JSON.parse(readFileSync(join(data, 'sign-in', 'jwks.json'), 'utf8'));
      const kid = String(file.keys[0].kid);
      const key = ownKey
        ? await importJWK(file.keys[0], 'ES256')
        : (await generateKeyPair('ES256')).privateKey;
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ client_id: 'nmip-cli', jti: randomUUID(), ...change.claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ: change.type ?? 'at+jwt' })
        .setSubject('uploader-rx1')
        .setIssuer(change.issuer ?? issuer())
        .setAudience(change.audience ?? 'nmip')
        .setIssuedAt(now - 600)
        .setExpirationTime(now + (change.expires ?? 600))
        .sign(key);
    }

    it('takes one that differs in nothing, so that the refusals below have one reason each', async () => {
      expect(await ask(await forge({}))).toMatchObject({ status: 200 });
    });

    it.each<[string, () => Promise<string>]>([
      ['signed by somebody else', () => forge({}, false)],
      ['that has expired', () => forge({ expires: -120 })],
      ['of another audience', () => forge({ audience: 'another' })],
      ['of another issuer', () => forge({ issuer: 'https://sign-in.example.org' })],
      ['of another type', () => forge({ type: 'JWT' })],
      [
        'without a signature',
        async () => {
          const [, payload = ''] = (await forge({})).split('.');
          const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
          return `${header}.${payload}.`;
        },
      ],
      [
        'whose claims were changed after signing',
        async () => {
          const [header, payload = '', signature] = (await forge({})).split('.');
          const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
          const other = Buffer.from(JSON.stringify({ ...claims, sub: 'officer-1' })).toString('base64url');
          return `${header}.${other}.${signature}`;
        },
      ],
      [
        'that tells who signed in, not what they may',
        async () => (await signInByScript(issuer(), 'uploader-rx1')).id_token ?? '',
      ],
      ['that is none', async () => 'none'],
    ])('refuses one %s', async (_what, token) => {
      expect(await ask(await token())).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
    });
  });

  it("refuses the decision of a reviewer of the applicant's organisation, whatever its spelling", async () => {
    const origin = platform.addresses.frontDoor;
    const organisation = 'Research organisation A';
    await officer.recordPerson('applicant-1', { roles: ['applicant'], organisation });
    await officer.recordPerson('reviewer-1', {
      roles: ['reviewer'],
      organisation: ' research  ORGANISATION a',
    });
    const applicant = await ApiClient.signedIn(origin, 'applicant-1');
    const reviewer = await ApiClient.signedIn(origin, 'reviewer-1');
    const draft = await applicant.call<{ id: string }>('POST', '/applications', {
      ...content,
      title: 'A study of bad input',
      organisation,
      requestedEndsOn: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10),
    });
    await applicant.call('POST', `/applications/${draft.id}/submit`, undefined, 1);
    const decision = { decision: 'approve', comment: 'I know these people well.' };
    expect(await reviewer.ask('POST', `/applications/${draft.id}/decisions`, decision, 2)).toMatchObject({
      status: 403,
      code: 'REVIEWER_ON_APPLICANTS_SIDE',
    });
    expect(await applicant.ask('POST', `/applications/${draft.id}/decisions`, decision, 2)).toMatchObject({
      status: 403,
    });
  });
});
