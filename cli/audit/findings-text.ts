import type { Finding, Reason } from '../../lambda/history/verification.contract';
import { plural } from '../terminal/text';
import type { Verification } from './verify-history';

/** Findings that are printed; with --json all are. */
const SHOWN = 20;

const reasons: Readonly<Record<Reason, string>> = {
  EVENT_MISSING: 'the event is missing',
  EVENT_OUT_OF_PLACE: 'another event stands in its place',
  WRONG_CHAIN: 'an event of another chain stands in its place',
  HASH_DIFFERS: 'the event was changed: its hash is not that of its content',
  PREVIOUS_HASH_DIFFERS: 'it does not follow the event before it',
  HEAD_DIFFERS: 'the head of the chain is not that of its last event',
  SIDES_DIFFER: 'register and checkpoint have different events there, each whole in itself',
  EVENT_REPEATED: 'the event stands in the checkpoints twice',
  NOT_EXPORTED: 'the event stands in no checkpoint and does not wait to be exported',
  CHECKPOINT_MISSING: 'there is no such checkpoint',
  CHECKPOINT_UNREADABLE: 'it is no checkpoint',
  CHECKPOINT_OUT_OF_PLACE: 'another checkpoint stands in its place',
  CHECKPOINT_HASH_DIFFERS: 'it was changed: its hash is not that of its content',
  CHECKPOINT_HEADS_DIFFER: 'its heads are not those of its events',
  PREVIOUS_CHECKPOINT_DIFFERS: 'it does not follow the checkpoint before it',
  AUDIT_HEAD_DIFFERS: 'the head over all is not that of this checkpoint',
  REMEMBERED_HEAD_DIFFERS: 'this machine verified another checkpoint of this number before',
};

/** A finding on one line. */
export function findingText({ side, reason, chain, sequence, checkpoint }: Finding): string {
  const place =
    chain === null
      ? `checkpoint ${checkpoint}`
      : `${chain} event ${sequence}${checkpoint === null ? '' : ` (checkpoint ${checkpoint})`}`;
  return `${place}: ${reasons[reason]} [${side}, ${reason}]`;
}

/** What a verification came to, in words. */
export function verificationText(made: Verification): string {
  const looked =
    `${plural(made.chains, 'chain')}, ${plural(made.events, 'event')}, ${plural(made.checkpoints, 'checkpoint')}` +
    (made.waiting === 0 ? '' : `, ${plural(made.waiting, 'event')} not exported yet`);
  if (made.findings.length === 0) return `Intact: ${looked}.\nHead ${made.head.version} ${made.head.hash}`;
  const shown = made.findings.slice(0, SHOWN).map(findingText);
  const more = made.findings.length - shown.length;
  return [
    `NOT INTACT: ${looked}. What differs first:`,
    ...shown,
    ...(more > 0 ? [`and ${more} more (--json lists all)`] : []),
  ].join('\n');
}
