import { readFile } from 'node:fs/promises';
import {
  type Commitment,
  commitmentName,
  commitmentsAnswer,
  sha256Of,
  verifyCommitment,
} from '../../lambda/splits/commitment.contract';
import { getPublic } from '../api/api-request';
import { apiAddress } from '../sign-in/api-address';
import { CommandError, exitCode } from '../terminal/exit-code';
import { readJsonFile } from '../terminal/json-file';
import type { Output, OutputOptions } from '../terminal/output';
import { aboutText } from '../terminal/shown-count-text';
import { plural, table } from '../terminal/text';

export interface CommitmentsOptions extends OutputOptions {
  readonly api?: string;
}

export interface VerifyOptions extends CommitmentsOptions {
  readonly commitments?: string;
}

async function readPublic(options: CommitmentsOptions, command: string): Promise<readonly Commitment[]> {
  const api = await apiAddress(options.api, `evaluation-set ${command}`);
  return (await getPublic(api, '/v1/commitments', commitmentsAnswer)).commitments;
}

function commitmentsText(commitments: readonly Commitment[]): string {
  if (commitments.length === 0) return 'Nothing is committed to yet.';
  return table([
    ['COMMITTED', 'TO', 'RELEASE', 'PEOPLE', 'STUDIES', 'SHA-256'],
    ...commitments.map(({ committedAt, subject, people, studies, sha256 }) => [
      committedAt.slice(0, 10),
      subject.kind === 'held-out'
        ? 'all that is held out'
        : `set ${subject.name}, version ${subject.setVersion}`,
      subject.release,
      aboutText(people),
      aboutText(studies),
      sha256,
    ]),
  ]);
}

/** What is committed to publicly, the latest first. */
export async function listCommitments(output: Output, options: CommitmentsOptions): Promise<undefined> {
  const commitments = await readPublic(options, 'commitments');
  // the answer as it is, so that it can be kept and given to `verify`
  output.result(commitmentsText(commitments), { commitments });
}

const whyNot = {
  HASH_DIFFERS: 'The text is not the one that was committed to.',
  OTHER_SUBJECT: 'The text says that it is another one than was committed to.',
  NOT_A_COMMITMENT: 'The file is not the text of a commitment.',
  NOT_COMMITTED: 'Nothing is committed to under this name or hash.',
} as const;

function refuse(code: keyof typeof whyNot): CommandError {
  return new CommandError(whyNot[code], exitCode.integrity, {
    code,
    fix: 'Ask for the text again, byte for byte as it stands in the bucket. If it differs again, tell the auditors.',
  });
}

/**
 * Holds a text that was shown to what was published of it, by its hash; where no hash is this one, by the name that it gives.
 * @throws CommandError (exit 5) where it is not the one that was committed to
 */
export async function verifyText(output: Output, file: string, options: VerifyOptions): Promise<undefined> {
  const text = await readFile(file, 'utf8');
  const commitments =
    options.commitments === undefined
      ? await readPublic(options, 'verify FILE')
      : (await readJsonFile(options.commitments, commitmentsAnswer)).commitments;
  const hash = sha256Of(text);
  const [, name] = text.split('\n');
  const published =
    commitments.find(({ sha256 }) => sha256 === hash) ??
    commitments.find(({ subject }) => commitmentName(subject) === name);
  if (published === undefined) throw refuse('NOT_COMMITTED');
  const verdict = verifyCommitment(published, text);
  if (!verdict.holds) throw refuse(verdict.reason);
  output.result(
    `Holds: ${plural(verdict.studies, 'study', 'studies')} of ${commitmentName(published.subject)}, as committed to on ${published.committedAt}.`,
    {
      holds: true,
      subject: published.subject,
      studies: verdict.studies,
      sha256: hash,
      committedAt: published.committedAt,
    },
  );
}
