import { count } from '../terminal/text';

const order = ['imported', 'duplicate', 'quarantined', 'withheld', 'missing'] as const;

/** `imported 1,181   duplicate 4   quarantined 1` */
export function outcomeLine(totals: Readonly<Record<string, number>>): string {
  return order
    .filter((outcome) => (totals[outcome] ?? 0) > 0 || outcome === 'imported')
    .map((outcome) => `${outcome} ${count(totals[outcome] ?? 0)}`)
    .join('   ');
}
