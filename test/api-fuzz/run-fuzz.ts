import type { Platform } from '../../local/platform';
import { SeededRandom } from '../dicom/fuzz/seeded-random';
import { signInByScript } from '../local/sign-in/sign-in-by-script';
import { KnownIds, ValueGenerator } from './generate-value';
import { makeHistory } from './history';
import { AnswerJudge, type Sender } from './judge-answer';
import { makeRequest } from './make-request';
import { ApiDescription, type Operation } from './operations';
import { sendOverWire, type WireRequest } from './wire-request';

export interface Finding {
  readonly index: number;
  readonly sender: string;
  readonly request: string;
  readonly problem: string;
}

export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly seconds: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Operations that were answered with success at least once. */
  readonly succeeded: readonly string[];
  readonly findings: readonly Finding[];
}

interface Person extends Sender {
  readonly authorization: string | undefined;
}

const people: readonly { readonly subject: string; readonly record: Record<string, unknown> }[] = [
  { subject: 'uploader-rx1', record: { roles: ['uploader'], trust: 'RX1' } },
  { subject: 'uploader-ry2', record: { roles: ['uploader'], trust: 'RY2' } },
  { subject: 'applicant-1', record: { roles: ['applicant'], organisation: 'Organisation A' } },
  { subject: 'reviewer-1', record: { roles: ['reviewer'], organisation: 'Organisation B' } },
  { subject: 'reviewer-2', record: { roles: ['reviewer'], organisation: 'Organisation C' } },
  { subject: 'auditor-1', record: { roles: ['auditor'] } },
  { subject: 'member-1', record: { roles: [] } },
];

async function authorizationOf(platform: Platform, subject: string): Promise<string> {
  const { access_token } = await signInByScript(platform.addresses.issuer, subject);
  return `Bearer ${access_token}`;
}

/** Signs everybody in, and has the officer record them: senders of every role, of none, and nobody. */
async function makeSenders(platform: Platform): Promise<Person[]> {
  const officer = await authorizationOf(platform, 'officer-1');
  const senders: Person[] = [
    { name: 'nobody', roles: null, authorization: undefined },
    { name: 'officer-1', roles: ['officer'], authorization: officer },
  ];
  for (const { subject, record } of people) {
    const answer = await sendOverWire(platform.addresses.frontDoor, {
      method: 'PUT',
      target: `/v1/people/${subject}`,
      headers: [
        ['authorization', officer],
        ['content-type', 'application/json'],
        ['if-match', '"0"'],
      ],
      body: Buffer.from(JSON.stringify(record)),
    });
    if (answer.status !== 200) throw new Error(`${subject} could not be recorded: ${answer.text}`);
    const authorization = await authorizationOf(platform, subject);
    senders.push({ name: subject, roles: record.roles as string[], authorization });
  }
  return senders;
}

function describe({ method, target, headers, body }: WireRequest): string {
  const shown = headers
    .filter(([name]) => name !== 'authorization')
    .map(([name, value]) => `${name}: ${value}`);
  return [method, target, ...shown, body?.toString('utf8') ?? '']
    .map((part) => part.slice(0, 400))
    .join(' | ');
}

/** Requests under way at once: those of a wave know the ids that the waves before it brought. */
const waveLength = 8;

interface Sent {
  readonly operation: Operation;
  readonly sender: Person;
  readonly wire: WireRequest;
}

/** The request of a number, by seed, number and the ids known so far. */
function requestOf(
  description: ApiDescription,
  ids: KnownIds,
  senders: readonly Person[],
  seed: number,
  index: number,
): Sent {
  const random = new SeededRandom(seed, index);
  // Each in turn, so that every operation gets its share of a short run.
  const operation = description.operations[index % description.operations.length];
  if (operation === undefined) throw new Error('the description has no operations');
  const { roles } = operation;
  const permitted = senders.filter(
    (sender) =>
      sender.roles !== null &&
      (typeof roles === 'string' || roles.some((role) => sender.roles?.includes(role))),
  );
  const sender = random.pick(random.chance(0.7) && permitted.length > 0 ? permitted : senders);
  const values = new ValueGenerator(description, ids, random);
  return { operation, sender, wire: makeRequest(operation, values, random, sender.authorization) };
}

/**
 * Sends seeded requests to every operation of `docs/openapi.json` and judges each answer. Which request has a number
 * depends on the seed and on the ids that the platform gave before.
 */
export async function fuzzApi(
  platform: Platform,
  { seed, requests, onProgress }: { seed: number; requests: number; onProgress?: (done: number) => void },
): Promise<FuzzReport> {
  const description = new ApiDescription();
  const judge = new AnswerJudge(description);
  const ids = new KnownIds();
  const senders = await makeSenders(platform);
  ids.remember(await makeHistory(platform.addresses.frontDoor));
  const statuses: Record<string, number> = {};
  const succeeded = new Set<string>();
  const findings: Finding[] = [];
  const startedAt = performance.now();
  const sendOne = async (index: number, { operation, sender, wire }: Sent): Promise<string> => {
    const note = (problem: string): void =>
      void findings.push({ index, sender: sender.name, request: describe(wire), problem });
    try {
      const answer = await sendOverWire(platform.addresses.frontDoor, wire);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const problem = judge.judge(wire, answer, sender);
      if (problem !== null) note(problem);
      if (answer.status >= 300) return '';
      if (wire.method === operation.method) succeeded.add(operation.id);
      return answer.text;
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
      return '';
    }
  };
  for (let from = 0; from < requests; from += waveLength) {
    const wave = Array.from({ length: Math.min(waveLength, requests - from) }, (_, at) =>
      requestOf(description, ids, senders, seed, from + at),
    );
    const texts = await Promise.all(wave.map((sent, at) => sendOne(from + at, sent)));
    for (const text of texts) ids.learn(text);
    onProgress?.(from + wave.length);
  }
  return {
    seed,
    requests,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    statuses,
    succeeded: [...succeeded].sort(),
    findings: findings.sort((one, other) => one.index - other.index),
  };
}
