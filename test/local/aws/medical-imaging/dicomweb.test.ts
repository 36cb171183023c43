import { explicitLittleEndian, instance, jpegBaseline, part10 } from './dicom-file';
import { authoriserArn, ImagingRoom } from './imaging-room';

let room: ImagingRoom;
let datastoreId: string;
beforeEach(async () => {
  room = new ImagingRoom();
  await room.open();
  datastoreId = await room.createStore({ lambdaAuthorizerArn: authoriserArn });
});
afterEach(() => room.close());

const series = '/1.2.3/series/1.2.3.4';
const one = `${series}/instances/1.1`;
const stored = { accept: 'application/dicom; transfer-syntax=*' };
const study = { 'medical-imaging:StudyInstanceUID': '1.2.3' };
const both = { ...study, 'medical-imaging:SeriesInstanceUID': '1.2.3.4' };

async function importOne(elements = instance('1.1'), syntax = explicitLittleEndian, fragments?: Buffer[]) {
  const file = part10(elements, syntax, fragments);
  return { file, ...(await room.import(datastoreId, { '1.dcm': file })) };
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('DICOMweb authorisation', () => {
  it.each([
    ['GET', one, 'GetDICOMInstance', both],
    ['GET', `${one}/metadata`, 'GetDICOMInstanceMetadata', both],
    ['GET', `${one}/frames/1`, 'GetDICOMInstanceFrames', both],
    ['GET', `${one}/bulkdata/00420011`, 'GetDICOMBulkdata', both],
    ['GET', `${series}/metadata`, 'GetDICOMSeriesMetadata', both],
    ['GET', `${series}/instances`, 'SearchDICOMInstances', both],
    ['GET', '/1.2.3/series', 'SearchDICOMSeries', study],
    ['GET', '', 'SearchDICOMStudies', {}],
    ['POST', '/1.2.3', 'StoreDICOMStudy', study],
    ['POST', '', 'StoreDICOM', {}],
  ])(
    '%s …/studies%s asks for %s with the condition keys that AWS has',
    async (method, path, action, context) => {
      room.asked.length = 0;
      room.authorise = () => false;
      const response = await fetch(`${room.url}/datastore/${datastoreId}/studies${path}`, { method });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
      const resource = `arn:aws:medical-imaging:eu-west-2:111122223333:datastore/${datastoreId}`;
      expect(room.asked).toEqual([{ action: `medical-imaging:${action}`, resource, context }]);
    },
  );

  it('comes before existence: a study out of scope is denied, one in scope is missing', async () => {
    room.authorise = ({ context }) => context['medical-imaging:StudyInstanceUID'] === '1.2.3';
    expect((await room.get(datastoreId, '/9.9/series/9.9.1/metadata')).status).toBe(403);
    expect((await room.get(datastoreId, `${series}/metadata`)).status).toBe(404);
    expect((await room.get('0'.repeat(32), `${series}/metadata`)).status).toBe(404);
  });

  it('holds for an image set of another study under an allowed path', async () => {
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.1')),
      '2.dcm': part10(instance('1.1', { '0020000D': ['UI', '9.9'], '0020000E': ['UI', '9.9.1'] })),
    });
    const other = success[1]?.importResponse.imageSetId ?? '';
    expect((await room.get(datastoreId, `${one}?imageSetId=${other}`, stored)).status).toBe(404);
    const own = success[0]?.importResponse.imageSetId ?? '';
    expect((await room.get(datastoreId, `${one}?imageSetId=${own}`, stored)).status).toBe(200);
  });

  it('refuses search and store by name even where they are allowed', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
    ] as const) {
      const response = await fetch(`${room.url}/datastore/${datastoreId}/studies${path}`, { method });
      expect(response.status).toBe(501);
    }
    expect((await room.get(datastoreId, '/1.2.3/rendered')).status).toBe(404);
  });
});

