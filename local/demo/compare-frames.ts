import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CatalogueRow } from './catalogue-rows';
import type { DemoPeople } from './demo-people';
import { personOf } from './demo-people';
import type { DemoSubmission } from './demo-submissions';
import { sourceFile } from './source-file';
import { sourceFrames } from './source-frames';

/** How the frames that a project has read compare with those of the files that the trusts sent. */
export interface FrameComparison {
  readonly framesRead: number;
  readonly equal: number;
  /** Frames of images of which the platform recorded that it blanked something in their pixel data. */
  readonly blanked: number;
  /** Frames of files that the independent parser cannot read, and that do not stand there in one piece. */
  readonly notComparable: number;
  /** Submission and ordinal of files with a frame that is missing or differs; no name and no identifier. */
  readonly differences: readonly string[];
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Warnings by which an image says that its pixel data is not that of its source. */
const blankingWarnings: ReadonlySet<string> = new Set(['PIXELS_BLANKED', 'COMMENTS_BLANKED']);

/**
 * How many frames stand in a file as they are, one piece each: what can be said of a file that the parser refuses.
 * Finding an empty frame says nothing.
 */
async function framesWithin(source: Buffer, folder: string, names: readonly string[]): Promise<number> {
  const frames = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return frames.filter((frame) => frame.length > 0 && source.includes(frame)).length;
}

/** The files of a submission by ordinal, from the uploader's own state: nobody else knows their paths. */
async function localFiles(
  people: DemoPeople,
  submission: DemoSubmission,
): Promise<(ordinal: number) => Promise<Buffer>> {
  const state = personOf(people, submission.trust.uploader).stateFolder;
  const record = JSON.parse(await readFile(join(state, 'submissions', `${submission.id}.json`), 'utf8')) as {
    readonly paths: readonly string[];
  };
  return (ordinal) => sourceFile(submission.folder, record.paths[ordinal - 1] ?? '');
}

/**
 * Compares every frame read with the frame of its source file, byte for byte.
 * @param folder frames as `nmip download --frames` writes them
 * @param rows the images of the development split
 */
export async function compareFrames(
  people: DemoPeople,
  submissions: readonly DemoSubmission[],
  rows: readonly CatalogueRow[],
  folder: string,
): Promise<FrameComparison> {
  const totals = { framesRead: 0, equal: 0, blanked: 0, notComparable: 0 };
  const differences: string[] = [];
  for (const submission of submissions) {
    const fileOf = await localFiles(people, submission);
    for (const row of rows.filter((each) => each.submission === submission.id)) {
      const frames = join(folder, row.studyInstanceUid, row.seriesInstanceUid, row.sopInstanceUid);
      const names = (await readdir(frames).catch((): string[] => [])).sort();
      const read = await Promise.all(names.map((name) => sha256(join(frames, name))));
      totals.framesRead += read.length;
      const file = await fileOf(row.ordinal);
      const source = await sourceFrames(file);
      if (!source.readable) {
        const found = await framesWithin(file, frames, names);
        totals.equal += found;
        totals.notComparable += read.length - found;
        continue;
      }
      const equal = source.sha256.filter((digest, index) => digest === read[index]).length;
      totals.equal += equal;
      const isBlanked = row.warnings.some((warning) => blankingWarnings.has(warning));
      if (isBlanked && read.length === source.sha256.length) {
        totals.blanked += read.length - equal;
        continue;
      }
      if (equal !== source.sha256.length || read.length !== source.sha256.length)
        differences.push(`${submission.id} file ${row.ordinal}`);
    }
  }
  return { ...totals, differences };
}
