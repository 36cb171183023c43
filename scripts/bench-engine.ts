import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { deidentifyInstance } from '../dicom/deidentify/deidentify-instance';
import { ctFile, writeCompressedCine, writeNativeFile } from './bench/engine-inputs';
import { benchContext } from './bench/engine-part';
import { median, rounded } from './bench/measured-process';
import { type TimedProcess, timeProcess } from './bench/timed-process';

const usage = 'npm run bench:engine [-- --rounds N] [--only small|large|cine|ct] [--folder FOLDER]';

interface Tool {
  readonly name: string;
  /** Brings about what must be there before the clock starts. */
  readonly before?: () => Promise<void>;
  readonly words: readonly string[];
}

const isThere = (command: string, ...words: string[]): boolean =>
  spawnSync(command, words, { stdio: 'ignore', timeout: 20_000 }).error === undefined;

const python = '/usr/bin/python3';

/** The same edits as far as each tool has them: names and numbers replaced, institution emptied, private ones gone. */
const pydicomScript = `
import pydicom, sys
data = pydicom.dcmread(sys.argv[1])
data.remove_private_tags()
data.PatientName = data.PatientID = 'PSEUDONYM'
data.PatientBirthDate = data.InstitutionName = data.ReferringPhysicianName = ''
for keyword in ('StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'):
    setattr(data, keyword, pydicom.uid.generate_uid())
data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
data.save_as(sys.argv[2])
`;

const dcmodifyEdits = [
  '-nb', '-ep', '-ma', '(0010,0010)=PSEUDONYM', '-ma', '(0010,0020)=PSEUDONYM', '-ma', '(0010,0030)=', '-ma', '(0008,0080)=',
  '-ma', '(0008,0090)=', '-gst', '-gse', '-gin',
]; // biome-ignore format: a table

const gdcmanonEdits = [
  '--dumb', '--replace', '10,10,PSEUDONYM', '--replace', '10,20,PSEUDONYM', '--empty', '10,30', '--empty', '8,80', '--empty',
  '8,90', '--replace', '8,18,2.25.1', '--replace', '20,d,2.25.2', '--replace', '20,e,2.25.3',
]; // biome-ignore format: a table

function tools(folder: string, input: string): Tool[] {
  const output = (name: string): string => join(folder, `out-${name}`);
  const engineProcess = join(folder, 'engine-process.cjs');
  const nmip = [
    ...[process.execPath, 'dist/nmip.cjs', 'deidentify', input, output('nmip'), '--quiet'],
    ...[
      '--key-file',
      join(folder, 'key'),
      '--collection',
      'any-kind',
      '--report',
      join(folder, 'report.jsonl'),
    ],
  ];
  const found: Tool[] = [
    { name: 'engine', words: [process.execPath, engineProcess, 'engine', input, output('engine')] },
    {
      name: 'engine with the hash of the source',
      words: [process.execPath, engineProcess, 'source-hash', input, output('hash')],
    },
    { name: 'nmip deidentify', words: nmip },
    { name: 'proof alone', words: [process.execPath, engineProcess, 'proof', input] },
  ];
  if (isThere('dcmodify', '--version')) {
    const copy = output('dcmodify');
    found.push(
      {
        name: 'dcmodify',
        before: () => copyFile(input, copy),
        words: ['dcmodify', ...dcmodifyEdits, copy],
      },
      {
        name: 'dcmodify with the copy it works on',
        words: [
          'sh',
          '-c',
          'cp "$0" "$1" && shift && exec dcmodify "$@"',
          input,
          copy,
          ...dcmodifyEdits,
          copy,
        ],
      },
    );
  }
  if (isThere('gdcmanon', '--version')) {
    found.push({
      name: 'gdcmanon',
      words: ['gdcmanon', ...gdcmanonEdits, '-i', input, '-o', output('gdcmanon')],
    });
  }
  if (spawnSync(python, ['-c', 'import pydicom'], { stdio: 'ignore' }).status === 0) {
    found.push({ name: 'pydicom', words: [python, '-c', pydicomScript, input, output('pydicom')] });
  }
  if (isThere('sha256sum', '--version')) found.push({ name: 'sha256sum', words: ['sha256sum', input] });
  return found;
}

