import type * as z from 'zod';
import {
  accessPage,
  type CheckpointsPage,
  chainPage,
  chainsPage,
  checkpointsPage,
  type ImageRead,
  type IssuedCredential,
  issuesPage,
  personName,
  readsPage,
  type StudyAccess,
  waitingPage,
} from '../../lambda/history/history.contract';
import type { ChainHead } from '../../lambda/register/event.contract';
import { EMPTY_HEAD, type RecordedEvent } from '../../lambda/register/event-chain.contract';
import { ApiClient } from '../api/api-client';
import { httpText, isSuccess } from '../api/http-request';
import { isConnectionError, isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, exitCode } from '../terminal/exit-code';

const FETCH_TIMEOUT_MS = 60_000;

/** Checkpoints fetched at once. */
const FETCHES_AT_ONCE = 8;

/** Days that one request for reads looks through. */
const DAYS_AT_ONCE = 31;

const DAY_MS = 86_400_000;

/** A period of days, UTC, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A chain of the register as read to its end. */
export interface ReadChain {
  readonly events: readonly RecordedEvent[];
  /** Read when no event came after the last one. */
  readonly head: ChainHead;
}

const notReachable = new CommandError('A checkpoint cannot be fetched.', exitCode.network, {
  code: 'NETWORK',
  fix: 'Check the network, then run the same command again.',
});

/** The text of an object by its presigned URL; null where there is none. */
async function fetchText(url: string): Promise<string | null> {
  return retrying<string | null>(async () => {
    try {
      const answer = await httpText(url, { method: 'GET', timeoutMs: FETCH_TIMEOUT_MS });
      if (isSuccess(answer)) return { done: answer.text };
      if (answer.status === 404) return { done: null };
      if (isRetryableStatus(answer.status)) return { retry: notReachable };
    } catch (error) {
      if (isConnectionError(error)) return { retry: notReachable };
      throw error;
    }
    throw notReachable;
  });
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** A period in pieces of as many days as one request takes. */
export function piecesOf({ from, to }: Days): Days[] {
  const pieces: Days[] = [];
  const end = Date.parse(to);
  for (let start = Date.parse(from); start <= end; start += DAYS_AT_ONCE * DAY_MS)
    pieces.push({ from: isoDay(start), to: isoDay(Math.min(end, start + (DAYS_AT_ONCE - 1) * DAY_MS)) });
  return pieces;
}

/** What an auditor may read of a platform. */
export class HistoryClient {
  private constructor(private readonly api: ApiClient) {}

  /** @throws CommandError (exit 3) where nobody is signed in */
  static async signedIn(): Promise<HistoryClient> {
    return new HistoryClient(await ApiClient.signedIn());
  }

  /** Address of the platform. */
  get address(): string {
    return this.api.session.api;
  }

  async *chains(): AsyncGenerator<string> {
    type Page = z.infer<typeof chainsPage>;
    for await (const page of this.api.pages<Page>('/v1/history', chainsPage))
      for (const { chain } of page.chains) yield chain;
  }

  /** A whole chain; without events where the register does not know it. */
  async chain(name: string): Promise<ReadChain> {
    const events: RecordedEvent[] = [];
    try {
      for (;;) {
        const page = await this.api.get(`/v1/history/${name}`, chainPage, { after: events.length });
        events.push(...page.events);
        // the head was read before the events, so more may have come since
        if (page.events.length === 0 || (page.head.version === events.length && page.events.length < 500))
          return { events, head: page.head };
      }
    } catch (error) {
      if (error instanceof CommandError && error.hints.code === 'CHAIN_NOT_FOUND')
        return { events: [], head: EMPTY_HEAD };
      throw error;
    }
  }

  async *waiting(): AsyncGenerator<RecordedEvent> {
    type Page = z.infer<typeof waitingPage>;
    for await (const page of this.api.pages<Page>('/v1/history/waiting', waitingPage)) yield* page.events;
  }

  /** URLs of checkpoints after one of them. */
  checkpoints(after: number): Promise<CheckpointsPage> {
    return this.api.get('/v1/history/checkpoints', checkpointsPage, { after });
  }

  /** Texts of checkpoints by their URLs, in order; null for one that is not there. */
  async *texts(checkpoints: readonly { readonly url: string }[]): AsyncGenerator<string | null> {
    for (let start = 0; start < checkpoints.length; start += FETCHES_AT_ONCE)
      yield* await Promise.all(
        checkpoints.slice(start, start + FETCHES_AT_ONCE).map(({ url }) => fetchText(url)),
      );
  }

  async pseudonymOf(subject: string): Promise<string> {
    return (await this.api.get(`/v1/history/people/${encodeURIComponent(subject)}`, personName)).person;
  }

  async access(study: string): Promise<StudyAccess[]> {
    type Page = z.infer<typeof accessPage>;
    const found: StudyAccess[] = [];
    for await (const page of this.api.pages<Page>('/v1/history/access', accessPage, { study }))
      found.push(...page.access);
    return found;
  }

  async issues(project: string, study: string, days: Days): Promise<IssuedCredential[]> {
    type Page = z.infer<typeof issuesPage>;
    const query = { project, study, ...days };
    const found: IssuedCredential[] = [];
    for await (const page of this.api.pages<Page>('/v1/history/issues', issuesPage, query))
      found.push(...page.issues);
    return found;
  }

  async *reads(
    wanted: {
      readonly person?: string | undefined;
      readonly project?: string | undefined;
      readonly study?: string | undefined;
    },
    days: Days,
  ): AsyncGenerator<ImageRead> {
    type Page = z.infer<typeof readsPage>;
    for (const piece of piecesOf(days))
      for await (const page of this.api.pages<Page>('/v1/history/reads', readsPage, { ...wanted, ...piece }))
        yield* page.reads;
  }
}
