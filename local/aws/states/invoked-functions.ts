import type { Branch, State } from './definition-schema';

function invokedBy(state: State): readonly string[] {
  switch (state.Type) {
    case 'Task': {
      const given = state.Arguments;
      const name =
        typeof given === 'object' && given !== null && 'FunctionName' in given ? given.FunctionName : null;
      return typeof name === 'string' && name.startsWith('arn:aws:lambda:') ? [name] : [];
    }
    case 'Map':
      return invokedFunctions(state.ItemProcessor);
    case 'Parallel':
      return state.Branches.flatMap((branch) => invokedFunctions(branch));
    default:
      return [];
  }
}

/** ARNs of the functions that states invoke, each once, in the order of the definition. */
export function invokedFunctions({ States }: Branch): string[] {
  return [...new Set(Object.values(States).flatMap(invokedBy))];
}
