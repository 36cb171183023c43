import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Independent programs that read DICOM; a test of one is skipped, by name, where it is not installed. */
const isThere = (command: string, ...args: string[]): boolean => {
  const { error, status } = spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 });
  return error === undefined && status !== null;
};

export const oracles = {
  dcmdump: isThere('dcmdump', '--version'),
  gdcmdump: isThere('gdcmdump', '--version'),
  dciodvfy: isThere('dciodvfy', '-version'),
  dcmdjpeg: isThere('dcmdjpeg', '--version'),
  pydicom: spawnSync('/usr/bin/python3', ['-c', 'import pydicom, numpy'], { stdio: 'ignore' }).status === 0,
} as const;

export const itWith = (oracle: keyof typeof oracles): jest.It | typeof it.skip =>
  oracles[oracle] ? it : it.skip;

/** What a program says of a file: complaints only, and whether it ended well. */
export function complaintsOf(command: 'dcmdump' | 'gdcmdump', file: string): string[] {
  const { status, stderr } = spawnSync(command, [file], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    timeout: 60_000,
  });
  const errors = stderr
    .split('\n')
    .filter((line) => line.startsWith('E:') || /exception|could not/i.test(line));
  return status === 0 ? errors : [`${command} ended with ${status}`, ...errors];
}

/** Classes of error that dciodvfy reports: what it says, without the values and numbers of one file. */
export function dciodvfyErrors(file: string): Set<string> {
  const { stdout, stderr } = spawnSync('dciodvfy', [file], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    timeout: 60_000,
  });
  const classOf = (line: string): string =>
    line
      .replace(/<[^>]*>/g, '<>')
      .replace(/\[[^\]]*\]/g, '[]')
      .replace(/\d+/g, '#');
  return new Set(
    `${stdout}\n${stderr}`
      .split('\n')
      .filter((line) => line.startsWith('Error'))
      .map(classOf),
  );
}

const pydicomScript = `
import hashlib, json, sys, pydicom
result = {}
for path in json.load(sys.stdin):
    try:
        data = pydicom.dcmread(path, force=True)
        str(data)
        pixels = [data[k].value for k in ('PixelData', 'FloatPixelData', 'DoubleFloatPixelData') if k in data]
        result[path] = hashlib.md5(pixels[0]).hexdigest() if pixels else 'none'
    except Exception as error:
        result[path] = 'unreadable: ' + type(error).__name__
json.dump(result, sys.stdout)
`;

/** MD5 of the pixel data of each file as pydicom reads it; `none`, or `unreadable: …`. */
export function pydicomPixelDigests(files: readonly string[]): Record<string, string> {
  const { stdout } = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', pydicomScript], {
    input: JSON.stringify(files),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  return JSON.parse(stdout) as Record<string, string>;
}

const redactionScript = `
import json, sys, numpy, pydicom
result = {}
for before, after in json.load(sys.stdin):
    source, output = pydicom.dcmread(before), pydicom.dcmread(after)
    keep = numpy.zeros((source.Rows, source.Columns), bool)
    for region in source.SequenceOfUltrasoundRegions:
        if region.RegionSpatialFormat in (1, 2, 3, 4):
            keep[region.RegionLocationMinY0:region.RegionLocationMaxY1 + 1, region.RegionLocationMinX0:region.RegionLocationMaxX1 + 1] = True
    frames = int(source.get('NumberOfFrames', 1))
    shape = (frames, source.Rows, source.Columns, -1)
    old, new = source.pixel_array.reshape(shape), output.pixel_array.reshape(shape)
    result[after] = {
        'regionsEqual': bool((old[:, keep] == new[:, keep]).all()),
        'valuesOutside': len(numpy.unique(new[:, ~keep].reshape(-1, new.shape[-1]), axis=0)),
        'burnedIn': str(output.get('BurnedInAnnotation')),
    }
json.dump(result, sys.stdout)
`;

export interface Redaction {
  /** All samples inside the ultrasound regions of the source are as they were. */
  readonly regionsEqual: boolean;
  /** Different pixels outside of the regions. */
  readonly valuesOutside: number;
  readonly burnedIn: string;
}

/** How outputs differ in their pixels from their sources, decoded and told apart by pydicom and numpy. */
export function pydicomRedactions(pairs: readonly (readonly [string, string])[]): Record<string, Redaction> {
  const { stdout } = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', redactionScript], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  return JSON.parse(stdout) as Record<string, Redaction>;
}

/** MD5 of what dcmdjpeg makes of a JPEG image, without its header: the samples. */
export function dcmdjpegPixels(file: string, folder: string): string {
  const decoded = join(folder, 'decoded.dcm');
  spawnSync('dcmdjpeg', [file, decoded], { stdio: 'ignore', timeout: 60_000 });
  return pydicomPixelDigests([decoded])[decoded] ?? 'none';
}
