import { InvalidArgumentError } from 'commander';
import { type FileReference, fileReference } from '../../lambda/quarantine/quarantine.contract';

/** A quarantined file as people name it: `s-…/12`. */
export function parseFileName(text: string): FileReference {
  const [submission = '', ordinal = '', ...rest] = text.split('/');
  const parsed = fileReference.safeParse({ submission, ordinal: Number(ordinal) });
  if (!parsed.success || rest.length > 0 || !/^\d+$/.test(ordinal))
    throw new InvalidArgumentError(
      'Give the submission and the number of the file in it, with a slash between them: s-…/12.',
    );
  return parsed.data;
}

/** Adds one more file to those named before. */
export function collectFileName(text: string, before: readonly FileReference[] = []): FileReference[] {
  return [...before, parseFileName(text)];
}

export function fileName({ submission, ordinal }: FileReference): string {
  return `${submission}/${ordinal}`;
}

/** Path of a file's routes. */
export function filePath({ submission, ordinal }: FileReference): string {
  return `/v1/quarantine/${submission}/${ordinal}`;
}