describe('GetDICOMInstance', () => {
  it('gives the file as it was stored, byte for byte', async () => {
    const { file } = await importOne();
    const response = await room.get(datastoreId, one, stored);
    expect(response.headers.get('content-type')).toBe(
      `application/dicom; transfer-syntax=${explicitLittleEndian}`,
    );
    expect(await bytesOf(response)).toEqual(file);
  });

  it('answers 406 where another transfer syntax is asked for, as without one by default', async () => {
    await importOne(instance('1.1'), jpegBaseline, [Buffer.from('frame1')]);
    expect((await room.get(datastoreId, one)).status).toBe(406);
    expect((await room.get(datastoreId, one, { accept: 'application/dicom' })).status).toBe(406);
    expect((await room.get(datastoreId, one, { accept: 'image/png' })).status).toBe(406);
    const accept = `application/dicom; transfer-syntax="${jpegBaseline}"`;
    expect((await room.get(datastoreId, one, { accept })).status).toBe(200);
  });

  it('hides non-primary image sets unless one is named', async () => {
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.0')),
      '2.dcm': part10(instance('1.1', { '00100020': ['LO', 'other'] })),
    });
    expect((await room.get(datastoreId, one, stored)).status).toBe(404);
    const imageSetId = success[1]?.importResponse.imageSetId ?? '';
    expect((await room.get(datastoreId, `${one}?imageSetId=${imageSetId}`, stored)).status).toBe(200);
  });
});

describe('metadata', () => {
  it('is DICOM JSON with numbers, names, sequences, decoded text and bulk data by URI', async () => {
    const item = Buffer.from([
      0xfe, 0xff, 0x00, 0xe0, 0x0c, 0, 0, 0, 0x08, 0, 0x50, 0x11, 0x55, 0x49, 4, 0, 0x31, 0x2e, 0x32, 0,
    ]);
    await importOne(
      instance('1.1', {
        '00080005': ['CS', 'ISO_IR 192'],
        '00081199': ['SQ', item],
        '00100010': ['PN', 'Müller^Jörg=山田^太郎'],
        '00281050': ['DS', '40.5\\80'],
        '00420011': ['OB', Buffer.alloc(2000, 7)],
        '00091002': ['UN', Buffer.from([1, 2])],
      }),
    );
    const response = await room.get(datastoreId, `${one}/metadata`);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const [json] = (await response.json()) as Record<string, { BulkDataURI?: string }>[];
    expect(json).toMatchObject({
      '00081199': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }] },
      '00083002': { vr: 'UI', Value: [explicitLittleEndian] },
      '00091002': { vr: 'UN', InlineBinary: 'AQI=' },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '山田^太郎' }] },
      '00200011': { vr: 'IS', Value: [1] },
      '00280010': { vr: 'US', Value: [2] },
      '00281050': { vr: 'DS', Value: [40.5, 80] },
    });
    expect(json).not.toHaveProperty('00020010');
    const uri = json?.['00420011']?.BulkDataURI ?? '';
    expect(await bytesOf(await fetch(`${room.url}${uri}`))).toEqual(Buffer.alloc(2000, 7));
    expect(json?.['7FE00010']?.BulkDataURI).toMatch(/bulkdata\/7FE00010$/);
  });

  it('of a series holds all its current instances', async () => {
    await room.import(datastoreId, { '1.dcm': part10(instance('1.1')), '2.dcm': part10(instance('1.2')) });
    await room.import(datastoreId, { '2.dcm': part10(instance('1.2')) });
    const json = (await (await room.get(datastoreId, `${series}/metadata`)).json()) as Record<
      string,
      unknown
    >[];
    expect(json.map((one) => one['00080018'])).toEqual([
      { vr: 'UI', Value: ['1.1'] },
      { vr: 'UI', Value: ['1.2'] },
    ]);
  });
});

