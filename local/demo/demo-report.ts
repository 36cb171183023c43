/** What a demonstration reports, as JSON. */
export interface DemoReport {
  /** Files sent. */
  readonly files: number;
  /** Files that the command left where they were: not DICOM, or a DICOMDIR. */
  readonly skipped: number;
  readonly outcomes: {
    readonly imported: number;
    readonly duplicate: number;
    readonly withheld: number;
    readonly quarantined: number;
    readonly missing: number;
  };
  /** Files by reason code. */
  readonly quarantine: Readonly<Record<string, number>>;
  readonly imageSets: number;
  readonly framesRead: number;
  readonly deniedReads: number;
  readonly seconds: {
    readonly synth: number;
    readonly start: number;
    readonly upload: number;
    readonly pipeline: number;
    readonly read: number;
  };
  /** Folders on disk where the stored objects can be looked at. */
  readonly objects: { readonly deidentified: string; readonly quarantine: string };
}

/** Why a demonstration has failed, one sentence each; empty where all accounts balance. */
export function demoProblems(
  report: DemoReport,
  differences: readonly string[],
  refusals: readonly { readonly what: string; readonly status: number }[],
): string[] {
  const problems: string[] = [];
  const ends = Object.values(report.outcomes).reduce((sum, number) => sum + number, 0);
  if (ends !== report.files) problems.push(`${report.files} files were sent, but ${ends} have an end.`);
  const coded = Object.values(report.quarantine).reduce((sum, number) => sum + number, 0);
  if (coded !== report.outcomes.quarantined)
    problems.push(`${report.outcomes.quarantined} files are quarantined, but ${coded} have a code.`);
  if (report.outcomes.missing > 0) problems.push(`${report.outcomes.missing} files are missing.`);
  for (const file of differences) problems.push(`A frame of ${file} is not what the trust sent.`);
  for (const { what, status } of refusals)
    if (status !== 403) problems.push(`Reading ${what} was answered with ${status}, not refused.`);
  return problems;
}
