import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { catalogueRows } from './catalogue-rows';
import { obtainProject } from './demo-access';
import { prepareExports } from './demo-exports';
import { DemoInputError } from './demo-input-error';
import { signInDemoPeople } from './demo-people';
import { type DemoReport, demoProblems } from './demo-report';
import {
  addedUp,
  awaitReceipts,
  type DemoSubmission,
  type SentExport,
  sendExports,
} from './demo-submissions';

import { type ReadingResult, readImages } from './read-images';

/** The embedded platform, as the demonstration finds it. */
export interface DemoPlatform {
  /** Front door, e.g. `http://127.0.0.1:8080`. */
  readonly frontDoor: string;
  /** AWS endpoint, e.g. `http://127.0.0.1:8081`. */
  readonly aws: string;
  /** The same through the Data Access Environment's VPC endpoint, e.g. `http://127.0.0.1:8082`. */
  readonly vpcEndpoint: string;
  readonly region: string;
  /** `.nmip` */
  readonly dataFolder: string;
  /** Where the stand-in of the National Data Opt-out reads the numbers that are opted out, one a line. */
  readonly optedOutFile: string;
  /** Folders of the objects of these buckets. */
  readonly folders: {
    readonly deidentified: string;
    readonly quarantine: string;
    readonly catalogue: string;
  };
}

export interface DemoOptions {
  readonly platform: DemoPlatform;
  /** The command as built: `dist/nmip.cjs`. */
  readonly command: string;
  /** Folder whose files are sent; absent: synthetic studies. */
  readonly input?: string | undefined;
  /** File that takes the report. */
  readonly report?: string | undefined;
  /** What has gone before, in seconds. */
  readonly seconds: { readonly synth: number; readonly start: number };
  /** Takes a line for the person who watches. */
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface DemoResult {
  readonly report: DemoReport;
  /** Empty where all went as it should. */
  readonly problems: readonly string[];
  /** Milliseconds of `performance.now()` at which the first frame had been read. */
  readonly firstFrameAt: number;
}

/** Synthetic studies have NHS numbers; files of one's own may lack them, which only this collection of `local` accepts. */
const collections = { synthetic: 'chest', input: 'any-kind' } as const;

const outcomeNames = ['imported', 'duplicate', 'withheld', 'quarantined', 'missing'] as const;

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, seconds: Math.round(performance.now() - startedAt) / 1000 };
}

function printSubmissions(print: DemoOptions['print'], submissions: readonly DemoSubmission[]): void {
  for (const { trust, outcomes, quarantine, receipt } of submissions) {
    const counts = outcomeNames.map((name) => `${name} ${outcomes[name] ?? 0}`).join(', ');
    print(`  ${trust.odsCode}: ${counts}`);
    for (const [code, files] of Object.entries(quarantine)) print(`    ${code}: ${files}`);
    print(`    receipt (signature and sums verified): ${receipt}`);
  }
}

function printReading(print: DemoOptions['print'], { first, comparison, refusals }: ReadingResult): void {
  if (first === null) {
    print('  No image of the development split was imported: there is nothing that a researcher may read.');
    return;
  }
  print(`  Read by hand: metadata of a ${first.modality} series, and a frame of ${first.frameBytes} bytes.`);
  const { framesRead, equal, blanked, notComparable } = comparison;
  print(`  Read by the command: ${framesRead} frames; ${equal} are byte for byte what the trusts sent.`);
  if (blanked > 0) print(`  ${blanked} frames are blanked where their images say so.`);
  if (notComparable > 0)
    print(`  ${notComparable} frames could not be compared: the independent parser cannot read their files.`);
  for (const { what, status } of refusals)
    print(`  ${status === 403 ? 'Refused' : 'NOT REFUSED'} (${status}): ${what}`);
}

function printPlaces(
  print: DemoOptions['print'],
  { platform }: DemoOptions,
  objects: DemoReport['objects'],
): void {
  print('Where everything is:');
  print(`  Status page           ${platform.frontDoor}`);
  print(`  De-identified images  ${objects.deidentified}`);
  print(`  Quarantined files     ${objects.quarantine}`);
  print(`  AWS endpoint          ${platform.aws}, in the Data Access Environment ${platform.vpcEndpoint}`);
  print(`  The command           npx nmip login --api ${platform.frontDoor}`);
}

