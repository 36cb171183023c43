/**
 * Writes the policy table of `docs/deidentification.md` between its markers: `npx tsx scripts/write-policy-table.ts`.
 * With `--check` it writes nothing and fails where the table is not that of the rules.
 */
import { policyTable } from '../dicom/policy/policy-table';
import { updateGeneratedSection } from './generated-section';

updateGeneratedSection({
  document: 'deidentification.md',
  name: 'policy table',
  script: 'scripts/write-policy-table.ts',
  content: policyTable(),
});