describe('frames', () => {
  const frames = [Buffer.from('first frame '), Buffer.from('second frame')];
  const single = { accept: 'application/octet-stream; transfer-syntax=*' };

  it('come alone or in parts, as they stand in the file', async () => {
    await importOne(instance('1.1', { '00280008': ['IS', '2'] }), jpegBaseline, frames);
    const alone = await room.get(datastoreId, `${one}/frames/2`, single);
    expect(alone.headers.get('content-type')).toBe(
      `application/octet-stream; transfer-syntax=${jpegBaseline}`,
    );
    expect(await bytesOf(alone)).toEqual(frames[1]);
    const parts = await room.get(datastoreId, `${one}/frames/2,1`, {
      accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*',
    });
    const type = parts.headers.get('content-type') ?? '';
    expect(type).toMatch(/^multipart\/related; type="application\/octet-stream"; boundary=/);
    const boundary = type.slice(type.indexOf('boundary=') + 9);
    const bodies = (await parts.text())
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => part.split('\r\n\r\n')[1]?.slice(0, -2));
    expect(bodies).toEqual(['second frame', 'first frame ']);
  });

  it('may lie in several fragments', async () => {
    const whole = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
    await importOne(instance('1.1', { '00280008': ['IS', '2'] }), jpegBaseline, [
      whole,
      Buffer.from('ab'),
      whole,
      Buffer.from('cdef'),
    ]);
    const second = await room.get(datastoreId, `${one}/frames/2`, single);
    expect(await bytesOf(second)).toEqual(Buffer.concat([whole, Buffer.from('cdef')]));
  });

  it('of native pixel data are cut by their size, down to the bit', async () => {
    await importOne(
      instance('1.1', {
        '00280008': ['IS', '2'],
        '00280010': ['US', 3],
        '00280011': ['US', 1],
        '00280100': ['US', 1],
        '7FE00010': ['OB', Buffer.from([0b00101101])],
      }),
    );
    const [first, second] = await Promise.all(
      [1, 2].map(
        async (n) => (await bytesOf(await room.get(datastoreId, `${one}/frames/${n}`, single)))[0] ?? 0,
      ),
    );
    expect([(first ?? 0) & 7, (second ?? 0) & 7]).toEqual([0b101, 0b101]);
  });

  it('that do not exist, repeat or are asked for in another syntax are refused', async () => {
    await importOne(instance('1.1', { '00280008': ['IS', '2'] }), jpegBaseline, frames);
    expect((await room.get(datastoreId, `${one}/frames/3`, single)).status).toBe(404);
    expect((await room.get(datastoreId, `${one}/frames/0`, single)).status).toBe(400);
    expect((await room.get(datastoreId, `${one}/frames/1,1`, single)).status).toBe(400);
    const accept = `application/octet-stream; transfer-syntax=${explicitLittleEndian}`;
    expect((await room.get(datastoreId, `${one}/frames/1`, { accept })).status).toBe(406);
    expect((await room.get(datastoreId, `${one}/frames/1,2`, single)).status).toBe(406);
  });
});

describe('a bearer token', () => {
  const seconds = () => Math.floor(room.now / 1000);
  const token = (claims: object) =>
    ['{"alg":"none"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  const read = (bearer: string) =>
    room.get(datastoreId, one, { ...stored, authorization: `Bearer ${bearer}` });
  const fresh = () => token({ iat: seconds() - 60, exp: seconds() + 60 });

  it('acts as the role that the data store’s authoriser names', async () => {
    await importOne();
    room.asked.length = 0;
    const bearer = fresh();
    expect((await read(bearer)).status).toBe(200);
    expect(room.invoked).toEqual([
      {
        principal: 'medical-imaging.amazonaws.com',
        sourceArn: `arn:aws:medical-imaging:eu-west-2:111122223333:datastore/${datastoreId}`,
        functionArn: authoriserArn,
        payload: { datastoreId, operation: 'GetDICOMInstance', bearerToken: bearer },
      },
    ]);
    expect(room.asked).toMatchObject([{ action: 'medical-imaging:GetDICOMInstance', context: both }]);
  });

  it('is refused when it is stale, no JWT, not valid, or the authoriser fails', async () => {
    const status = async (bearer: string) => (await read(bearer)).status;
    expect(await status('opaque')).toBe(403);
    expect(await status(token({ iat: seconds() }))).toBe(403);
    expect(await status(token({ iat: seconds(), exp: seconds() }))).toBe(403);
    expect(await status(token({ iat: seconds() - 13 * 3600, exp: seconds() + 60 }))).toBe(403);
    expect(room.invoked).toHaveLength(0);
    room.authoriser = () => ({ payload: { isTokenValid: false } });
    expect(await status(fresh())).toBe(403);
    room.authoriser = () => ({ payload: {} });
    expect(await status(fresh())).toBe(424);
    room.authoriser = () => ({ payload: null, functionError: { errorType: 'E', errorMessage: 'm' } });
    expect(await status(fresh())).toBe(424);
  });

  it('is refused where the data store has no authoriser, and outside DICOMweb', async () => {
    datastoreId = await room.createStore();
    expect((await read(fresh())).status).toBe(403);
    expect(room.service.acceptsBearer(`/datastore/${datastoreId}/studies/1.2.3`)).toBe(true);
    expect(room.service.acceptsBearer(`/datastore/${datastoreId}`)).toBe(false);
  });
});
