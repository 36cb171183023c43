import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { writeUltrasoundCine } from '../../dicom/synthetic/write-image';
import { measureProcess, median, rounded } from './measured-process';

/** Odd, so that there is a middle one. */
const repetitions = 3;

/** Reads a file, digests it, writes it and digests what is written: what any engine must do at least. */
const copyWithDigests = `
const { createHash } = require('node:crypto');
const { createReadStream, createWriteStream } = require('node:fs');
const { pipeline } = require('node:stream/promises');
const [input, output] = process.argv.slice(1);
const [before, after] = [createHash('sha256'), createHash('sha256')];
pipeline(
  createReadStream(input, { highWaterMark: 1 << 20 }),
  async function* (source) { for await (const chunk of source) { before.update(chunk); after.update(chunk); yield chunk; } },
  createWriteStream(output),
);`;

export interface EngineBench {
  readonly megabytes: number;
  readonly engineMegabytesPerSecond: number;
  readonly enginePeakMegabytes: number;
  /** Copy with SHA-256 of input and output, run in turn with the engine. */
  readonly floorMegabytesPerSecond: number;
  /** Engine ÷ floor, of the same round. */
  readonly ratioToFloor: number;
}

/** Measures `nmip deidentify` as a whole process on an ultrasound cine loop of about that size. */
export async function benchEngine(folder: string, megabytes: number): Promise<EngineBench> {
  const [rows, columns] = [768, 1024];
  const input = join(folder, `cine-${megabytes}.dcm`);
  const study = {
    seed: 'bench',
    name: 'cine',
    patient: fictitiousPatient('bench', 0),
    nhsNumberPlace: { attribute: 'OtherPatientIDsSequence', issuer: 'NHS' },
  } as const;
  await mkdir(folder, { recursive: true });
  await writeUltrasoundCine(input, study, {
    rows,
    columns,
    frames: Math.ceil((megabytes * 1e6) / (rows * columns)),
  });
  const bytes = (await stat(input)).size;
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, randomBytes(32).toString('hex'));
  const rounds: { engine: number; peak: number; floor: number }[] = [];
  for (let round = 0; round < repetitions; round++) {
    const output = join(folder, 'engine-output');
    const options = [
      '--key-file',
      keyFile,
      '--collection',
      'any-kind',
      '--report',
      join(folder, 'report.jsonl'),
    ];
    const peakFile = join(folder, 'peak');
    const engine = await measureProcess(['dist/nmip.cjs', 'deidentify', input, output, ...options], peakFile);
    const copy = join(folder, 'copy');
    const floor = await measureProcess(['-e', copyWithDigests, input, copy], peakFile);
    rounds.push({ engine: engine.seconds, peak: engine.peakMegabytes, floor: floor.seconds });
    await rm(output, { recursive: true });
    await rm(copy);
  }
  await rm(input);
  const speed = (seconds: number) => rounded(bytes / 1e6 / seconds);
  return {
    megabytes: rounded(bytes / 1e6),
    engineMegabytesPerSecond: speed(median(rounds.map((round) => round.engine))),
    enginePeakMegabytes: Math.max(...rounds.map((round) => round.peak)),
    floorMegabytesPerSecond: speed(median(rounds.map((round) => round.floor))),
    ratioToFloor: rounded(median(rounds.map((round) => round.floor / round.engine)), 2),
  };
}
