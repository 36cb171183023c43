import { createWriteStream } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { finished } from 'node:stream/promises';
import { type DeidentificationContext, deidentifyInstance } from '../../dicom/deidentify/deidentify-instance';
import type { DeidentificationOutcome } from '../../dicom/deidentify/outcome';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { startProgress } from '../terminal/progress';
import { walkFolder } from '../upload/walk-folder';
import { fileBytes, makeReadBuffers, writeAll } from './file-bytes';
import { MappingFiles } from './mapping-files';

export interface DeidentifyJob {
  /** A file or a folder. */
  readonly input: string;
  readonly outputFolder: string;
  readonly reportFile: string;
  readonly mappingsFolder: string | null;
  readonly signal: AbortSignal;
}

/** A line of the report: the fate of one file. */
interface ReportLine {
  readonly input: string;
  readonly outcome: 'deidentified' | 'quarantined';
  readonly code: QuarantineCode | null;
  /** Where in the data set, for a quarantined file. */
  readonly tagPath: string | null;
  /** Path of the output below the output folder. */
  readonly output: string | null;
  readonly sourceSha256: string | null;
  readonly sha256: string | null;
  readonly warnings: readonly string[];
}

interface InputFile {
  readonly path: string | Buffer;
  readonly name: string;
  readonly bytes: number;
}

async function listInputs(input: string): Promise<InputFile[]> {
  const stats = await lstat(input).catch(() => null);
  if (stats?.isFile() === true) return [{ path: input, name: input, bytes: stats.size }];
  const { files } = await walkFolder(input);
  return files.map(({ path, location, bytes }) => ({ path: location, name: path, bytes }));
}

/** Output among the input would be taken for input by the next run. */
async function refuseNesting(job: DeidentifyJob): Promise<void> {
  await mkdir(job.outputFolder, { recursive: true });
  const [input, output] = await Promise.all([
    realpath(job.input).catch(() => job.input),
    realpath(job.outputFolder),
  ]);
  if (output === input || output.startsWith(input + sep)) {
    throw new CommandError('The output folder lies in the input folder.', exitCode.usage, {
      code: 'OUTPUT_IN_INPUT',
      fix: 'Give an output folder elsewhere.',
    });
  }
}

/** Files under way at once: while one waits for the disk another is worked on. */
const filesAtOnce = 4;

/**
 * De-identifies files and places them in the order of their names, so that the same folder gives the same output.
 * An output appears under its name only when it is complete and proven. Of two files that would become the same
 * output, the first stays; the second is the same bytes or is quarantined as a conflict.
 */
export async function deidentifyFiles(
  output: Output,
  settings: DeidentificationContext,
  job: DeidentifyJob,
): Promise<{ deidentified: number; quarantined: number }> {
  const inputs = await listInputs(job.input);
  await refuseNesting(job);
  await mkdir(dirname(job.reportFile), { recursive: true });
  const report = createWriteStream(job.reportFile);
  const mappings = new MappingFiles();
  const context = { ...settings, collectMappings: job.mappingsFolder !== null, digestPixels: false };
  const written = new Map<string, string>();
  const totals = { deidentified: 0, quarantined: 0 };
  const bytes = inputs.reduce((sum, file) => sum + file.bytes, 0);
  const progress = await startProgress(output, 'De-identifying', { files: inputs.length, bytes });
  const temporaryOf = (index: number): string =>
    join(job.outputFolder, `.nmip-${process.pid}-${index % filesAtOnce}.part`);
  const buffers = Array.from({ length: filesAtOnce }, makeReadBuffers);
  const underWay: Promise<DeidentificationOutcome>[] = [];
  let next = 0;
  try {
    for (const [index, file] of inputs.entries()) {
      job.signal.throwIfAborted();
      for (; next < inputs.length && next < index + filesAtOnce; next += 1) {
        const { path } = inputs[next] as InputFile;
        const source = fileBytes(path, buffers[next % filesAtOnce]);
        const started = deidentifyFile(source, temporaryOf(next), context);
        // A failure is thrown when its turn comes, and is no unhandled one until then.
        started.catch(() => undefined);
        underWay.push(started);
      }
      const outcome = await (underWay.shift() as Promise<DeidentificationOutcome>);
      const line = await place(file, outcome, temporaryOf(index), job.outputFolder, written);
      if (outcome.outcome === 'deidentified' && outcome.instance.mappings !== undefined) {
        mappings.add(outcome.instance.mappings);
      }
      totals[line.outcome] += 1;
      report.write(`${JSON.stringify(line)}\n`);
      progress.advance(1, file.bytes);
    }
  } finally {
    progress.stop();
    await Promise.allSettled(underWay);
    for (let index = 0; index < filesAtOnce; index += 1) await rm(temporaryOf(index), { force: true });
    report.end();
    await finished(report);
  }
  if (job.mappingsFolder !== null) await mappings.write(job.mappingsFolder);
  return totals;
}

/** A file that cannot be read or written ends as `PROCESSING_FAILED`: one bad disk block must not stop a folder. */
async function deidentifyFile(
  source: AsyncIterable<Buffer>,
  temporary: string,
  context: DeidentificationContext,
): Promise<DeidentificationOutcome> {
  const handle = await open(temporary, 'w');
  try {
    return await deidentifyInstance(source, { write: (chunk) => writeAll(handle, chunk) }, context);
  } catch {
    return { outcome: 'quarantined', sourceSha256: null, code: 'PROCESSING_FAILED', tagPath: null };
  } finally {
    await handle.close();
  }
}

/** Moves a finished output to its place and says how the file ended. */
async function place(
  file: InputFile,
  outcome: DeidentificationOutcome,
  temporary: string,
  outputFolder: string,
  written: Map<string, string>,
): Promise<ReportLine> {
  const quarantined = (code: QuarantineCode, tagPath: string | null): ReportLine => ({
    input: file.name,
    outcome: 'quarantined',
    code,
    tagPath,
    output: null,
    sourceSha256: outcome.sourceSha256,
    sha256: null,
    warnings: [],
  });
  if (outcome.outcome === 'withheld') return quarantined('PROCESSING_FAILED', null);
  if (outcome.outcome === 'quarantined') return quarantined(outcome.code, outcome.tagPath);
  const { instance } = outcome;
  const folder = join(instance.studyInstanceUid, instance.seriesInstanceUid);
  const name = `${folder}/${instance.sopInstanceUid}.dcm`;
  const earlier = written.get(name);
  if (earlier !== undefined && earlier !== instance.sha256) return quarantined('UID_CONFLICT', null);
  if (earlier === undefined) {
    await mkdir(join(outputFolder, folder), { recursive: true });
    await rename(temporary, join(outputFolder, name));
    written.set(name, instance.sha256);
  }
  return {
    input: file.name,
    outcome: 'deidentified',
    code: null,
    tagPath: null,
    output: name,
    sourceSha256: outcome.sourceSha256,
    sha256: instance.sha256,
    warnings: instance.warnings,
  };
}
