import { request } from 'node:http';
import { FrontDoor } from '../../../local/front-door/front-door';
import type { PlatformStatus } from '../../../local/front-door/status';

const status: PlatformStatus = {
  startedAt: '2026-11-23T12:00:00.000Z',
  dataFolder: '/data',
  addresses: [
    { name: 'This page', url: 'http://127.0.0.1:8080', browsable: true },
    { name: 'AWS endpoint', url: 'http://127.0.0.1:8081', browsable: false },
  ],
  submissions: { processing: 1, done: 2 },
  functions: [{ name: 'a<b', running: 0, warm: 1, invocations: 3, errors: 0 }],
  queues: [],
  folders: [{ name: 'everything', path: '/data' }],
  stacks: [{ name: 'stack', resources: 4 }],
};

describe('FrontDoor', () => {
  let door: FrontDoor;
  let port: number;
  const faults: unknown[] = [];

  beforeEach(async () => {
    faults.length = 0;
    door = new FrontDoor();
    port = await door.listen(0);
  });
  afterEach(() => door.close());

  const open = () =>
    door.open({
      api: async (_request, response) => void response.end('api'),
      signIn: async () => {
        throw new Error('broken');
      },
      status: async () => status,
      onFault: (error) => faults.push(error),
    });

  const get = (path: string, host = `127.0.0.1:${port}`) =>
    new Promise<{ status: number | undefined; body: string; headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        request({ port, host: '127.0.0.1', path, headers: { host } }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => resolve({ status: response.statusCode, body, headers: response.headers }));
        })
          .on('error', reject)
          .end();
      },
    );

  it('asks for patience until the platform is there', async () => {
    expect(await get('/')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  it('leads to the API, the status page and its JSON', async () => {
    open();
    expect((await get('/v1/me')).body).toBe('api');
    expect((await get('/v10')).status).toBe(404);
    expect(JSON.parse((await get('/status.json')).body)).toEqual(status);
    expect((await get('/')).body).toContain('<h1>Status</h1>');
  });

  it('escapes what it shows, and allows no script', async () => {
    open();
    const { body, headers } = await get('/');
    expect(body).toContain('a&lt;b');
    expect(body).not.toContain('a<b');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('gives each table a caption and each row a heading', async () => {
    open();
    const { body } = await get('/');
    const tables = body.split('<table>').slice(1);
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      expect(table).toMatch(/^<caption>/);
      expect(table).toContain('<th scope="row">');
    }
    expect(body).toContain('What could not be delivered: none.');
  });

  it('answers nobody who calls this machine by another name', async () => {
    open();
    expect((await get('/', 'attacker.example')).status).toBe(421);
    expect((await get('/', `localhost:${port}`)).status).toBe(200);
  });

  it('tells of a fault in its log and not in its answer', async () => {
    open();
    const { status: code, body } = await get('/sign-in/auth');
    expect(code).toBe(500);
    expect(body).not.toContain('broken');
    expect(faults).toHaveLength(1);
  });
});
