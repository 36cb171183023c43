import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const projectFolder = join(__dirname, '..', '..');

/** Text of a document, by its path below the project's root. */
export function readDocument(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

const skipped = new Set(['node_modules', 'cdk.out', 'dist', 'coverage']);

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return skipped.has(entry.name) || entry.name.startsWith('.') ? [] : markdownBelow(path);
    return entry.name.endsWith('.md') ? [relative(projectFolder, path)] : [];
  });
}

/** Paths of all documents, below the project's root. */
export const documents: readonly string[] = markdownBelow(projectFolder).sort();

/** Text between a heading and the next one of the same level or above; empty where there is no such heading. */
export function sectionOf(text: string, heading: string): string {
  const lines = text.split('\n');
  const from = lines.indexOf(heading);
  if (from === -1) return '';
  const level = heading.indexOf(' ');
  const length = lines.slice(from + 1).findIndex((line) => (/^(#+) /.exec(line)?.[1]?.length ?? 99) <= level);
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n');
}

/** Lines of the fenced blocks of a document. */
export function fencedLines(text: string): string[] {
  return [...text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```$/gm)].flatMap(([, block]) =>
    (block ?? '').split('\n'),
  );
}

/** The name by which a heading is linked to, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Relative links of a document that lead nowhere. */
export function brokenLinks(document: string): string[] {
  const prose = readDocument(document).replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(document, '..', path);
    if (!existsSync(join(projectFolder, target))) return [link];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    const anchors = [...readDocument(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      anchorOf(heading),
    );
    return anchors.includes(anchor) ? [] : [link];
  });
}
