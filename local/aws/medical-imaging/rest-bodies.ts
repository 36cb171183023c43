import type { z } from 'zod';
import { AwsError } from '../service';

/** Requests of HealthImaging's SDK clients are small. */
const bodyLimitBytes = 1_048_576;

/** @throws AwsError `ValidationException` that names the field */
export function demand<Request>(schema: z.ZodType<Request>, body: unknown): Request {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AwsError(
    'ValidationException',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
    400,
  );
}

/** JSON of a body; an empty one is `{}`. */
export async function jsonBody(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) throw new AwsError('ValidationException', 'The request is too long', 400);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new AwsError('ValidationException', 'The body is not JSON', 400);
  }
}

/** JSON of an answer; times as seconds since 1970. */
export function jsonAnswer(value: unknown): string {
  return JSON.stringify(withSeconds(value));
}

function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSeconds(member)]));
}

/** One page of a list; HealthImaging gives 50 where nothing is asked for. */
export function pageOf<Item>(
  items: readonly Item[],
  maxResults: string | null,
  token: string | null,
): { items: Item[]; nextToken: { nextToken?: string } } {
  const most = Number(maxResults ?? 50);
  const first = Number(token ?? 0);
  if (!Number.isInteger(most) || most < 1 || most > 50) {
    throw new AwsError('ValidationException', 'maxResults must be 1 to 50', 400);
  }
  if (!Number.isInteger(first) || first < 0)
    throw new AwsError('ValidationException', 'nextToken is not valid', 400);
  const end = first + most;
  return { items: items.slice(first, end), nextToken: end < items.length ? { nextToken: String(end) } : {} };
}
