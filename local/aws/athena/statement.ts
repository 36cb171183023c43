import { AwsError } from '../service';

/** A statement that is taken: a question, or a question whose answer goes into a folder. */
export type Statement =
  | { readonly kind: 'select'; readonly text: string }
  | {
      readonly kind: 'unload';
      readonly select: string;
      /** `s3://<bucket>/<folder>/` */
      readonly to: string;
      readonly compression: 'SNAPPY' | 'ZSTD' | 'GZIP';
      readonly partitionedBy: readonly string[];
    };

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message, 400);
}

/**
 * The text with literals, quoted names and comments blanked, character for character, so that what is looked for in it is
 * part of the language and stands where it stands.
 * @throws AwsError where a literal, name or comment does not end
 */
export function blanked(text: string): string {
  return text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|['"]|\/\*/g, (piece) => {
    if (piece === "'" || piece === '"' || piece === '/*')
      throw invalidRequest('Queries of this type are not supported: something in it does not end');
    return ' '.repeat(piece.length);
  });
}

/** Values of the literals in a text, in their order. */
function literals(text: string): string[] {
  return [...text.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
}

const compressions = ['SNAPPY', 'ZSTD', 'GZIP'] as const;

function readUnload(text: string, language: string): Statement {
  const open = language.indexOf('(');
  let depth = 0;
  let close = -1;
  for (let at = open; at >= 0 && at < language.length && close < 0; at += 1) {
    if (language[at] === '(') depth += 1;
    if (language[at] === ')') depth -= 1;
    if (depth === 0) close = at;
  }
  const rest = text.slice(close + 1);
  const form = /^\s*TO\s+'((?:[^']|'')+)'\s+WITH\s*\(([\s\S]*)\)\s*;?\s*$/i.exec(rest);
  const to = form?.[1]?.replaceAll("''", "'") ?? '';
  const options = form?.[2] ?? '';
  const [format] = literals(/\bformat\s*=\s*'[^']*'/i.exec(options)?.[0] ?? '');
  const [chosen = 'GZIP'] = literals(/\bcompression\s*=\s*'[^']*'/i.exec(options)?.[0] ?? '');
  const partitions = /\bpartitioned_by\s*=\s*ARRAY\s*\[([^\]]*)\]/i.exec(options)?.[1] ?? '';
  const unknown = blanked(options)
    .split(/[^A-Za-z_]+/)
    .filter((word) => !['', 'format', 'compression', 'partitioned_by', 'array'].includes(word.toLowerCase()));
  const compression = compressions.find((each) => each === chosen.toUpperCase());
  if (close < 0 || form === null || !/^s3:\/\/[^/]+\/.+$/.test(to))
    throw invalidRequest("UNLOAD must be of the form UNLOAD (query) TO 's3://bucket/folder/' WITH (options)");
  if (unknown.length > 0) throw invalidRequest(`UNLOAD with ${unknown[0]} is not known here`);
  if (format?.toUpperCase() !== 'PARQUET')
    throw invalidRequest('UNLOAD is known here in the format PARQUET only');
  if (compression === undefined)
    throw invalidRequest(`UNLOAD with the compression ${chosen} is not known here`);
  return {
    kind: 'unload',
    select: text.slice(open + 1, close),
    to: to.endsWith('/') ? to : `${to}/`,
    compression,
    partitionedBy: literals(partitions),
  };
}

/**
 * @throws AwsError InvalidRequestException for anything but one SELECT, WITH or UNLOAD
 */
export function readStatement(text: string): Statement {
  const language = blanked(text);
  const end = /;\s*$/.exec(language)?.index ?? language.length;
  const body = language.slice(0, end);
  if (body.includes(';')) throw invalidRequest('Only one sql statement is allowed');
  const word = /^\s*([A-Za-z]+)/.exec(body)?.[1]?.toUpperCase() ?? '';
  if (word === 'UNLOAD') return readUnload(text.slice(0, end), body);
  if (word === 'SELECT' || word === 'WITH') return { kind: 'select', text: text.slice(0, end) };
  throw invalidRequest(`Queries of this type are not supported: ${word || 'no statement'}`);
}

/** Those of the names that stand in a text as tables, behind FROM or JOIN; a column may have the name of a table. */
export function tablesIn(text: string, names: Iterable<string>): string[] {
  const read = text
    .replace(/'(?:[^']|'')*'/g, ' ')
    .matchAll(/\b(?:from|join)\s+(?:"?\w+"?\s*\.\s*)*"?(\w+)"?/gi);
  const words = new Set([...read].map(([, name = '']) => name.toLowerCase()));
  return [...names].filter((name) => words.has(name));
}

/** The values that a text asks a column to be equal to: `column = 'value'` and `column IN ('value', …)`. */
export function askedValues(text: string, column: string): string[] {
  const equal = new RegExp(`\\b${column}"?\\s*=\\s*('(?:[^']|'')*')`, 'gi');
  const within = new RegExp(`\\b${column}"?\\s+IN\\s*\\(((?:\\s*'(?:[^']|'')*'\\s*,?)+)\\)`, 'gi');
  const found = [...text.matchAll(equal), ...text.matchAll(within)].flatMap((match) =>
    literals(match[1] ?? ''),
  );
  return [...new Set(found)];
}