interface ToolFigures {
  readonly medianSeconds: number;
  readonly megabytesPerSecond: number;
  readonly peakMegabytes: number | null;
  /** Seconds of the tool ÷ seconds of the engine in the same round, median. */
  readonly timesSlowerThanEngine: number;
}

async function emptyOutputs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('out-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Runs all tools in turn, several rounds, so that what the machine does besides meets all of them. */
async function compare(
  folder: string,
  input: string,
  bytes: number,
  rounds: number,
): Promise<Record<string, ToolFigures>> {
  const all = tools(folder, input);
  const runs = new Map<string, TimedProcess[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const tool of all) {
      await emptyOutputs(folder);
      await tool.before?.();
      runs.get(tool.name)?.push(await timeProcess(tool.words, join(folder, 'peak')));
    }
  }
  await emptyOutputs(folder);
  const own = runs.get('engine') ?? [];
  const figures = [...runs].map(([name, measured]): [string, ToolFigures] => {
    const seconds = median(measured.map((one) => one.seconds));
    const peaks = measured.flatMap(({ peakMegabytes }) => (peakMegabytes === null ? [] : [peakMegabytes]));
    return [
      name,
      {
        medianSeconds: rounded(seconds, 3),
        megabytesPerSecond: rounded(bytes / 1e6 / seconds, 0),
        peakMegabytes: peaks.length === 0 ? null : Math.max(...peaks),
        timesSlowerThanEngine: rounded(
          median(measured.map((one, index) => one.seconds / (own[index]?.seconds ?? Number.NaN))),
          2,
        ),
      },
    ];
  });
  return Object.fromEntries(figures);
}

/**
 * One instance over and over in this process, in pieces as a file or a network gives them: milliseconds an instance once
 * everything is warm, output digested and proof included.
 */
async function warm(file: Buffer, runs: number): Promise<{ megabytes: number; medianMilliseconds: number }> {
  const context = await benchContext(false);
  const pieceBytes = 512 * 1024;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
  }
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    const { outcome } = await deidentifyInstance(source(), { write: () => undefined }, context);
    times.push(performance.now() - startedAt);
    if (outcome !== 'deidentified') throw new Error(`The engine ended with ${outcome}.`);
  }
  return {
    megabytes: rounded(file.length / 1e6, 2),
    medianMilliseconds: rounded(median(times.slice(runs / 2)), 3),
  };
}

async function demandSpace(folder: string, megabytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  // The input, and the largest tool's output beside a copy.
  if (bavail * bsize < 3.2 * megabytes * 1e6) {
    throw new Error(`${folder} has no room for ${Math.ceil((3.2 * megabytes) / 1000)} GB.`);
  }
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0.');
  const wants = (name: string): boolean => values.only === undefined || values.only === name;
  const folder = await mkdtemp(join(values.folder, 'nmip-bench-'));
  const figures: Record<string, unknown> = {
    machine: { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
    rounds,
  };
  try {
    await writeFile(join(folder, 'key'), randomBytes(32).toString('hex'));
    await build({
      entryPoints: [join(__dirname, 'bench', 'engine-process.ts')],
      outfile: join(folder, 'engine-process.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
    });
    const files: [
      name: string,
      title: string,
      megabytes: number,
      write: (path: string) => Promise<number>,
    ][] = [
      [
        'cine',
        'compressed cine, 500 fragments with an offset table',
        50,
        (path) => writeCompressedCine(path, 500, 100_000),
      ],
      ['small', 'native multi-frame 525 MB', 525, (path) => writeNativeFile(path, 525)],
      ['large', 'native multi-frame 2.6 GB', 2600, (path) => writeNativeFile(path, 2600)],
    ];
    if (wants('ct')) figures['CT in a warm process, proof included'] = await warm(ctFile(), 2000);
    for (const [name, title, megabytes, write] of files) {
      if (!wants(name)) continue;
      console.error(`${title} …`);
      await demandSpace(folder, megabytes);
      const input = join(folder, 'input.dcm');
      const bytes = await write(input);
      if (name === 'cine') figures[`${title}, in a warm process`] = await warm(await readFile(input), 40);
      figures[title] = {
        megabytes: rounded(bytes / 1e6, 1),
        tools: await compare(folder, input, bytes, rounds),
      };
      await rm(input);
    }
    console.log(JSON.stringify(figures, null, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

bench().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error), `\nUsage: ${usage}`);
  process.exitCode = 1;
});
