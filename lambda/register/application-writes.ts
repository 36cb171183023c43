import { absent, type TransactionWrite } from '../platform/document-table';
import type { Application } from './application.contract';
import { applicationKey, atVersion, submittedApplicationKey } from './register-table';

/** Writes an application, and what the committee's list says of one that was submitted at least once. */
export function applicationWrites(next: Application, before: Application | null): TransactionWrite[] {
  const submittedAt = 'submittedAt' in next ? next.submittedAt : undefined;
  return [
    {
      put: { ...applicationKey(next.id), ...next },
      condition: before === null ? absent : atVersion(before.version),
    },
    ...(submittedAt === undefined
      ? []
      : [{ put: { ...submittedApplicationKey(next.id), state: next.state, submittedAt } }]),
  ];
}
