import { createHash } from 'node:crypto';

/**
 * Names and ids of resources that the template leaves open: a function of account, stack and logical id alone, so that
 * they are the same at every start.
 */

function digest(stack: string, logicalId: string): string {
  return createHash('sha256').update(`${stack}\n${logicalId}`).digest('hex');
}

/**
 * `<stack>-<logical id>-<8 hex digits>`, shortened to `longest` characters in its middle.
 * @param longest e.g. 64 for a role or a function, 63 for a bucket, 80 for a state machine
 */
export function physicalName(stack: string, logicalId: string, longest: number): string {
  const end = `-${digest(stack, logicalId).slice(0, 8)}`;
  const room = longest - end.length - 1;
  // The logical id says more than the stack's name, and its end more than its beginning.
  const forId = Math.max(Math.floor(room / 2), room - stack.length);
  const id = logicalId.slice(-forId);
  return `${stack.slice(0, room - id.length)}-${id}${end}`;
}

/** A bucket's name: lower case, 3–63 characters, letters, digits and hyphens. */
export function bucketName(stack: string, logicalId: string): string {
  return physicalName(stack, logicalId, 63)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^-+/, '');
}

/** A UUID of version 4 form, as KMS gives its keys. */
export function stableUuid(stack: string, logicalId: string): string {
  const hex = digest(stack, logicalId);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Ten lower-case characters, as API Gateway names its APIs and resources. */
export function shortId(stack: string, logicalId: string): string {
  return BigInt(`0x${digest(stack, logicalId).slice(0, 16)}`)
    .toString(36)
    .padStart(10, '0')
    .slice(-10);
}
