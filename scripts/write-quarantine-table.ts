/**
 * Writes the table of quarantine codes of `docs/guides/trust.md` between its markers:
 * `npx tsx scripts/write-quarantine-table.ts`. With `--check` it writes nothing and fails where the table is not that of
 * the codes.
 */
import { quarantineReasons } from '../dicom/quarantine/quarantine-codes';
import { updateGeneratedSection } from './generated-section';

const rows = Object.entries(quarantineReasons).map(
  ([code, { happened, fix }]) => `| \`${code}\` | ${happened} | ${fix} |`,
);

updateGeneratedSection({
  document: 'guides/trust.md',
  name: 'quarantine table',
  script: 'scripts/write-quarantine-table.ts',
  content: `${['| code | what happened | what to do |', '| --- | --- | --- |', ...rows].join('\n')}\n`,
});
