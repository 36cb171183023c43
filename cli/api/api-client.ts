import type * as z from 'zod';
import { accessToken } from '../sign-in/access-token';
import { currentSession } from '../sign-in/current-session';
import type { Session } from '../sign-in/session-store';
import { type Call, parse, type Query, send } from './api-request';

/** The platform's API as the signed-in person may use it. Answers are checked; refusals are `CommandError`s. */
export class ApiClient {
  private aheadMs = 0;

  private constructor(readonly session: Session) {}

  /** Milliseconds by which the service's clock is ahead of this machine's, as its last answer said; to a second. */
  get clockAheadMs(): number {
    return this.aheadMs;
  }

  /** @throws CommandError (exit 3) where nobody is signed in */
  static async signedIn(): Promise<ApiClient> {
    return new ApiClient(await currentSession());
  }

  static ofSession(session: Session): ApiClient {
    return new ApiClient(session);
  }

  async get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.call({ method: 'GET', path, query }, schema);
  }

  async post<T>(
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    guards: { key?: string; version?: number } = {},
  ): Promise<T> {
    return this.call({ method: 'POST', path, body, ...guards }, schema);
  }

  async put<T>(path: string, body: unknown, schema: z.ZodType<T>, version?: number): Promise<T> {
    return this.call({ method: 'PUT', path, body, version }, schema);
  }

  /** Items of all pages of a listing, in order. */
  async *pages<T extends { next?: string | null | undefined }>(
    path: string,
    schema: z.ZodType<T>,
    query: Query = {},
  ): AsyncGenerator<T> {
    let next: string | undefined;
    do {
      const page: T = await this.get(path, schema, { ...query, next });
      yield page;
      next = page.next ?? undefined;
    } while (next !== undefined);
  }

  private async call<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
    const text = await send(
      this.session.api,
      call,
      (fresh) => accessToken(this.session, fresh),
      ({ headers }) => {
        const said = Date.parse(headers.date ?? '');
        if (!Number.isNaN(said)) this.aheadMs = said - Date.now();
      },
    );
    return parse(schema, text, call);
  }
}
