import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BucketStore } from '../../../../local/aws/s3/bucket-store';
import {
  NULL_VERSION,
  newVersionId,
  nextSequencer,
  type StoredObject,
} from '../../../../local/aws/s3/object-version';
import { viewPath } from '../../../../local/aws/s3/object-view';

let folder: string;
let store: BucketStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nmip-bucket-'));
  store = new BucketStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function record(key: string, content: string, bytes: number, versionId: string = NULL_VERSION): StoredObject {
  return {
    kind: 'object',
    key,
    versionId,
    content,
    bytes,
    etag: 'e',
    modified: 0,
    sequencer: nextSequencer(0),
    headers: {},
    metadata: {},
    tags: {},
  };
}

function write(key: string, text: string, versionId?: string): StoredObject {
  const content = store.newContent();
  writeFileSync(content.path, text);
  const object = record(key, content.name, text.length, versionId);
  store.commit(object);
  return object;
}

function reopen(): void {
  store.close();
  store = new BucketStore(folder);
}

const shown = (key: string) => readFileSync(join(store.objectsFolder, viewPath(key)), 'utf8');
const content = (key: string) => {
  const current = store.index.current(key);
  return current && readFileSync(store.contentPath(current.content), 'utf8');
};
const contents = () =>
  readdirSync(join(folder, 'content')).flatMap((prefix) => readdirSync(join(folder, 'content', prefix)));

describe('a process that is killed', () => {
  it('while it receives an object leaves nothing of it', () => {
    writeFileSync(store.newContent().path, 'half an obj');
    reopen();
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    expect(store.index.size).toBe(0);
  });

  it('after the log has the object and before its file is in place has stored it', () => {
    const incoming = store.newContent();
    writeFileSync(incoming.path, 'whole');
    const line = JSON.stringify({ change: 'put', version: record('k', incoming.name, 5) });
    appendFileSync(join(folder, 'index.ndjson'), `${line}\n`);
    reopen();
    expect(content('k')).toBe('whole');
    expect(shown('k')).toBe('whole');
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('in the middle of a line of the log has not stored the object', () => {
    write('before', 'x');
    const incoming = store.newContent();
    writeFileSync(incoming.path, 'whole');
    const line = JSON.stringify({ change: 'put', version: record('k', incoming.name, 5) });
    appendFileSync(join(folder, 'index.ndjson'), line.slice(0, -10));
    reopen();
    expect(content('before')).toBe('x');
    expect(content('k')).toBeUndefined();
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('after an overwrite and before the old bytes are gone shows the new ones and removes the old', () => {
    const old = write('k', 'old');
    const kept = join(folder, 'kept');
    linkSync(store.contentPath(old.content), kept);
    write('k', 'new');
    rmSync(join(store.objectsFolder, 'k'));
    linkSync(kept, store.contentPath(old.content));
    linkSync(kept, join(store.objectsFolder, 'k'));
    reopen();
    expect(content('k')).toBe('new');
    expect(shown('k')).toBe('new');
    expect(contents()).toHaveLength(1);
  });

  it('after a removal in the log and before the files are gone removes them', () => {
    const object = write('folder/k', 'secret');
    const kept = join(folder, 'kept');
    linkSync(store.contentPath(object.content), kept);
    store.remove('folder/k', NULL_VERSION);
    linkSync(kept, store.contentPath(object.content));
    write('folder/other', 'x');
    linkSync(kept, join(store.objectsFolder, 'folder', 'k'));
    reopen();
    expect(existsSync(join(store.objectsFolder, 'folder', 'k'))).toBe(false);
    expect(contents()).toHaveLength(1);
  });
});

it('every sequence of writes and removals gives the same objects after a restart, and the same view', () => {
  const key = fc.constantFrom('a', 'a/b', 'a/b/c', 'd', '../e', '%', 'd/');
  const step = fc.record({ key, what: fc.constantFrom('put', 'version', 'remove') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      for (const existing of [...store.index.keys()])
        for (const version of [...store.index.versionsOf(existing)])
          store.remove(existing, version.versionId);
      const model = new Map<string, string[]>();
      for (const [position, { key: at, what }] of steps.entries()) {
        const versions = model.get(at) ?? [];
        if (what === 'remove') {
          const newest = store.index.newest(at);
          if (newest !== undefined) store.remove(at, newest.versionId);
          versions.shift();
        } else {
          const isNull = store.index.version(at, NULL_VERSION) !== undefined;
          write(at, `${position}`, what === 'version' || isNull ? newVersionId() : undefined);
          versions.unshift(`${position}`);
        }
        model.set(at, versions);
      }
      const check = () => {
        for (const [at, [newest]] of model) expect(content(at)).toBe(newest);
        const files = readdirSync(store.objectsFolder, { recursive: true, withFileTypes: true });
        const expectedFiles = [...model.values()].filter((versions) => versions.length > 0).length;
        expect(files.filter((file) => file.isFile())).toHaveLength(expectedFiles);
      };
      check();
      reopen();
      check();
      expect(contents()).toHaveLength([...model.values()].flat().length);
    }),
    { seed: 11, numRuns: 60 },
  );
});

it('the log is written anew when most of it is of the past', () => {
  const object = write('k', 'y');
  for (let index = 0; index < 12_000; index++) store.put({ ...object, modified: index });
  write('other', 'x');
  const lines = () => readFileSync(join(folder, 'index.ndjson'), 'utf8').split('\n').length - 1;
  expect(lines()).toBe(12_002);
  reopen();
  expect(lines()).toBe(2);
  expect(store.index.current('k')).toMatchObject({ modified: 11_999 });
  expect(content('other')).toBe('x');
});

it('different keys have different paths, none of which leaves the folder', () => {
  const key = fc.array(fc.constantFrom('a', '.', '..', '', '%', '%2E', 'a\\b', '%empty'), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(key, key, (first, second) => {
      const [a, b] = [first.join('/'), second.join('/')];
      expect(viewPath(a) === viewPath(b)).toBe(a === b);
      expect(join('/root', viewPath(a)).startsWith('/root/')).toBe(true);
      expect(join('/root', viewPath(a))).toBe(`/root/${viewPath(a)}`);
    }),
    { seed: 3, numRuns: 2000 },
  );
});