/**
 * The whole way from two trusts' folders to a researcher's image, with the real command: sign-in, roles, upload,
 * pipeline, application, two approvals, credential, reads, and reads that must be refused.
 * @throws Error where a step cannot be done at all; what is done but wrong stands in `problems`
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { platform, print, input } = options;
  const folder = resolve(platform.dataFolder, 'demo');
  const collection = input === undefined ? collections.synthetic : collections.input;
  await mkdir(folder, { recursive: true });

  print('1. Two trusts export images from their PACS.');
  const exports = await prepareExports(join(folder, 'exports'), {
    input,
    optedOutFile: platform.optedOutFile,
  });

  print('2. People sign in; the officer gives them their roles.');
  const people = await signInDemoPeople({
    command: resolve(options.command),
    api: platform.frontDoor,
    homes: join(folder, 'homes'),
    signal: options.signal,
  });

  print(`3. Each trust sends its folder into the collection ${collection}.`);
  const upload = await timed(() => sendExports(people, exports, collection));
  const sent: SentExport[] = [];
  for (const each of upload.result) {
    const { trust, skipped } = each;
    if (each.id === null) print(`  ${trust.odsCode}: nothing to send, ${skipped} skipped`);
    else {
      sent.push(each);
      print(`  ${trust.odsCode}: ${each.files} files sent, ${skipped} skipped, submission ${each.id}`);
    }
  }
  if (sent.length === 0)
    throw new DemoInputError(`There is no DICOM file in ${input}. Give another folder with --input.`);

  print('4. The platform clears, de-identifies and imports.');
  const pipeline = await timed(() => awaitReceipts(people, sent, join(folder, 'receipts')));
  const submissions = pipeline.result;
  printSubmissions(print, submissions);

  print('5. A researcher applies; two reviewers of other organisations approve.');
  const project = await obtainProject(people, collection);
  print(`  Project ${project}`);

  print('6. The researcher reads, with a credential that lasts an hour at most.');
  const rows = await catalogueRows(
    platform.folders.catalogue,
    submissions.map((each) => each.id),
  );
  let firstFrameAt = Number.NaN;
  const reading = await timed(() =>
    readImages(
      people,
      project,
      submissions,
      rows,
      {
        inside: platform.vpcEndpoint,
        outside: platform.aws,
        region: platform.region,
        folder: join(folder, 'frames'),
      },
      () => {
        firstFrameAt = performance.now();
      },
    ),
  );
  printReading(print, reading.result);

  const sums = addedUp(submissions.map((each) => each.outcomes));
  const report: DemoReport = {
    files: submissions.reduce((sum, each) => sum + each.files, 0),
    skipped: upload.result.reduce((sum, each) => sum + each.skipped, 0),
    outcomes: {
      imported: sums.imported ?? 0,
      duplicate: sums.duplicate ?? 0,
      withheld: sums.withheld ?? 0,
      quarantined: sums.quarantined ?? 0,
      missing: sums.missing ?? 0,
    },
    quarantine: addedUp(submissions.map((each) => each.quarantine)),
    imageSets: new Set(rows.map((row) => row.imageSetId)).size,
    framesRead: reading.result.comparison.framesRead,
    deniedReads: reading.result.refusals.filter(({ status }) => status === 403).length,
    seconds: {
      ...options.seconds,
      upload: upload.seconds,
      pipeline: pipeline.seconds,
      read: reading.seconds,
    },
    objects: { deidentified: platform.folders.deidentified, quarantine: platform.folders.quarantine },
  };
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  const problems = demoProblems(report, reading.result.comparison.differences, reading.result.refusals);
  printPlaces(print, options, report.objects);
  print(problems.length === 0 ? 'All accounts balance.' : 'This did not go as it should:');
  for (const problem of problems) print(`  ${problem}`);
  return { report, problems, firstFrameAt };
}
