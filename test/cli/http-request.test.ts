import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpText, isSuccess } from '../../cli/api/http-request';

let server: Server;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

describe('a request of the command', () => {
  it('sends a body with its length in bytes, and gives status, headers and text', async () => {
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      response.writeHead(429, { 'retry-after': '7' });
      response.end(`${request.method} ${request.headers['content-length']} ${body}`);
    });
    const answer = await httpText(url, { method: 'POST', body: 'ünï', timeoutMs: 10_000 });
    expect(answer).toMatchObject({ status: 429, text: 'POST 5 ünï' });
    expect(answer.headers['retry-after']).toBe('7');
    expect(isSuccess(answer)).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirection (%i)', async (status) => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const failure = httpText(url, { method: 'GET', timeoutMs: 10_000 });
    await expect(failure).rejects.toThrow('redirection');
    expect(asked).toEqual(['/']);
  });

  it('ends with a time-out where the answer never ends', async () => {
    const url = await serve((_, response) => void response.write('beginning'));
    const failure = httpText(url, { method: 'GET', timeoutMs: 50 });
    await expect(failure).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends with an error of the connection where the answer breaks off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
    });
    const failure = httpText(url, { method: 'GET', timeoutMs: 10_000 });
    await expect(failure).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
