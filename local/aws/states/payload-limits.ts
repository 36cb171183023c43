import { StateError } from './state-error';

/** JSON as Step Functions knows it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Hard quota: input, output and results of a state, UTF-8 bytes of the JSON text. */
export const payloadLimitBytes = 262_144;

/** Hard quota: events in the history of one Standard execution. */
export const historyLimitEvents = 25_000;

/**
 * JSON text of a payload.
 * @throws StateError `States.DataLimitExceeded` above 256 KiB
 */
export function withinPayloadLimit(payload: Json, what: string): string {
  const text = JSON.stringify(payload);
  if (exceedsPayloadLimit(text)) {
    throw new StateError(
      'States.DataLimitExceeded',
      `The ${what} has more than the maximum number of bytes allowed (${payloadLimitBytes}).`,
    );
  }
  return text;
}

/** Whether a JSON text is above 256 KiB; looks at the bytes only where the characters leave it open. */
export function exceedsPayloadLimit(text: string): boolean {
  if (text.length * 3 <= payloadLimitBytes) return false;
  return Buffer.byteLength(text) > payloadLimitBytes;
}
