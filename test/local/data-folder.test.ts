import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../local/data-folder';

describe('data folder', () => {
  let parent: string;
  let path: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'data-folder-'));
    path = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('is kept between starts', () => {
    const first = openDataFolder(path, false);
    writeFileSync(join(path, 'kept'), '1');
    first.release();
    openDataFolder(path, false).release();
    expect(existsSync(join(path, 'kept'))).toBe(true);
  });

  it('is emptied when a fresh one is asked for', () => {
    const first = openDataFolder(path, false);
    writeFileSync(join(path, 'kept'), '1');
    first.release();
    openDataFolder(path, true).release();
    expect(existsSync(join(path, 'kept'))).toBe(false);
  });

  it('is refused by name where it is a file', () => {
    writeFileSync(path, '1');
    expect(() => openDataFolder(path, false)).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_NOT_USABLE',
        message: expect.stringContaining('ENOTDIR'),
      }),
    );
  });

  it('is not taken, let alone emptied, when somebody else made it', () => {
    writeFileSync(join(parent, 'precious'), '1');
    expect(() => openDataFolder(parent, true)).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_NOT_OURS' }),
    );
    expect(existsSync(join(parent, 'precious'))).toBe(true);
  });

  it('is used by one process at a time', () => {
    const first = openDataFolder(path, false);
    expect(() => openDataFolder(path, true)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' }));
    first.release();
    openDataFolder(path, false).release();
  });

  it('is taken over from a process that was killed', () => {
    openDataFolder(path, false).release();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(path, 'lock'), `${pid} 1`);
    openDataFolder(path, false).release();
  });
});
