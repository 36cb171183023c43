import { nearestName } from '../../statistics/nearest-name';
import { FilterError, type FilterErrorCode, shownText } from './filter-error.contract';
import {
  type FieldName,
  fieldNames,
  isFieldName,
  isNumberField,
  type NumberFieldName,
  type ValueFieldName,
} from './filter-fields.contract';
import { type LiteralFault, readNumber, readValue } from './filter-literals.contract';
import { filterTokens, type Token } from './filter-tokens.contract';
import type { Condition, Filter, OrderOperator } from './filter-tree.contract';

/** Brackets and `not` inside each other, at most. */
export const filterDepth = 20;
/** Conditions and values of a list, at most: what a person writes, and what an engine still takes in one text. */
export const filterItems = 500;

const operators = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is known', 'is not known'] as const;
const keywords = ['and', 'or', 'not', 'in', 'is', 'known'] as const;
/** Operators of other languages. */
const otherOperators: Readonly<Record<string, string>> = {
  '==': '=',
  '===': '=',
  '<>': '!=',
  '!==': '!=',
  '=<': '<=',
  '=>': '>=',
  '&': 'and',
  '&&': 'and',
  '|': 'or',
  '||': 'or',
  '!': 'not',
};

/**
 * Reads a filter, as it is written. Names, words and coded values count without case.
 * `filter := or`, `or := and (OR and)*`, `and := term (AND term)*`, `term := NOT term | "(" or ")" | condition`.
 * @throws FilterError whatever the text is, and nothing else
 */
export function parseFilter(text: string): Filter {
  return new Parser(filterTokens(text)).filter();
}

class Parser {
  private next = 0;
  private counted = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  filter(): Filter {
    if (this.isAtEnd()) return { kind: 'everything' };
    const condition = this.alternatives(0);
    if (!this.isAtEnd()) throw this.fault('FILTER_SYNTAX', '`and`, `or`, or the end');
    return condition;
  }

  private get token(): Token {
    const token = this.tokens[this.next];
    if (token === undefined) throw new Error('read beyond the end of a filter');
    return token;
  }

  private isAtEnd(): boolean {
    return this.token.kind === 'end';
  }

  private isWord(word: (typeof keywords)[number]): boolean {
    return this.token.kind === 'word' && this.token.text.toLowerCase() === word;
  }

  private takeWord(word: (typeof keywords)[number]): boolean {
    const found = this.isWord(word);
    if (found) this.next += 1;
    return found;
  }

  private take(kind: '(' | ')' | ','): boolean {
    const found = this.token.kind === kind;
    if (found) this.next += 1;
    return found;
  }

  private fault(
    code: FilterErrorCode,
    expected: string,
    nearest: string | null | undefined = null,
    token = this.token,
  ): FilterError {
    return new FilterError({
      code,
      position: token.position,
      found: token.kind === 'end' ? '' : shownText(token.text),
      expected,
      ...(nearest == null ? {} : { nearest }),
    });
  }

  private alternatives(depth: number): Condition {
    const operands = [this.conjunction(depth)];
    while (this.takeWord('or')) operands.push(this.conjunction(depth));
    return joined('or', operands);
  }

  private conjunction(depth: number): Condition {
    const operands = [this.term(depth)];
    while (this.takeWord('and')) operands.push(this.term(depth));
    return joined('and', operands);
  }

  private term(depth: number): Condition {
    if (depth > filterDepth)
      throw this.fault('FILTER_TOO_DEEP', `at most ${filterDepth} brackets inside each other`);
    if (this.takeWord('not')) return { kind: 'not', operand: this.term(depth + 1) };
    if (!this.take('(')) return this.condition();
    const condition = this.alternatives(depth + 1);
    if (!this.take(')')) throw this.fault('FILTER_SYNTAX', '`and`, `or` or `)`');
    return condition;
  }

