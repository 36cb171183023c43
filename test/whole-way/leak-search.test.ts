import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LeakSearch } from '../../local/drill/leak-search';

const value = { kind: 'name', text: 'Tèstperson', bytes: Buffer.from('Tèstperson', 'latin1') };

describe('the search for leaked values finds a planted value', () => {
  const search = new LeakSearch([value]);
  const around = (bytes: Buffer) => Buffer.concat([Buffer.from('abc'), bytes, Buffer.from('xyz')]);

  it.each([
    ['as in the file', value.bytes],
    ['in UTF-8', Buffer.from(value.text)],
    ['in UTF-16 little endian', Buffer.from(value.text, 'utf16le')],
    ['in UTF-16 big endian', Buffer.from(value.text, 'utf16le').swap16()],
    ['in hex', Buffer.from(Buffer.from(value.text).toString('hex').toUpperCase())],
  ])('%s', (_name, bytes) => {
    expect(search.inBytes(around(bytes), 'here').map((leak) => leak.offset)).toEqual([3]);
  });

  it.each([0, 1, 2, 3])('in base64 after %d other bytes', (before) => {
    const text = Buffer.concat([Buffer.alloc(before, 7), Buffer.from(value.text), Buffer.alloc(5, 9)]);
    expect(search.inBytes(Buffer.from(text.toString('base64')), 'here')).toHaveLength(1);
  });

  it('in gzip, and in the name of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leak-'));
    try {
      writeFileSync(join(folder, 'Tèstperson.gz'), gzipSync(around(value.bytes)));
      const leaks = await search.inFolder(folder, () => false);
      expect(leaks.map((leak) => leak.label).sort()).toEqual(['name, UTF-8', 'name, as in the file']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('and nothing where there is nothing', () => {
    expect(search.inBytes(around(Buffer.from('Testperson')), 'here')).toEqual([]);
  });
});
