import { type QuarantineCode, quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import { importedFileLimit } from '../../lambda/submission/submission.contract';
import { count, plural, size, table, visibleName } from '../terminal/text';
import type { ScannedExport } from './scan-export';
import { isSentContent } from './scan-folder';
import type { WalkedFolder } from './walk-folder';

/** Names printed of each kind; `--json` has them all. */
const namesShown = 20;

/** What a scan found, with the names of what is not sent or will not pass. */
export interface ScanSummary {
  /** Those of archives one by one. */
  readonly files: number;
  readonly bytes: number;
  readonly archives: number;
  /** How many of the files are in archives. */
  readonly archivedFiles: number;
  readonly dicom: number;
  readonly studies: number;
  readonly series: number;
  readonly subjects: number;
  readonly subjectsWithoutNhsNumber: number;
  readonly modalities: Readonly<Record<string, number>>;
  readonly skipped: {
    readonly notDicom: readonly string[];
    readonly dicomdir: readonly string[];
    readonly links: readonly string[];
    /** Pipes, sockets and devices. */
    readonly special: readonly string[];
    /** Folders and system files in archives. */
    readonly archiveExtras: readonly string[];
  };
  readonly willBeRefused: readonly { readonly path: string; readonly code: QuarantineCode }[];
}

export function summariseScan(
  { files, archives }: ScannedExport,
  walked: Pick<WalkedFolder, 'links' | 'special'>,
): ScanSummary {
  const studies = new Set<string>();
  const series = new Set<string>();
  const subjects = new Map<string, boolean>();
  const modalities: Record<string, number> = {};
  const willBeRefused: { path: string; code: QuarantineCode }[] = [];
  const notDicom: string[] = [];
  const dicomdir: string[] = [];
  let dicom = 0;
  for (const { path, bytes, content } of files) {
    if (content.kind === 'not-dicom') notDicom.push(path);
    if (content.kind === 'dicomdir') dicomdir.push(path);
    // Whatever else is wrong with it: it is not even sent.
    if (isSentContent(content) && bytes > importedFileLimit) willBeRefused.push({ path, code: 'TOO_LARGE' });
    else if (content.kind === 'unreadable') willBeRefused.push({ path, code: content.code });
    if (content.kind !== 'dicom') continue;
    dicom++;
    studies.add(content.studyInstanceUid);
    series.add(`${content.studyInstanceUid}/${content.seriesInstanceUid}`);
    const modality = content.modality ?? 'unknown';
    modalities[modality] = (modalities[modality] ?? 0) + 1;
    const subject = content.nhsNumber ?? content.patientId;
    if (subject !== null) subjects.set(subject, content.nhsNumber !== null);
  }
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    archives: archives.length,
    archivedFiles: archives.reduce((sum, archive) => sum + archive.files.length, 0),
    dicom,
    studies: studies.size,
    series: series.size,
    subjects: subjects.size,
    subjectsWithoutNhsNumber: [...subjects.values()].filter((known) => !known).length,
    modalities,
    skipped: {
      notDicom,
      dicomdir,
      links: [...walked.links],
      special: [...walked.special],
      archiveExtras: archives.flatMap((archive) => archive.skipped),
    },
    willBeRefused,
  };
}

/** How many files a scan leaves at home. */
export function skippedCount({ skipped }: ScanSummary): number {
  return Object.values(skipped).reduce((sum, names) => sum + names.length, 0);
}

/** A kind of file with its number, a remark, and the names of the files. */
interface Kind {
  readonly label: string;
  readonly remark: string;
  readonly names: readonly string[];
}

function kindLines(kinds: readonly Kind[], first: readonly string[]): string[] {
  const present = kinds.filter((kind) => kind.names.length > 0);
  const rows = table([
    first,
    ...present.map(({ label, remark, names }) => [count(names.length), label, remark]),
  ]);
  return rows.split('\n').flatMap((row, index) => {
    const names = present[index - 1]?.names ?? [];
    const more = names.length - namesShown;
    return [
      `  ${row}`,
      ...names.slice(0, namesShown).map((name) => `      ${visibleName(name)}`),
      ...(more > 0 ? [`      and ${count(more)} more`] : []),
    ];
  });
}

/** The summary as the command prints it. */
export function scanText(summary: ScanSummary, seconds: number): string {
  const { skipped, willBeRefused } = summary;
  const modalities = Object.entries(summary.modalities)
    .sort(([, a], [, b]) => b - a)
    .map(([modality, files]) => `${modality} ${count(files)}`);
  const content = [
    plural(summary.studies, 'study', 'studies'),
    plural(summary.series, 'series', 'series'),
    modalities.join(', '),
    plural(summary.subjects, 'subject'),
  ].filter((part) => part !== '');
  const codes = [...new Set(willBeRefused.map((file) => file.code))].sort();
  const kinds: Kind[] = [
    { label: 'not DICOM', remark: 'skipped', names: skipped.notDicom },
    { label: 'DICOMDIR', remark: 'skipped', names: skipped.dicomdir },
    { label: 'symbolic links', remark: 'skipped', names: skipped.links },
    { label: 'pipes, sockets, devices', remark: 'skipped', names: skipped.special },
    { label: 'folders and system files in archives', remark: 'skipped', names: skipped.archiveExtras },
    ...codes.map((code) => ({
      label: 'will be refused',
      remark: `${code}: ${quarantineReasons[code].happened}`,
      names: willBeRefused.filter((file) => file.code === code).map((file) => file.path),
    })),
  ];
  const zipped =
    summary.archives === 0
      ? ''
      : `, ${count(summary.archivedFiles)} of them in ${plural(summary.archives, 'zip archive')},`;
  const numbers = summary.subjects - summary.subjectsWithoutNhsNumber;
  return [
    `Scanned ${plural(summary.files, 'file')} (${size(summary.bytes)})${zipped} in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s`,
    ...kindLines(kinds, [count(summary.dicom), 'DICOM instances', content.join(' · ')]),
    `NHS numbers: ${count(numbers)} of ${plural(summary.subjects, 'subject')} found`,
    'Identifiers leave the trust: yes, encrypted, to this trust’s own bucket; removed on arrival',
  ].join('\n');
}
