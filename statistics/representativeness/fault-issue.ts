import type { FaultCode } from './faults';

/** An issue for zod that carries the code of a fault. */
export interface FaultIssue {
  readonly code: 'custom';
  readonly message: string;
  readonly params: { readonly fault: FaultCode };
}

const issue = (fault: FaultCode, message: string): FaultIssue => ({
  code: 'custom',
  message,
  params: { fault },
});

/** What is wrong with a count, null where nothing is. */
export function countIssue(value: unknown, most: number): FaultIssue | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return issue('COUNT_NOT_NUMBER', 'a whole number');
  if (value < 0) return issue('COUNT_NEGATIVE', '0 or more');
  if (value > most) return issue('COUNT_TOO_LARGE', `at most ${most.toLocaleString('en-GB')}`);
  if (!Number.isInteger(value)) return issue('COUNT_NOT_WHOLE', 'a whole number');
  return null;
}
