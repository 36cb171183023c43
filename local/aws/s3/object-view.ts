import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder, inside the view, for keys whose own path is not to be had. No segment of a key is written like this. */
const ELSEWHERE = '%';
/** Errors that say that a path is taken by a folder, lies below a file, or is too long. */
const NOT_TO_BE_HAD = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'ENAMETOOLONG', 'EPERM']);
/** Errors of file systems without hard links. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP']);

/**
 * The folder `objects/` in which people find the current objects under their keys. Every file in it is a hard link to
 * the content, so it costs no space; S3 itself reads the content by its own name and never through this folder.
 */
export class ObjectView {
  private usesElsewhere: boolean;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.usesElsewhere = existsSync(join(folder, ELSEWHERE));
  }

  /** Makes `key` show this content file. */
  show(key: string, contentPath: string): void {
    const path = join(this.folder, viewPath(key));
    try {
      place(contentPath, path);
      if (this.usesElsewhere) unlinkIfThere(this.elsewhere(key));
    } catch (error) {
      if (!NOT_TO_BE_HAD.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      this.usesElsewhere = true;
      place(contentPath, this.elsewhere(key));
    }
  }

  /** Takes `key` out of the view, and the folders that are empty without it. */
  hide(key: string): void {
    const path = join(this.folder, viewPath(key));
    if (!unlinkIfThere(path)) {
      if (this.usesElsewhere) unlinkIfThere(this.elsewhere(key));
      return;
    }
    for (let parent = dirname(path); parent !== this.folder; parent = dirname(parent)) {
      try {
        rmdirSync(parent);
      } catch {
        return;
      }
    }
  }

  private elsewhere(key: string): string {
    return join(this.folder, ELSEWHERE, createHash('sha256').update(key).digest('hex'));
  }
}

/**
 * A key as a path inside the view: the key itself wherever its segments are harmless. Different keys have different
 * paths, and none leaves the folder: `.`, `..`, empty segments, `%`, backslashes and control characters are encoded.
 */
export function viewPath(key: string): string {
  return key.split('/').map(segmentName).join('/');
}

function segmentName(segment: string): string {
  if (segment === '') return '%empty';
  if (segment === '.') return '%2E';
  if (segment === '..') return '%2E%2E';
  return segment.replace(/[%\\]|\p{Cc}|\p{Cs}/gu, encodeCharacter);
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function place(contentPath: string, path: string): void {
  try {
    link(contentPath, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      mkdirSync(dirname(path), { recursive: true });
      link(contentPath, path);
    } else if (code === 'EEXIST') {
      const beside = `${path}.${randomBytes(6).toString('hex')}%new`;
      link(contentPath, beside);
      try {
        renameSync(beside, path);
      } finally {
        // rename() of two links to one file does nothing and leaves both.
        unlinkIfThere(beside);
      }
    } else throw error;
  }
}

function link(contentPath: string, path: string): void {
  try {
    linkSync(contentPath, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(contentPath, path);
  }
}

function unlinkIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
