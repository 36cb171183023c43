import type { ObjectVersion, StoredObject } from './object-version';
import { compareUtf8, firstNot } from './utf8-order';

/** All versions of all keys of a bucket, in memory. */
export class ObjectIndex {
  /** Newest first. */
  private readonly versions = new Map<string, ObjectVersion[]>();
  /** Sorted by UTF-8 bytes; empty while `unsorted`. */
  private sortedKeys: string[] = [];
  private unsorted = false;

  get size(): number {
    return this.versions.size;
  }

  /** While a log is replayed keys are put in any order and sorted once. */
  startReplay(): void {
    this.unsorted = true;
  }

  endReplay(): void {
    this.sortedKeys = [...this.versions.keys()].sort(compareUtf8);
    this.unsorted = false;
  }

  /** Adds a version as the newest of its key, or replaces the one of the same id, which is returned. */
  put(version: ObjectVersion): ObjectVersion | undefined {
    const versions = this.versions.get(version.key);
    if (versions === undefined) {
      this.versions.set(version.key, [version]);
      this.insertKey(version.key);
      return undefined;
    }
    const at = versions.findIndex((other) => other.versionId === version.versionId);
    if (at >= 0) return versions.splice(at, 1, version)[0];
    versions.unshift(version);
    return undefined;
  }

  remove(key: string, versionId: string): ObjectVersion | undefined {
    const versions = this.versions.get(key);
    const at = versions?.findIndex((version) => version.versionId === versionId) ?? -1;
    if (versions === undefined || at < 0) return undefined;
    const [removed] = versions.splice(at, 1);
    if (versions.length === 0) {
      this.versions.delete(key);
      if (!this.unsorted) this.sortedKeys.splice(this.position(key), 1);
    }
    return removed;
  }

  newest(key: string): ObjectVersion | undefined {
    return this.versions.get(key)?.[0];
  }

  /** The newest version where it is an object and no delete marker. */
  current(key: string): StoredObject | undefined {
    const newest = this.newest(key);
    return newest?.kind === 'object' ? newest : undefined;
  }

  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.versions.get(key)?.find((version) => version.versionId === versionId);
  }

  versionsOf(key: string): readonly ObjectVersion[] {
    return this.versions.get(key) ?? [];
  }

  /** Keys in UTF-8 order, those with nothing but delete markers included. Not to be changed. */
  keys(): readonly string[] {
    return this.sortedKeys;
  }

  *all(): Iterable<ObjectVersion> {
    for (const versions of this.versions.values()) yield* versions;
  }

  /** Oldest first within a key, so that replaying them gives the same index. */
  *inReplayOrder(): Iterable<ObjectVersion> {
    for (const versions of this.versions.values()) yield* versions.toReversed();
  }

  private insertKey(key: string): void {
    if (this.unsorted) return;
    const last = this.sortedKeys.at(-1);
    if (last === undefined || compareUtf8(last, key) < 0) this.sortedKeys.push(key);
    else this.sortedKeys.splice(this.position(key), 0, key);
  }

  private position(key: string): number {
    return firstNot(this.sortedKeys, (other) => compareUtf8(other, key) < 0);
  }
}
