import { SeededDraws } from '../faults/seeded-draws';
import type { PlannedSubmission, SendingPlan } from './submission-plan';

/** What goes wrong on the side of those who send, drawn from the seed. */

/** Once a submission, of a client that speaks to the API. */
const clientKinds = [
  'created-twice',
  'pages-out-of-order',
  'page-twice',
  'page-late',
  'completed-too-early',
  'completed-twice',
  'completed-at-once',
] as const;

/** Once a file, of the same. */
const fileKinds = ['half-sent', 'sent-twice', 'wrong-bytes-first', 'url-expired'] as const;

/** Once a submission, of the opt-out service. */
const answerKinds = [
  'answer-late',
  'answer-doubled',
  'answer-malformed-first',
  'answer-of-another-first',
] as const;

export type ClientFault = (typeof clientKinds)[number];
export type FileFault = (typeof fileKinds)[number];
export type AnswerFault = (typeof answerKinds)[number];
export type SendingFault = ClientFault | FileFault | AnswerFault | 'uploader-killed';

export interface SubmissionFaults {
  readonly client: ReadonlySet<ClientFault>;
  /** By ordinal. */
  readonly files: ReadonlyMap<number, FileFault>;
  /** How often the command is killed. */
  readonly kills: number;
}

export interface SendingFaults {
  /** By index of the submission. */
  readonly submissions: readonly SubmissionFaults[];
  /** For the requests to the opt-out service, in the order in which they come. */
  readonly answers: readonly (AnswerFault | null)[];
  readonly count: number;
}

/** Shares of all faults, in a hundred. */
const sendingShare = 20;
const answerShare = 4;

type Slot =
  | { readonly submission: number; readonly kind: ClientFault }
  | { readonly submission: number; readonly kind: FileFault; readonly ordinal: number }
  | { readonly submission: number; readonly kind: 'uploader-killed' };

function slotsOf({ index, by, files }: PlannedSubmission, draws: SeededDraws): Slot[] {
  if (by === 'command') return [1, 2, 3].map((): Slot => ({ submission: index, kind: 'uploader-killed' }));
  const sent = files.filter(({ arrival, archived }) => arrival === 'whole' && !archived);
  return [
    ...clientKinds.map((kind): Slot => ({ submission: index, kind })),
    ...sent.map(({ ordinal }): Slot => ({ submission: index, kind: draws.pick(fileKinds), ordinal })),
  ];
}

/** Draws at most `faults` of the places at which something may go wrong. */
export function planSendingFaults(plan: SendingPlan, faults: number): SendingFaults {
  const draws = new SeededDraws(plan.seed, 'sending');
  const slots = draws
    .shuffled(plan.submissions.flatMap((submission) => slotsOf(submission, draws)))
    .slice(0, Math.round((faults * sendingShare) / 100));
  const submissions = plan.submissions.map(({ index }): SubmissionFaults => {
    const own = slots.filter(({ submission }) => submission === index);
    return {
      client: new Set(own.flatMap((slot) => (isClientFault(slot.kind) ? [slot.kind] : []))),
      files: new Map(own.flatMap((slot) => ('ordinal' in slot ? [[slot.ordinal, slot.kind] as const] : []))),
      kills: own.filter(({ kind }) => kind === 'uploader-killed').length,
    };
  });
  const answered = Math.min(plan.submissions.length, Math.round((faults * answerShare) / 100));
  const answers = draws.shuffled(
    plan.submissions.map((_, index) => (index < answered ? draws.pick(answerKinds) : null)),
  );
  return { submissions, answers, count: slots.length + answered };
}

function isClientFault(kind: SendingFault): kind is ClientFault {
  return (clientKinds as readonly string[]).includes(kind);
}