  private condition(): Condition {
    this.count();
    const field = this.field();
    if (this.takeWord('is')) return this.knownness(field);
    const negated = this.takeWord('not');
    if (this.takeWord('in')) return this.list(field, negated);
    if (negated) throw this.fault('FILTER_OPERATOR', '`in` after `not`');
    return this.comparison(field);
  }

  private count(): void {
    this.counted += 1;
    if (this.counted > filterItems)
      throw this.fault('FILTER_TOO_LONG', `at most ${filterItems} conditions and values`);
  }

  private field(): FieldName {
    const { kind, text } = this.token;
    if (kind !== 'word') throw this.fault('FILTER_SYNTAX', 'a field, `not` or `(`');
    const name = text.toLowerCase();
    if (!isFieldName(name)) {
      const nearest = nearestName(name.replaceAll('-', '_'), fieldNames);
      throw this.fault('FILTER_UNKNOWN_FIELD', `a field: ${fieldNames.join(', ')}`, nearest);
    }
    this.next += 1;
    return name;
  }

  private knownness(field: FieldName): Condition {
    const negated = this.takeWord('not');
    if (!this.takeWord('known')) throw this.fault('FILTER_OPERATOR', '`is known` or `is not known`');
    return { kind: 'known', field, negated };
  }

  private comparison(field: FieldName): Condition {
    const token = this.token;
    const allowed = isNumberField(field) ? operators : operators.filter((each) => !/[<>]/.test(each));
    if (token.kind !== 'operator' || !allowed.some((each) => each === token.text)) {
      const expected = `an operator that ${field} has: ${allowed.join(', ')}`;
      const nearest = token.kind === 'operator' ? (otherOperators[token.text] ?? null) : null;
      throw this.fault('FILTER_OPERATOR', expected, nearest);
    }
    this.next += 1;
    const operator = token.text;
    const negated = operator === '!=';
    if (!isNumberField(field)) return { kind: 'in-values', field, negated, values: [this.value(field)] };
    if (isOrder(operator)) return { kind: 'compares', field, operator, number: this.number(field) };
    return { kind: 'in-numbers', field, negated, numbers: [this.number(field)] };
  }

  private list(field: FieldName, negated: boolean): Condition {
    if (!this.take('(')) throw this.fault('FILTER_SYNTAX', '`(` and a list of values');
    return isNumberField(field)
      ? { kind: 'in-numbers', field, negated, numbers: this.items(() => this.number(field)) }
      : { kind: 'in-values', field, negated, values: this.items(() => this.value(field)) };
  }

  private items<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.take(',')) {
      this.count();
      items.push(item());
    }
    if (!this.take(')')) throw this.fault('FILTER_SYNTAX', '`,` or `)`');
    return items;
  }

  private value(field: ValueFieldName): string {
    return this.literal(() => readValue(field, this.token.text));
  }

  private number(field: NumberFieldName): number {
    return this.literal(() => readNumber(field, this.token.text));
  }

  private literal<Value>(read: () => Value | LiteralFault): Value {
    const token = this.token;
    const isKeyword = token.kind === 'word' && keywords.some((word) => word === token.text.toLowerCase());
    if ((token.kind !== 'word' && token.kind !== 'quoted') || isKeyword)
      throw this.fault('FILTER_SYNTAX', 'a value; one that is more than a word stands in quotation marks');
    const value = read();
    if (isFault(value)) throw this.fault(value.code, value.expected, value.nearest);
    this.next += 1;
    return value;
  }
}

const isOrder = (operator: string): operator is OrderOperator => /^[<>]=?$/.test(operator);

const isFault = <Value>(value: Value | LiteralFault): value is LiteralFault =>
  typeof value === 'object' && value !== null && 'code' in value;

/** Operands of the same kind side by side are one: brackets that change nothing leave no trace. */
function joined(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  return { kind, operands: operands.flatMap((each) => (each.kind === kind ? each.operands : [each])) };
}
