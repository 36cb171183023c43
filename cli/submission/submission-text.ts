import { count } from '../terminal/text';

const names = {
  imported: 'imported',
  duplicate: 'duplicate',
  duplicateOrWithheld: 'duplicate or withheld',
  quarantined: 'quarantined',
  withheld: 'withheld',
  missing: 'missing',
} as const;

/** `imported 1,181   duplicate 4   quarantined 1` */
export function outcomeLine(totals: Readonly<Record<string, number>>): string {
  return Object.entries(names)
    .filter(([outcome]) => (totals[outcome] ?? 0) > 0 || outcome === 'imported')
    .map(([outcome, name]) => `${name} ${count(totals[outcome] ?? 0)}`)
    .join('   ');
}
