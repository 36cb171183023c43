import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { getPublic } from '../api/api-request';
import { readSession } from '../sign-in/session-store';
import { CommandError, exitCode } from '../terminal/exit-code';
import { receiptKeys } from './receipt';

/** Where the platform's public keys are taken from. */
export interface KeysOptions {
  readonly keys?: string;
  readonly api?: string;
}

/** Text of a file that the person named. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new CommandError(`Cannot read ${path}.`, exitCode.usage, { code: 'FILE_NOT_READABLE' });
  }
}

/** Public keys out of a file, else asked of the platform. */
export async function keysFor(options: KeysOptions): Promise<z.infer<typeof receiptKeys>> {
  if (options.keys !== undefined) {
    const text = await readText(options.keys);
    try {
      return receiptKeys.parse(JSON.parse(text));
    } catch {
      throw new CommandError(`${options.keys} is not a JSON Web Key Set.`, exitCode.usage, {
        code: 'KEYS_NOT_JWKS',
      });
    }
  }
  const api = options.api ?? process.env.NMIP_API ?? (await readSession())?.api;
  if (api === undefined)
    throw new CommandError('Where are the platform’s public keys?', exitCode.usage, {
      code: 'API_MISSING',
      fix: 'Add --api URL, or --keys FILE.',
    });
  return getPublic(api.replace(/\/+$/, ''), '/v1/receipt-keys', receiptKeys);
}
