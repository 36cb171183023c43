import type { RequestContext } from './request-context';
import { markWildcards } from './wildcards';

/**
 * A text of a policy, cut at its policy variables; `marked` is the text with its wildcards marked, prepared once since
 * policies are asked at every request.
 */
export type PolicyText = readonly (
  | { readonly kind: 'text'; readonly text: string; readonly marked: string }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback?: string }
)[];

const VARIABLE = /\$\{([^}]*)\}/g;
const KEY_WITH_FALLBACK = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/;
/** `${*}`, `${?}` and `${$}` stand for the character itself. */
const LITERALS = new Set(['*', '?', '$']);

function textPart(text: string): PolicyText[number] {
  return { kind: 'text', text, marked: markWildcards(text) };
}

/** Reads a text; policies of versions before 2012-10-17 have no variables, there `${…}` is plain text. */
export function parsePolicyText(text: string, variables: boolean): PolicyText {
  if (!variables || !text.includes('${')) return [textPart(text)];
  const parts: PolicyText[number][] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const body = match[1] ?? '';
    if (match.index > from) parts.push(textPart(text.slice(from, match.index)));
    from = match.index + match[0].length;
    if (LITERALS.has(body)) {
      parts.push({ kind: 'variable', key: '', fallback: body });
      continue;
    }
    const key = KEY_WITH_FALLBACK.exec(body);
    if (key === null) parts.push(textPart(match[0]));
    else parts.push({ kind: 'variable', key: (key[1] ?? '').toLowerCase(), fallback: key[2] });
  }
  if (from < text.length) parts.push(textPart(text.slice(from)));
  return parts;
}

/**
 * The text with its variables filled in, or `undefined` where a variable has no single value in the request and no
 * default: such a text matches nothing.
 * @param wildcards whether `*` and `?` of the policy's own text are wildcards (values of variables never are)
 */
export function resolvePolicyText(
  parts: PolicyText,
  context: RequestContext,
  wildcards: boolean,
): string | undefined {
  let resolved = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      resolved += wildcards ? part.marked : part.text;
      continue;
    }
    const values = context.get(part.key);
    const value = values?.length === 1 ? values[0] : part.fallback;
    if (value === undefined) return undefined;
    resolved += value;
  }
  return resolved;
}
