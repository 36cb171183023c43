import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CatalogueRow, catalogueRows } from '../../local/demo/catalogue-rows';
import { sourceFrames } from '../../local/demo/source-frames';
import { filesBelow, type Leak, LeakSearch, type SourceValue } from '../../local/drill/leak-search';
import type { Platform } from '../../local/platform';
import { newDataFolder, projectFolder, type Report, receiptsInBucket, runOnce } from './demonstration';
import { platformOn } from './platform-on';

const corpus = join(projectFolder, '..', 'shared', 'corpus');
const python = '/usr/bin/python3';
const has = (command: string, ...parameters: string[]) =>
  spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;
const hasPydicom = has(python, '-c', 'import pydicom');
const describeWithCorpus = existsSync(corpus) && hasPydicom ? describe : describe.skip;

/**
 * Parts of names in the corpus that are also words of the platform's own vocabulary or of its configuration (`Pattern`
 * of an event rule, `Stroke` in an anatomical code): found outside the images they say nothing about the files.
 */
const vocabulary = new Set(['Pattern', 'Patient', 'Monthly', 'Perfusion', 'Stroke', 'MISTER']);

function sourceValues(): SourceValue[] {
  const files = readdirSync(corpus)
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(corpus, name));
  const script = join(__dirname, 'source_identifiers.py');
  const printed = execFileSync(python, [script, ...files], {
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { values } = JSON.parse(printed.toString('utf8')) as {
    values: Record<string, { text: string; kind: string }>;
  };
  return Object.entries(values).map(([bytes, value]) => ({ ...value, bytes: Buffer.from(bytes, 'hex') }));
}

describeWithCorpus('the whole way of real DICOM files', () => {
  const data = newDataFolder();
  let said = '';
  let code: number | null = null;
  let report: Report;
  let platform: Platform;

  beforeAll(async () => {
    const run = await runOnce(data, ['--fresh', '--input', corpus]);
    ({ said, code } = run);
    if (run.report === null) throw new Error(`the demonstration wrote no report:\n${said}`);
    report = run.report;
    platform = await platformOn(data);
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const bucketFolder = (variable: string) => platform.services.s3.objectsFolder(platform.variable(variable));
  const stored = () => [...filesBelow(bucketFolder('DEIDENTIFIED_BUCKET'), () => false)];
  const storedPath = ({ submission, split, ordinal }: CatalogueRow): string => {
    const path = stored().find(
      (each) =>
        each.includes(join(submission, split)) &&
        basename(each) === `${String(ordinal).padStart(6, '0')}.dcm`,
    );
    if (path === undefined) throw new Error(`nothing is stored of file ${ordinal} of ${submission}`);
    return path;
  };

  it('ends well, and every file sent has one end', () => {
    expect({ code, said }).toMatchObject({ code: 0 });
    const ends = Object.values(report.outcomes).reduce((sum, count) => sum + count, 0);
    expect(ends).toBe(report.files);
    expect(report.files + report.skipped).toBe(readdirSync(corpus).length);
    expect(report.outcomes.missing).toBe(0);
    expect(Object.values(report.quarantine).reduce((sum, count) => sum + count, 0)).toBe(
      report.outcomes.quarantined,
    );
    // PROCESSING_FAILED would be our own failure, not something that a person at a trust can act on.
    expect(Object.keys(report.quarantine)).not.toContain('PROCESSING_FAILED');
  });

  it('reads back every frame of the development split, and is refused what was not granted', async () => {
    const ids = receiptsInBucket(bucketFolder('WORK_BUCKET')).map(({ submission }) => submission);
    const rows = await catalogueRows(bucketFolder('CATALOGUE_BUCKET'), ids);
    expect(rows.length).toBe(report.outcomes.imported);
    const frames = { all: 0, unchanged: 0 };
    for (const row of rows.filter(({ split }) => split === 'development')) {
      const stored = await sourceFrames(storedPath(row));
      if (!stored.readable) throw new Error(`dicom-parser does not read stored file ${row.ordinal}`);
      frames.all += stored.sha256.length;
      if (!row.warnings.some((warning) => warning.endsWith('_BLANKED'))) {
        frames.unchanged += stored.sha256.length;
      }
    }
    expect(report.framesRead).toBe(frames.all);
    const equal = Number(/(\d+) are byte for byte what the trusts sent/.exec(said)?.[1]);
    const blanked = Number(/(\d+) frames are blanked where their images say so/.exec(said)?.[1] ?? 0);
    expect(equal + blanked).toBe(frames.all);
    expect(equal).toBeGreaterThanOrEqual(frames.unchanged);
    expect(frames.unchanged).toBeGreaterThan(0);
    expect(report.deniedReads).toBeGreaterThanOrEqual(6);
  });

  it('imports every file of the corpus whose SOP Instance UID is its own, and one of those that share one', () => {
    const receipts = receiptsInBucket(bucketFolder('WORK_BUCKET'));
    const bySha256 = new Map(
      receipts.flatMap(({ files }) => files).map((file) => [file.sha256, file.code ?? file.outcome]),
    );
    const outcomeOf = (name: string) =>
      bySha256.get(
        createHash('sha256')
          .update(readFileSync(join(corpus, name)))
          .digest('hex'),
      );
    // Same UID and, where there are pixels, the same or other pixel data; in manifest order.
    expect(outcomeOf('034_ot_evle_GH1301.dcm')).toBe('imported');
    expect(outcomeOf('038_ot_evle_chrX2.dcm')).toBe('duplicate');
    expect(outcomeOf('014_ct_jpgl57_CT0012.fragmented_no_bot_jpeg_lossless.5.dcm')).toBe('imported');
    expect(outcomeOf('016_ct_jls_CT0012.fragmented_no_bot_jpeg_ls.80.dcm')).toBe('UID_CONFLICT');
    expect(outcomeOf('019_ct_rle_CT0012.not_fragmented_no_bot_rle.dcm')).toBe('UID_CONFLICT');
    expect(outcomeOf('039_ot_evle_SC_rgb_2frame.dcm')).toBe('imported');
    expect(outcomeOf('047_ot_rle_SC_rgb_rle_32bit_2frame.dcm')).toBe('UID_CONFLICT');
    expect(outcomeOf('053_rtdose_ivle_rtdose.dcm')).toBe('imported');
    expect(outcomeOf('054_rtdose_evbe_rtdose_expb_1frame.dcm')).toBe('UID_CONFLICT');
    expect(outcomeOf('061_rtplan_ivle_rtplan_truncated.dcm')).toBe('TRUNCATED');
    expect(outcomeOf('011_ct_jpg53_CTImage.dcm_JPEGProcess6_8TransferSyntax.dcm')).toBe(
      'UNSUPPORTED_TRANSFER_SYNTAX',
    );
  });

  it('leaves no name, id, accession number or UID of a source anywhere but where files wait as sent', async () => {
    const landing = [...platform.services.s3.buckets()].map(({ definition }) => definition.name);
    const asSent = [
      ...landing
        .filter((name) => name.includes('-landing-'))
        .map((name) => platform.services.s3.objectsFolder(name)),
      bucketFolder('QUARANTINE_BUCKET'),
      // The demonstration's copies of what the trusts hold and of what their own command remembers.
      join(data, 'demo', 'exports'),
      join(data, 'demo', 'homes'),
    ];
    const skip = (path: string) => asSent.some((folder) => path === dirname(folder) || path === folder);
    const values = sourceValues();
    const search = new LeakSearch(values);
    const leaks: Leak[] = await search.inFolder(data, skip);
    for (const table of ['LEDGER_TABLE', 'REGISTER_TABLE']) {
      for await (const item of platform.services.dynamodb.items(platform.variable(table))) {
        leaks.push(...search.inBytes(Buffer.from(JSON.stringify(item)), table));
      }
    }
    const images = bucketFolder('DEIDENTIFIED_BUCKET');
    const words = new Set([...vocabulary].map((word) => word.toLowerCase()));
    const told = leaks.filter(
      (leak) => leak.where.startsWith(images) || !words.has(leak.value.toLowerCase()),
    );
    expect([...new Set(told.map(({ where, label }) => `${where}: ${label}`))]).toEqual([]);
    expect(values.length).toBeGreaterThan(500);
  }, 120_000);

  it('stores under keys that name nothing but submission, split, pack and ordinal', () => {
    const root = bucketFolder('DEIDENTIFIED_BUCKET');
    const keys = stored().map((path) => path.slice(root.length + 1));
    expect(keys.length).toBe(report.outcomes.imported);
    for (const key of keys) {
      expect(key).toMatch(/^s-[0-9a-z]{26}\/(development|held-out)\/p-\d{4}\/\d{6}\.dcm$/);
    }
  });

  (has('dcmdump', '--version') ? it : it.skip)(
    'stores files that dcmdump reads',
    () => {
      for (const path of stored()) {
        const { status } = spawnSync('dcmdump', ['-q', path], { stdio: 'ignore' });
        expect({ file: basename(path), status }).toEqual({ file: basename(path), status: 0 });
      }
    },
    60_000,
  );

  (has('gdcmdump', '--version') ? it : it.skip)(
    'stores files that gdcmdump reads',
    () => {
      for (const path of stored()) {
        const { status } = spawnSync('gdcmdump', [path], { stdio: 'ignore' });
        expect({ file: basename(path), status }).toEqual({ file: basename(path), status: 0 });
      }
    },
    60_000,
  );
});
