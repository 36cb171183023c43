import { type Attempt, isConnectionError } from '../api/http-retry';
import { FileLengthError } from './presigned-put';

/** A file whose upload can never succeed; the others go on. */
export interface FailedFile {
  readonly path: string;
  readonly code: 'FILE_CHANGED' | 'REFUSED';
  readonly detail: string;
}

/** Refusals in a row that may mean that the URL, not the file, is too old. */
export const mostRenewals = 5;

export function changedFile(path: string): FailedFile {
  return { path, code: 'FILE_CHANGED', detail: 'The file changed after its digest was taken.' };
}

/** What follows from an error before an answer: another attempt, the end of the file, or of the upload. */
export function afterConnectionError(error: unknown, path: string): Attempt<FailedFile | null> {
  if (error instanceof FileLengthError) return { done: changedFile(path) };
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
    return { done: changedFile(path) };
  if (isConnectionError(error)) return { retry: error };
  throw error;
}
