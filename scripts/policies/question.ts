/** Condition keys of a request and their values; keys of several values hold a list. */
export type QuestionContext = Readonly<Record<string, string | readonly string[]>>;

/** What is asked of IAM about one request. */
export interface Question {
  /** `service:Operation`. */
  readonly action: string;
  /** ARN, or `*` for actions that name no resource. */
  readonly resource: string;
  readonly context: QuestionContext;
}

export type Verdict = 'allow' | 'deny';

/** A request with what the rules say about it. */
export interface Case extends Question {
  readonly expect: Verdict;
}

/** The value of a key of one value, whatever the case of its name; `undefined` where the request has no such key. */
export function keyValue(context: QuestionContext, key: string): string | undefined {
  const value = keyValues(context, key);
  return value?.length === 1 ? value[0] : undefined;
}

/** All values of a key; `undefined` where the request has no such key. */
export function keyValues(context: QuestionContext, key: string): readonly string[] | undefined {
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  const value = name === undefined ? undefined : context[name];
  return typeof value === 'string' ? [value] : value;
}

/** Each question with the verdict of the rules. */
export function judged(
  questions: readonly Question[],
  may: (question: Question) => boolean,
): readonly Case[] {
  return questions.map((question) => ({ ...question, expect: may(question) ? 'allow' : 'deny' }));
}
