import {
  createReadStream,
  mkdirSync,
  openSync,
  type ReadStream,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { RecordLog } from '../../storage/record-log';
import { ObjectIndex } from './object-index';
import { newContentName, type ObjectVersion, type StoredObject } from './object-version';
import { ObjectView } from './object-view';
import { isFullDisk } from './s3-errors';

type LogRecord =
  | { readonly change: 'put'; readonly version: ObjectVersion }
  | { readonly change: 'remove'; readonly key: string; readonly versionId: string };

/** A killed process leaves undone at most what it was doing at once; so many last records are done again at opening. */
const REDONE_RECORDS = 1000;
/** The log is written anew at opening when it has this many records, and twice as many as there are versions. */
const COMPACTION_RECORDS = 10_000;

const READ_BYTES = 256 << 10;

/** Characters of a content's name that name its folder. */
const CONTENT_FOLDER_LENGTH = 2;

/** A file that is being written: nobody sees it before `commit`, and the next start removes it. */
export interface IncomingContent {
  readonly name: string;
  readonly path: string;
}

/**
 * Objects of one bucket on disk:
 * - `index.ndjson` the log of changes, the one place that says which versions there are;
 * - `content/<xx>/<name>` the bytes of every version, never changed once written; one opening of the store writes into
 *   one of the 256 folders, since to make them all would cost more than a whole start;
 * - `incoming/` files being written;
 * - `objects/` the current objects by key, for people.
 *
 * A change is in force as soon as its line is in the log. What follows on disk (content moved to its place, view
 * updated, dropped content removed) is done again at opening if the process was killed before it.
 */
export class BucketStore {
  readonly index = new ObjectIndex();
  /** Folder of the current objects. */
  readonly objectsFolder: string;
  private readonly view: ObjectView;
  private readonly log: RecordLog<LogRecord>;
  private readonly incomingFolder: string;
  private readonly contentFolder: string;
  /** What the names of all content begin with that this opening writes. */
  private readonly openingPrefix: string;

  constructor(readonly folder: string) {
    this.objectsFolder = join(folder, 'objects');
    this.incomingFolder = join(folder, 'incoming');
    this.contentFolder = join(folder, 'content');
    this.openingPrefix = newContentName().slice(0, CONTENT_FOLDER_LENGTH);
    mkdirSync(this.incomingFolder, { recursive: true });
    mkdirSync(join(this.contentFolder, this.openingPrefix), { recursive: true });
    this.view = new ObjectView(this.objectsFolder);
    const changedKeys: string[] = [];
    const dropped: string[] = [];
    this.index.startReplay();
    this.log = RecordLog.open<LogRecord>(join(folder, 'index.ndjson'), (record) => {
      const before =
        record.change === 'put'
          ? this.index.put(record.version)
          : this.index.remove(record.key, record.versionId);
      changedKeys.push(record.change === 'put' ? record.version.key : record.key);
      if (before?.kind === 'object' && !(record.change === 'put' && sameContent(before, record.version)))
        dropped.push(before.content);
      if (changedKeys.length > 2 * REDONE_RECORDS) changedKeys.splice(0, REDONE_RECORDS);
      if (dropped.length > 2 * REDONE_RECORDS) dropped.splice(0, REDONE_RECORDS);
    });
    this.index.endReplay();
    this.finishChanges(changedKeys.slice(-REDONE_RECORDS), dropped.slice(-REDONE_RECORDS));
    if (this.log.records > COMPACTION_RECORDS) this.compactLog();
  }

  newContent(): IncomingContent {
    const name = this.openingPrefix + newContentName().slice(CONTENT_FOLDER_LENGTH);
    return { name, path: join(this.incomingFolder, name) };
  }

  /** Drops a file that was being written. */
  discard(content: IncomingContent): void {
    rmSync(content.path, { force: true });
  }

  /** The file of a version's bytes; it is never written again, and goes when the version is removed. */
  contentPath(name: string): string {
    return join(this.contentFolder, name.slice(0, CONTENT_FOLDER_LENGTH), name);
  }

  /**
   * Opens the bytes of a version that was just looked up. Opened in the same turn, they stay readable to the end even
   * if the version is removed meanwhile. The descriptor is the caller's to close.
   */
  openContent(object: StoredObject): number {
    return openSync(this.contentPath(object.content), 'r');
  }

  /** A stream over the bytes, or over `bytes` of them from `start`; as safe from removal as `openContent`. */
  readContent(object: StoredObject, start = 0, bytes = object.bytes): ReadStream {
    const end = Math.max(start, start + bytes - 1);
    return createReadStream('', { fd: this.openContent(object), start, end, highWaterMark: READ_BYTES });
  }

  /** Makes a written file the content of a new version. Throws what the file system throws; then nothing has changed. */
  commit(object: StoredObject): void {
    this.log.append({ change: 'put', version: object });
    try {
      renameSync(join(this.incomingFolder, object.content), this.contentPath(object.content));
    } catch (error) {
      this.log.append({ change: 'remove', key: object.key, versionId: object.versionId });
      throw error;
    }
    const replaced = this.index.put(object);
    this.updateView(object.key);
    if (replaced?.kind === 'object') this.dropContent(replaced.content);
  }

  /** Adds a delete marker, or replaces the attributes (tags, retention) of a version that is there. */
  put(version: ObjectVersion): void {
    this.log.append({ change: 'put', version });
    const replaced = this.index.put(version);
    if (replaced !== undefined && sameContent(replaced, version)) return;
    this.updateView(version.key);
    if (replaced?.kind === 'object') this.dropContent(replaced.content);
  }

  /** Removes a version for ever. */
  remove(key: string, versionId: string): void {
    if (this.index.version(key, versionId) === undefined) return;
    this.log.append({ change: 'remove', key, versionId });
    const removed = this.index.remove(key, versionId);
    this.updateView(key);
    if (removed?.kind === 'object') this.dropContent(removed.content);
  }

  close(): void {
    this.log.close();
  }

  private updateView(key: string): void {
    const current = this.index.current(key);
    try {
      if (current === undefined) this.view.hide(key);
      else this.view.show(key, this.contentPath(current.content));
    } catch (error) {
      // On a full disk the object is stored and only its name for people is missing; the next opening makes it.
      if (!isFullDisk(error)) throw error;
    }
  }

  private dropContent(name: string): void {
    rmSync(this.contentPath(name), { force: true });
  }

  private finishChanges(changedKeys: readonly string[], dropped: readonly string[]): void {
    const incoming = readdirSync(this.incomingFolder);
    if (incoming.length > 0) {
      const committed = new Set<string>();
      for (const version of this.index.all()) if (version.kind === 'object') committed.add(version.content);
      for (const name of incoming) {
        if (committed.has(name)) renameSync(join(this.incomingFolder, name), this.contentPath(name));
        else rmSync(join(this.incomingFolder, name), { force: true });
      }
    }
    for (const key of new Set(changedKeys)) this.updateView(key);
    for (const name of dropped) this.dropContent(name);
  }

  private compactLog(): void {
    let versions = 0;
    for (const _ of this.index.all()) versions += 1;
    if (this.log.records < 2 * versions) return;
    const { index } = this;
    this.log.rewrite(
      (function* () {
        for (const version of index.inReplayOrder()) yield { change: 'put', version } as const;
      })(),
    );
  }
}

function sameContent(a: ObjectVersion, b: ObjectVersion): boolean {
  return a.kind === 'object' && b.kind === 'object' && a.content === b.content;
}
