import type { DemographicsView, DropReason } from '../../lambda/demographics/demographics.contract';
import { count, plural } from '../terminal/text';

const names = {
  imported: 'imported',
  duplicate: 'duplicate',
  duplicateOrWithheld: 'duplicate or withheld',
  quarantined: 'quarantined',
  withheld: 'withheld',
  missing: 'missing',
} as const;

interface Accounts {
  readonly announced: number;
  readonly listed: number;
}

/** What to know of a submission that was not completed in time. */
export function expiryLine({ announced, listed }: Accounts): string {
  const unlisted = announced - listed;
  return (
    'It was not completed in time and ended with what had come. ' +
    (unlisted === 0
      ? `All ${plural(announced, 'announced file')} had been listed.`
      : `Of ${plural(announced, 'announced file')} ${count(listed)} had been listed; the others were never named and stand in no account.`) +
    ' Send the folder again: files that were imported end as duplicates.'
  );
}

/** `imported 1,181   duplicate 4   quarantined 1` */
export function outcomeLine(totals: Readonly<Record<string, number>>): string {
  return Object.entries(names)
    .filter(([outcome]) => (totals[outcome] ?? 0) > 0 || outcome === 'imported')
    .map(([outcome, name]) => `${name} ${count(totals[outcome] ?? 0)}`)
    .join('   ');
}

const dropped: Readonly<Record<DropReason, string>> = {
  NO_IMPORTED_IMAGES: 'no imported images',
  IDENTIFIERS_DISAGREE: 'identifiers of two patients',
  EXPIRED: 'waited too long for images; send the table again',
};

/** `Demographics: 38 of 40 rows taken over (no imported images: 2)` */
export function demographicsLine(view: DemographicsView): string {
  if (view.state === 'waiting') return `Demographics: ${plural(view.rows, 'row')} waiting`;
  const reasons = Object.entries(dropped).flatMap(([reason, text]) => {
    const rows = view.reasons[reason as DropReason];
    return rows === undefined ? [] : [`${text}: ${count(rows)}`];
  });
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  return `Demographics: ${count(view.applied)} of ${plural(view.rows, 'row')} taken over${why}`;
}
