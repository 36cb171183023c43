/** An object or array that the walk stands in. */
interface Level {
  /** Names seen so far; null in an array. */
  readonly names: Set<string> | null;
  /** Name, or place in the array, of what is being read. */
  current: string;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Places in a JSON text where a name stands twice in the same object, which `JSON.parse` takes without a word, the last
 * one winning. `__proto__` is among them, since objects in JavaScript lose what stands there.
 * @param text JSON that `JSON.parse` has accepted
 */
export function repeatedNames(text: string): string[][] {
  const found: string[][] = [];
  const levels: Level[] = [];
  let lastString = '""';
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token.startsWith('"')) lastString = token;
    else if (token === '{') levels.push({ names: new Set(['__proto__']), current: '' });
    else if (token === '[') levels.push({ names: null, current: '0' });
    else if (token === '}' || token === ']') levels.pop();
    else if (level === undefined) continue;
    else if (token === ':') {
      level.current = JSON.parse(lastString) as string;
      if (level.names?.has(level.current)) found.push(levels.map(({ current }) => current));
      level.names?.add(level.current);
    } else if (level.names === null) level.current = String(Number(level.current) + 1);
  }
  return found;
}
