import type { Question, QuestionContext } from '../question';
import type { Right } from './things';

/** A right and the requests that it would take. */
export interface Deeds {
  readonly right: Right;
  readonly questions: readonly Question[];
}

/** Every action on every resource. */
export function ask(
  actions: readonly string[],
  resources: readonly string[],
  context: QuestionContext,
): Question[] {
  return resources.flatMap((resource) => actions.map((action) => ({ action, resource, context })));
}
