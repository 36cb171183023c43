import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AccessPlatform } from './access-platform';
import { rounded } from './measured-process';
import { type Percentiles, percentilesOf } from './percentiles';

export interface IssueBench extends Percentiles {
  readonly clients: number;
  readonly issued: number;
  /** Answers 429 of API Gateway, which are no issues and count in no percentile. */
  readonly throttled: number;
  readonly perSecond: number;
}

/** Issues that go before the measured ones: by then the processes are there, and their code is compiled. */
const WARM_UP = 200;

/** One issue over a connection that stays; its status. */
function issue({ platform, projectId, token }: AccessPlatform, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${platform.addresses.frontDoor}/v1/projects/${projectId}/credentials`,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
      },
      (response) => {
        response.resume();
        response.on('error', reject);
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    asked.on('error', reject);
    asked.end('{}');
  });
}

/**
 * Milliseconds from request to answer at the HTTP API, of clients that each ask one after the other.
 * @throws Error where an answer is neither an issue nor a throttled request
 */
export async function benchIssue(
  access: AccessPlatform,
  clients: number,
  requests: number,
): Promise<IssueBench> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const measured: number[] = [];
  let throttled = 0;
  const ask = async (count: number, keep: boolean): Promise<void> => {
    for (let number = 0; number < count; number += 1) {
      const began = performance.now();
      const status = await issue(access, agent);
      const took = performance.now() - began;
      if (status === 429) throttled += 1;
      else if (status !== 201) throw new Error(`A credential was answered with ${status}.`);
      else if (keep) measured.push(took);
    }
  };
  const each = (total: number, keep: boolean) =>
    Promise.all(Array.from({ length: clients }, () => ask(Math.ceil(total / clients), keep)));
  await each(WARM_UP, false);
  throttled = 0;
  const began = performance.now();
  await each(requests, true);
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return {
    clients,
    issued: measured.length,
    throttled,
    perSecond: rounded(measured.length / seconds),
    ...percentilesOf(measured),
  };
}
