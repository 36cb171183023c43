import * as z from 'zod';
import { stringLiteral } from './literals';
import { bitsOfRow, firstOfRow, patientBitsRow } from './patient-set';
import { figureColumns, type SqlBand } from './release-figures';
import { type ReleaseScope, releasedRows } from './released-rows';

/** Patients of a split who have a value of an attribute, as `patientBitsRow`; the whole split has neither. */
export const releaseSetRow = patientBitsRow.extend({
  attribute: z.string().nullable(),
  value: z.string().nullable(),
  split: z.enum(['development', 'held-out']),
});

export type ReleaseSetRow = z.infer<typeof releaseSetRow>;

/**
 * Which patients every figure of a release's documents counts: by split, by collection, and by each value of each attribute.
 * For the disclosure rule and the log of questions, never for anybody to see.
 */
export function releaseSetsSelect(
  scope: ReleaseScope,
  bands: { readonly fieldStrength: readonly SqlBand[]; readonly kvp: readonly SqlBand[] },
): string {
  const text = (value: string | null) => (value === null ? 'CAST(NULL AS varchar)' : stringLiteral(value));
  const whole = { attribute: null, column: 'CAST(NULL AS varchar)', where: '' };
  return [whole, { attribute: 'collection', column: 'r.collection', where: '' }, ...figureColumns(bands)]
    .map(
      ({ attribute, column, where }) =>
        `SELECT ${text(attribute)} AS attribute, p.value AS value, p.split AS split, ${firstOfRow} AS first, ${bitsOfRow} AS bits
FROM (SELECT DISTINCT r.split, ${column} AS value, r.patient_number
${releasedRows(scope, { kind: 'everything' })}${where}) p
GROUP BY p.value, p.split, ${firstOfRow}`,
    )
    .join('\nUNION ALL\n');
}
