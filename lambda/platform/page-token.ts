import type * as z from 'zod';
import { refuseRequest } from './http-errors';

/** Opaque text that says where a listing goes on. */
export function encodePageToken(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Reads a page token back.
 * @throws PlatformError INVALID_PAGE_TOKEN where it is not one of `schema`.
 */
export function decodePageToken<Schema extends z.ZodType>(token: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    throw refuseRequest('INVALID_PAGE_TOKEN');
  }
}
