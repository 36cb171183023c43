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
