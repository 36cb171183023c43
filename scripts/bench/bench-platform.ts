import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { writeImage } from '../../dicom/synthetic/write-image';
import type { DemoReport } from '../../local/demo/demo-report';
import { measureProcess, rounded } from './measured-process';
import { countPipeline, type PipelineCounts } from './pipeline-counts';

/** A CT series of this many slices is what one patient has. */
const slicesPerSeries = 100;

async function start(
  folder: string,
  words: readonly string[],
): Promise<{ report: DemoReport; firstFrame: number; counts: PipelineCounts }> {
  const report = join(folder, 'report.json');
  const data = join(folder, 'data');
  const ports = ['--port', '0', '--aws-port', '0', '--vpc-endpoint-port', '0'];
  const { stdout } = await measureProcess(
    [
      '--import',
      'tsx',
      'local/start.ts',
      '--once',
      '--fresh',
      '--data',
      data,
      '--report',
      report,
      ...ports,
      ...words,
    ],
    join(folder, 'peak'),
  );
  const firstFrame = Number(/^First frame read ([\d.]+) s after the start\.$/m.exec(stdout)?.[1]);
  const counts = await countPipeline(data);
  await rm(data, { recursive: true });
  return { report: JSON.parse(await readFile(report, 'utf8')) as DemoReport, firstFrame, counts };
}

/** Seconds from `npm start`, on a checkout that has never been synthesized, to the first frame read. */
export async function benchFirstFrame(
  folder: string,
): Promise<{ seconds: number; synth: number; start: number }> {
  await mkdir(folder, { recursive: true });
  await rm('cdk.out/embedded', { recursive: true, force: true });
  const { report, firstFrame } = await start(folder, []);
  return { seconds: rounded(firstFrame), synth: report.seconds.synth, start: report.seconds.start };
}

export interface PipelineBench {
  readonly files: number;
  /** Studies, of a hundred files each. */
  readonly studies: number;
  readonly megabytes: number;
  readonly upload: number;
  readonly pipeline: number;
  readonly read: number;
  readonly filesPerSecond: number;
  readonly stateTransitionsPerStudy: number;
  readonly functionCallsPerStudy: number;
}

/**
 * Seconds that the pipeline takes for CT files of 0.5 MB, from the end of the upload to the verified receipts, and what it
 * calls for it.
 */
export async function benchPipeline(folder: string, files: number): Promise<PipelineBench> {
  const input = join(folder, 'ct');
  let bytes = 0;
  for (let index = 0; index < files; index++) {
    const patient = Math.floor(index / slicesPerSeries);
    const study = {
      seed: 'bench',
      name: `ct-${patient}`,
      patient: fictitiousPatient('bench', patient),
      nhsNumberPlace: { attribute: 'PatientID', issuer: 'NHS' },
    } as const;
    const image = ctSlice(study, { series: 1, slice: (index % slicesPerSeries) + 1, size: 512 });
    bytes += image.instance.pixelBytes;
    await writeImage(join(input, `patient-${patient}`, `IM${String(index).padStart(4, '0')}`), image);
  }
  const { report, counts } = await start(folder, ['--input', input]);
  await rm(input, { recursive: true });
  if (report.outcomes.imported !== files)
    throw new Error(`${report.outcomes.imported} of ${files} files were imported.`);
  const { upload, pipeline, read } = report.seconds;
  const studies = Math.ceil(files / slicesPerSeries);
  return {
    files,
    studies,
    megabytes: rounded(bytes / 1e6),
    upload,
    pipeline,
    read,
    filesPerSecond: rounded(files / pipeline),
    stateTransitionsPerStudy: rounded(counts.stateTransitions / studies),
    functionCallsPerStudy: rounded(counts.functionCalls / studies),
  };
}
