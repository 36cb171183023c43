import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseCommand } from '../../cli/release/release.command';
import { checksumsFile, signatureFile } from '../../lambda/releases/checksums.contract';
import { LocalReceiptSigner } from '../lambda/submission/submission-fixture';
import { publishTwo, signer } from './release-folders';

const folder = mkdtempSync(join(tmpdir(), 'nmip-release-'));
const [earlier, later] = [join(folder, '2026.3'), join(folder, '2026.4')];
const keys = join(folder, 'keys.json');

/** Runs the subcommand in this process. */
async function run(...words: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const written = { out: '', err: '' };
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  const err = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  try {
    await releaseCommand().parseAsync(words, { from: 'user' });
    return { code: process.exitCode, ...written };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    err.mockRestore();
  }
}

beforeAll(async () => {
  writeFileSync(keys, JSON.stringify({ keys: [await signer.publicKey()] }));
  await publishTwo(earlier, later);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The later release with something done to its folder. */
function spoilt(spoil: (path: string) => void): string {
  const path = mkdtempSync(join(folder, 'spoilt-'));
  for (const name of [...readFileSync(join(later, checksumsFile), 'utf8').matchAll(/ {2}(.+)$/gm)].map(
    ([, n = '']) => n,
  ))
    copyFileSync(join(later, name), join(path, name));
  for (const name of [checksumsFile, signatureFile]) copyFileSync(join(later, name), join(path, name));
  spoil(path);
  return path;
}

describe('nmip release verify', () => {
  it('tells which release it is, where everything is as it was signed', async () => {
    const { code, out } = await run('verify', later, '--keys', keys);
    expect(out).toContain('The release holds: 2026.4, 8 files');
    expect(code).toBe(0);
  });

  it('holds without the list of studies, which not everybody may have, and says that it was not there', async () => {
    const path = spoilt((each) => rmSync(join(each, 'manifest.csv')));
    const { code, out } = await run('verify', path, '--keys', keys, '--json');
    expect(JSON.parse(out)).toMatchObject({ valid: true, files: 7, notHere: ['manifest.csv'] });
    expect(code).toBe(0);
  });

  it.each<[string, string, (path: string) => void]>([
    ['a file that was changed', 'FILE_CHANGED', (path) => appendFileSync(join(path, 'datasheet.md'), ' ')],
    ['a file that is not there', 'FILE_MISSING', (path) => rmSync(join(path, 'croissant.json'))],
    [
      'a digest that was made to fit',
      'BAD_SIGNATURE',
      (path) => {
        appendFileSync(join(path, 'manifest.csv'), 'chest,1.2.9,1.2.9.1,1\n');
        const digest = createHash('sha256')
          .update(readFileSync(join(path, 'manifest.csv')))
          .digest('hex');
        const text = readFileSync(join(path, checksumsFile), 'utf8');
        writeFileSync(join(path, checksumsFile), text.replace(/^\w{64}(?= {2}manifest)/m, digest));
      },
    ],
    [
      'a signature of another form',
      'BAD_SIGNATURE',
      (path) => writeFileSync(join(path, signatureFile), '{}'),
    ],
  ])('ends with 5 at %s', async (_, expected, spoil) => {
    const { code, err, out } = await run('verify', spoilt(spoil), '--keys', keys, '--json');
    expect(JSON.parse(err)).toMatchObject({ code: expected });
    expect(code).toBe(5);
    expect(out).toBe('');
  });

  it('ends with 5 at a signature by another key', async () => {
    const others = join(folder, 'others.json');
    writeFileSync(others, JSON.stringify({ keys: [await new LocalReceiptSigner().publicKey()] }));
    const { code, err } = await run('verify', later, '--keys', others);
    expect(err).toContain('UNKNOWN_KEY');
    expect(code).toBe(5);
  });
});

describe('nmip release diff', () => {
  it('tells studies, figures before and after, and who is missing', async () => {
    const { code, out } = await run('diff', earlier, later);
    expect(out).toContain('2026.3 → 2026.4');
    expect(out).toContain('2 studies added, 1 study no longer in it (withdrawn: 0 to 7)');
    expect(out).toMatch(/^people +9,000 +10,000$/m);
    expect(out).toContain('Now too few, and not before:');
    expect(out).toContain('Black or Black British: African');
    expect(code).toBe(0);
  });

  it('has every study in JSON', async () => {
    const { out } = await run('diff', earlier, later, '--json');
    expect(JSON.parse(out)).toMatchObject({
      studiesAdded: ['1.2.4', '1.2.5'],
      studiesRemoved: ['1.2.1'],
      studiesWithdrawn: { kind: 'suppressed' },
    });
  });

  it('compares figures alone where a folder has no list of studies, as it is fetched by default', async () => {
    const path = spoilt((each) => rmSync(join(each, 'manifest.csv')));
    const { code, out, err } = await run('diff', earlier, path);
    expect(out).toContain('Studies were not compared');
    expect(out).toMatch(/^people +9,000 +10,000$/m);
    expect(err).toContain('a folder has no manifest.csv');
    expect(code).toBe(0);
  });

  it('ends with 2 where the first is not the earlier one', async () => {
    const { code, err } = await run('diff', later, earlier);
    expect(err).toContain('RELEASES_OUT_OF_ORDER');
    expect(code).toBe(2);
  });

  it('ends with 2 where a manifest is none, and names the line', async () => {
    const path = spoilt((each) => writeFileSync(join(each, 'manifest.csv'), 'study\n'));
    const { code, err } = await run('diff', earlier, path);
    expect(err).toContain('line 1');
    expect(code).toBe(2);
  });
});
