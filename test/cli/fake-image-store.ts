import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import dicomParser from 'dicom-parser';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';

export const datastoreId = '0'.repeat(32);

const study = {
  seed: 'download',
  name: 'ct',
  patient: fictitiousPatient('download', 0),
  nhsNumberPlace: { attribute: 'PatientID' },
} as const;
/** Three slices of one series. */
export const slices = [1, 2, 3].map((slice) => {
  const { instance, pixels } = ctSlice(study, { series: 1, slice, size: 16 });
  return { file: part10File(instance, pixels), pixels };
});
export const uidsOf = (file: Buffer) => {
  const dataSet = dicomParser.parseDicom(file);
  return {
    study: dataSet.string('x0020000d') ?? '',
    series: dataSet.string('x0020000e') ?? '',
    instance: dataSet.string('x00080018') ?? '',
  };
};
export const first = uidsOf(slices[0]?.file ?? Buffer.alloc(0));

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hex = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whether the signature is that of the secret over this request (Signature Version 4). */
function isSigned(request: IncomingMessage, secret: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const [, scope = '', names = '', signature = ''] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(authorization) ?? [];
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    request.headers['x-amz-content-sha256'] ?? hex(''),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hex(canonical)].join('\n');
  return hmac(key, text).toString('hex') === signature && scope.includes('/medical-imaging/');
}

/** An image store that holds the three slices and answers only what is signed. */
export class FakeImageStore {
  readonly requests: string[] = [];
  deny = false;
  /** Sends half of the next instance. */
  cutOff = 0;
  /** What the metadata gives as SOP Instance UID of every instance, in place of its own. */
  instanceName: string | null = null;
  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(secret: string): Promise<FakeImageStore> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const store = new FakeImageStore(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => store.answer(request, response, secret));
    return store;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse, secret: string): void {
    const path = (request.url ?? '').slice(`/datastore/${datastoreId}`.length);
    this.requests.push(path);
    if (this.deny || !isSigned(request, secret))
      return void response
        .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
        .end('{"message":"not authorized"}');
    if (path.endsWith('/metadata'))
      return void response.writeHead(200, { 'content-type': 'application/dicom+json' }).end(
        JSON.stringify(
          slices.map(({ file }) => ({
            '00080018': { vr: 'UI', Value: [this.instanceName ?? uidsOf(file).instance] },
            '00280010': { vr: 'US', Value: [16] },
            '7FE00010': { vr: 'OW', BulkDataURI: 'pixels' },
          })),
        ),
      );
    const slice = slices.find(({ file }) => path.includes(`/instances/${uidsOf(file).instance}`));
    if (slice === undefined) return void response.writeHead(404).end();
    if (path.endsWith('/frames/1')) {
      response.writeHead(200, { 'content-type': 'multipart/related; boundary=x' });
      response.write('--x\r\nContent-Type: application/octet-stream\r\n\r\n');
      response.write(slice.pixels);
      return void response.end('\r\n--x--');
    }
    const whole = this.cutOff-- > 0 ? slice.file.subarray(0, 300) : slice.file;
    response.writeHead(200, { 'content-type': 'application/dicom' }).end(whole);
  }
}
