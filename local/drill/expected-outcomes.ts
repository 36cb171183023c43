import { instanceKey, type PlannedFile, type PlannedSubmission, type SendingPlan } from './submission-plan';

/** How a file ends, as its receipt says. */
export interface FileEnd {
  readonly outcome: string;
  readonly code?: string | undefined;
}

/** What may become of a file. */
export type Expectation =
  | { readonly kind: 'fixed'; readonly end: FileEnd }
  /**
   * One of the files of an instance that come as far as the settlement: whoever settles first is imported, and the others
   * are duplicates of it or conflict with it.
   */
  | { readonly kind: 'contender'; readonly instance: string; readonly variant: number };

const fixed = (outcome: string, code?: string): Expectation => ({ kind: 'fixed', end: { outcome, code } });

/** What may become of a file by the rules of the platform, from what was planned alone. */
export function expectationOf(
  plan: SendingPlan,
  submission: PlannedSubmission,
  file: PlannedFile,
): Expectation {
  if (file.arrival !== 'whole') return fixed('missing');
  if (file.damage === 'no-image') return fixed('quarantined', 'NOT_DICOM');
  if (plan.optedOut.has(file.patient) || submission.unlisted.has(file.patient)) return fixed('withheld');
  if (file.damage === 'truncated') return fixed('quarantined', 'TRUNCATED');
  if (file.stray) return fixed('quarantined', 'GROUP_MISMATCH');
  if (file.header === 'other-sex') return fixed('quarantined', 'STUDY_CONFLICT');
  return { kind: 'contender', instance: instanceKey(file), variant: file.variant };
}

/** How a file of the plan ended. */
export interface EndedFile {
  readonly submission: number;
  readonly file: PlannedFile;
  readonly end: FileEnd;
}

const words = ({ outcome, code }: FileEnd): string => (code === undefined ? outcome : `${outcome}(${code})`);
const place = ({ submission, file }: EndedFile): string => `submission ${submission} file ${file.ordinal}`;

/** How each of the losers of an instance has to end. */
function endBeside(winner: PlannedFile, file: PlannedFile): FileEnd {
  return winner.variant === file.variant
    ? { outcome: 'duplicate' }
    : { outcome: 'quarantined', code: 'UID_CONFLICT' };
}

function contentionProblems(instance: string, contenders: readonly EndedFile[]): string[] {
  const winners = contenders.filter(({ end }) => end.outcome === 'imported');
  const [winner] = winners;
  if (winner === undefined || winners.length > 1)
    return [`instance ${instance}: ${winners.length} of ${contenders.length} files were imported, not one`];
  const problems: string[] = [];
  const earlier = contenders.find(
    ({ submission, file }) => submission === winner.submission && file.ordinal < winner.file.ordinal,
  );
  if (earlier) problems.push(`${place(winner)} was imported before ${place(earlier)}`);
  for (const each of contenders) {
    if (each === winner) continue;
    const expected = endBeside(winner.file, each.file);
    if (words(each.end) !== words(expected))
      problems.push(`${place(each)} ended as ${words(each.end)}, not as ${words(expected)}`);
  }
  return problems;
}

/**
 * Compares how files ended with what the plan allows, order between submissions aside.
 * @returns a sentence a problem, with nothing identifying in it
 */
export function outcomeProblems(plan: SendingPlan, ended: readonly EndedFile[]): string[] {
  const problems: string[] = [];
  const contentions = new Map<string, EndedFile[]>();
  for (const each of ended) {
    const submission = plan.submissions[each.submission];
    if (submission === undefined) throw new Error('a file of a submission that was not planned');
    const expected = expectationOf(plan, submission, each.file);
    if (expected.kind === 'contender') {
      const contenders = contentions.get(expected.instance) ?? [];
      contenders.push(each);
      contentions.set(expected.instance, contenders);
    } else if (words(expected.end) !== words(each.end))
      problems.push(`${place(each)} ended as ${words(each.end)}, not as ${words(expected.end)}`);
  }
  for (const [instance, contenders] of contentions)
    problems.push(...contentionProblems(instance, contenders));
  return problems;
}
