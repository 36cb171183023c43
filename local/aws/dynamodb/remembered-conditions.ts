/** What dynalite's parser of conditions is given with a text. */
export interface ConditionContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: Readonly<Record<string, unknown>> | undefined;
  /** Names and values that no expression of the request has used so far; the parser takes out those it meets. */
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
  /** A condition of a Query, which dynalite changes after it is parsed. */
  readonly isKeyCondition?: boolean;
}

export interface ConditionParser {
  parse(text: string, options: { readonly context: ConditionContext }): unknown;
}

interface Parsed {
  readonly condition: unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Conditions kept at once; then all are forgotten. Most are few, and those with a version in them come once. */
const mostConditions = 1_000;

const unused = (record: Readonly<Record<string, unknown>> | undefined): Record<string, true> =>
  Object.fromEntries(Object.keys(record ?? {}).map((name) => [name, true]));

/** Parses with a context of its own, so that what is used counts, whether or not an earlier expression used it too. */
function parseAlone(parser: ConditionParser, text: string, context: ConditionContext): Parsed {
  const [unusedAttrNames, unusedAttrVals] = [unused(context.attrNames), unused(context.attrVals)];
  const condition = parser.parse(text, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  const used = (record: Readonly<Record<string, unknown>> | undefined, left: Record<string, true>) =>
    Object.keys(record ?? {}).filter((name) => !(name in left));
  return {
    condition,
    names: used(context.attrNames, unusedAttrNames),
    values: used(context.attrVals, unusedAttrVals),
  };
}

/**
 * A parser that remembers conditions by text, names and values: parsing them is half the work of a transaction, and the
 * same few come again and again. What the grammar refuses is not remembered.
 */
export function rememberingParser(parser: ConditionParser): ConditionParser['parse'] {
  const remembered = new Map<string, Parsed>();
  return (text, options) => {
    const { context } = options;
    if (context.isKeyCondition) return parser.parse(text, options);
    const key = JSON.stringify([text, context.attrNames, context.attrVals]);
    let parsed = remembered.get(key);
    if (parsed === undefined) {
      parsed = parseAlone(parser, text, context);
      if (remembered.size >= mostConditions) remembered.clear();
      remembered.set(key, parsed);
    }
    for (const name of parsed.names) delete context.unusedAttrNames[name];
    for (const name of parsed.values) delete context.unusedAttrVals[name];
    return parsed.condition;
  };
}
