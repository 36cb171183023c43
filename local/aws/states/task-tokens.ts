import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../service';
import type { Outcome } from './journal';

/** Somebody who waits for the answer to a task token. */
export interface TokenWaiter {
  answer(outcome: Outcome): void;
  heartbeat(): void;
}

/** What the service knows of the execution that a token belongs to. */
export type TokenOwner = { readonly executionArn: string };

/** Issues task tokens and brings their answers to the tasks that wait. */
export class TaskTokens {
  readonly #waiting = new Map<string, TokenWaiter>();

  /** @param key signs tokens, so that a made-up one is told from an old one */
  constructor(private readonly key: Buffer) {}

  /** A new token of an execution. */
  issue(executionArn: string): string {
    const body = Buffer.from(JSON.stringify([executionArn, randomBytes(12).toString('base64url')]));
    return `${body.toString('base64url')}.${this.#signature(body).toString('base64url')}`;
  }

  /**
   * Execution that a token was issued for.
   * @throws AwsError `InvalidToken`
   */
  ownerOf(token: string): TokenOwner {
    const [body = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#signature(bytes);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new AwsError('InvalidToken', 'Invalid Token: the task token was not issued by this service');
    }
    const [executionArn] = JSON.parse(bytes.toString('utf8')) as [string, string];
    return { executionArn };
  }

  /** Registers who waits; returns what ends the wait. */
  wait(token: string, waiter: TokenWaiter): () => void {
    this.#waiting.set(token, waiter);
    return () => {
      if (this.#waiting.get(token) === waiter) this.#waiting.delete(token);
    };
  }

  /**
   * The waiter of a token.
   * @throws AwsError `TaskTimedOut` where nobody waits any more
   */
  waiterOf(token: string): TokenWaiter {
    const waiter = this.#waiting.get(token);
    if (!waiter) {
      throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return waiter;
  }

  #signature(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest().subarray(0, 16);
  }
}
