/**
 * Writes the table of quarantine codes of `docs/guides/trust.md` between its markers:
 * `npx tsx scripts/write-quarantine-table.ts`. With `--check` it writes nothing and fails where the table is not that of
 * the codes.
 */
import { quarantineReasons, type Release } from '../dicom/quarantine/quarantine-codes';
import { updateGeneratedSection } from './generated-section';

const releases: Readonly<Record<Release, string>> = {
  'rule-change': 'after a change of the rules.',
  'any-time': 'at any time.',
  never: 'never.',
};

const rows = Object.entries(quarantineReasons).map(
  ([code, { happened, fix, release, releaseReason }]) =>
    `| \`${code}\` | ${happened} | ${fix} | ${releases[release]} ${releaseReason} |`,
);

updateGeneratedSection({
  document: 'guides/trust.md',
  name: 'quarantine table',
  script: 'scripts/write-quarantine-table.ts',
  content: `${['| code | what happened | what to do | can the platform release it |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`,
});
