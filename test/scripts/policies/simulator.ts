/**
 * A second opinion: decides by the evaluation rules of the IAM User Guide on the plain JSON of `npm run policies -- --json`,
 * sharing no code with the platform's evaluator. Knows the operators that the app uses, and refuses others by name.
 */

type Json = Readonly<Record<string, unknown>>;
type Texts = readonly string[];

const many = (value: unknown): Texts => (value === undefined ? [] : [value].flat().map(String));
const patterns = new Map<string, RegExp>();
function like(pattern: string, text: string): boolean {
  let regex = patterns.get(pattern);
  if (regex === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    regex = new RegExp(`^${source}$`, 's');
    patterns.set(pattern, regex);
  }
  return regex.test(text);
}
/** Each of the six components by itself; what is no ARN is like none. */
const arnLike = (pattern: string, text: string) => {
  const [p = [], t = []] = [pattern, text].map(
    (arn) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn) ?? [],
  );
  return p.length > 0 && t.length > 0 && p.slice(1).every((part, index) => like(part, t[index + 1] ?? ''));
};
const anyOf = (wanted: Texts, test: (want: string) => boolean) => wanted.some(test);

const operators: Readonly<Record<string, (wanted: Texts, got: Texts | undefined) => boolean>> = {
  StringEquals: (wanted, got) => got !== undefined && anyOf(wanted, (want) => want === got[0]),
  StringNotEquals: (wanted, got) => got === undefined || !anyOf(wanted, (want) => want === got[0]),
  StringLike: (wanted, got) => got !== undefined && anyOf(wanted, (want) => like(want, got[0] ?? '')),
  ArnLike: (wanted, got) => got !== undefined && anyOf(wanted, (want) => arnLike(want, got[0] ?? '')),
  ArnEquals: (wanted, got) => got !== undefined && anyOf(wanted, (want) => arnLike(want, got[0] ?? '')),
  Bool: (wanted, got) => got !== undefined && anyOf(wanted, (want) => want === got[0]),
  Null: (wanted, got) => anyOf(wanted, (want) => want === String(got === undefined)),
  DateLessThan: (wanted, got) =>
    got !== undefined && anyOf(wanted, (want) => Date.parse(got[0] ?? '') < Date.parse(want)),
  'ForAllValues:StringEquals': (wanted, got) => (got ?? []).every((one) => wanted.includes(one)),
  'ForAllValues:StringLike': (wanted, got) =>
    (got ?? []).every((one) => anyOf(wanted, (want) => like(want, one))),
};

function applies(
  statement: Json,
  asked: { action: string; resource: string },
  got: ReadonlyMap<string, Texts>,
  who: string,
): boolean {
  const lower = (texts: Texts) => texts.map((text) => text.toLowerCase());
  const actions = lower(many(statement.Action ?? statement.NotAction));
  if (anyOf(actions, (one) => like(one, asked.action.toLowerCase())) === (statement.NotAction !== undefined))
    return false;
  if (
    statement.Resource !== undefined &&
    !anyOf(many(statement.Resource), (one) => like(one, asked.resource))
  )
    return false;
  if (statement.Principal !== undefined && statement.Principal !== '*') {
    const { AWS, Service } = statement.Principal as Json;
    const account = `arn:aws:iam::${who.split(':')[4]}:root`;
    if (![...many(AWS), ...many(Service)].some((name) => name === who || name === '*' || name === account))
      return false;
  }
  return Object.entries((statement.Condition ?? {}) as Record<string, Json>).every(([operator, keys]) => {
    const holds = operators[operator];
    if (holds === undefined) throw new Error(`the condition operator ${operator} is not known`);
    return Object.entries(keys).every(([key, wanted]) => holds(many(wanted), got.get(key.toLowerCase())));
  });
}

/** An entry as it stands in the JSON. */
export interface DumpedEntry {
  readonly name: string;
  readonly principal: string;
  readonly identityPolicies: readonly Json[];
  readonly sessionPolicy: Json | null;
  readonly trustPolicy: Json | null;
  readonly permissionsBoundary?: Json;
  readonly cases: readonly { action: string; resource: string; context: Json; expect: string }[];
}

/** Every Deny wins; else each policy that stands in the way must allow: own rights, the session's, the trust asked for. */
export function secondOpinion(entry: DumpedEntry, asked: DumpedEntry['cases'][number]): 'allow' | 'deny' {
  const isService = !entry.principal.startsWith('arn:');
  const got = new Map(Object.entries(asked.context).map(([key, value]) => [key.toLowerCase(), many(value)]));
  const layers = [
    ...(isService ? [] : [entry.identityPolicies]),
    ...(entry.permissionsBoundary === undefined ? [] : [[entry.permissionsBoundary]]),
    ...(entry.sessionPolicy === null ? [] : [[entry.sessionPolicy]]),
    ...(entry.trustPolicy === null ? [] : [[entry.trustPolicy]]),
  ].map((documents) =>
    documents
      .flatMap((document) => document.Statement as Json[])
      .filter((statement) => applies(statement, asked, got, entry.principal)),
  );
  if (layers.flat().some(({ Effect }) => Effect === 'Deny')) return 'deny';
  return layers.length > 0 && layers.every((layer) => layer.length > 0) ? 'allow' : 'deny';
}
