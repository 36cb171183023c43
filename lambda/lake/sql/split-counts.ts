import * as z from 'zod';
import { stringLiteral } from './literals';
import { notWithdrawn } from './released-rows';

/** People of one value of an attribute in one split; the whole has no attribute. */
export const splitCountRow = z.object({
  attribute: z.string().nullable(),
  value: z.string().nullable(),
  split: z.enum(['development', 'held-out']),
  people: z.number().int(),
});

export type SplitCountRow = z.infer<typeof splitCountRow>;

/**
 * People of a release by split: as a whole, and by each value of each attribute, null among them. Whoever has several
 * values of one (two modalities, say) counts once in each.
 * @param attributes columns of `released_series`, or its partition `collection`
 */
export function splitCountsSelect(release: string, attributes: readonly string[]): string {
  const rows = `FROM released_series r
WHERE r.release = ${stringLiteral(release)} AND ${notWithdrawn('r')}`;
  const whole = `SELECT CAST(NULL AS varchar) AS attribute, CAST(NULL AS varchar) AS value, r.split, count(DISTINCT r.patient_pseudonym) AS people
${rows}
GROUP BY r.split`;
  const by = attributes.map(
    (
      attribute,
    ) => `SELECT ${stringLiteral(attribute)} AS attribute, r.${attribute} AS value, r.split, count(DISTINCT r.patient_pseudonym) AS people
${rows}
GROUP BY r.${attribute}, r.split`,
  );
  return [whole, ...by].join('\nUNION ALL\n');
}
