/**
 * Wildcards of policy elements: `*` stands for any run of characters, `?` for exactly one. In a prepared pattern the
 * two are private-use code points, so that an asterisk that came out of a policy variable stays an asterisk.
 */
export const ANY_RUN = '\uE000';
export const ANY_ONE = '\uE001';

/** Marks the wildcards of a text as written in a policy. */
export function markWildcards(text: string): string {
  return text.replaceAll('*', ANY_RUN).replaceAll('?', ANY_ONE);
}

/** Whether the whole of `value` fits a prepared pattern. Linear in practice; never exponential. */
export function matchesPattern(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let runAt = -1;
  let resumeAt = 0;
  while (v < value.length) {
    const expected = pattern[p];
    if (expected === ANY_RUN) {
      runAt = p++;
      resumeAt = v;
    } else if (expected !== undefined && (expected === ANY_ONE || expected === value[v])) {
      p++;
      v++;
    } else if (runAt >= 0) {
      p = runAt + 1;
      v = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === ANY_RUN) p++;
  return p === pattern.length;
}

/**
 * Whether an ARN fits a prepared ARN pattern as `ArnLike` compares them: each of the six parts between colons by
 * itself, so a wildcard does not reach over a colon.
 */
export function matchesArnPattern(pattern: string, value: string): boolean {
  const patternParts = splitArn(pattern);
  const valueParts = splitArn(value);
  if (patternParts === undefined || valueParts === undefined) return false;
  return patternParts.every((part, index) => matchesPattern(part, valueParts[index] ?? ''));
}

function splitArn(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < 6) return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
