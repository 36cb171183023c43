import type { Branch, State, StateMachineDefinition } from './definition-schema';
import { expressionFault, expressionOf, isArray } from './jsonata-template';
import type { Json } from './payload-limits';

/** Where a fault of a definition lies, as a JSON pointer-like path, and what is wrong. */
export interface DefinitionFault {
  readonly path: string;
  readonly message: string;
}

/** What the machine runs inside: Express child workflows may do less. */
interface Surroundings {
  readonly path: string;
  readonly jsonata: boolean;
  readonly express: boolean;
  /** Variables that the enclosing scopes assign; an inner scope must not assign them (Step Functions, "Variable scope"). */
  readonly outerVariables: ReadonlySet<string>;
  /** Names of states seen so far in the whole machine; they must be unique. */
  readonly names: Set<string>;
  readonly knownResources: ReadonlySet<string>;
}

const itemReaderResource = 'arn:aws:states:::s3:getObject';
const resultWriterResource = 'arn:aws:states:::s3:putObject';

/**
 * Faults of a definition that has the right shape: dangling and unreachable states, JSONata that does not parse,
 * resources that the embedded platform does not run, fields that do not belong together.
 * @param knownResources ARNs of the integrations at hand
 */
export function definitionFaults(
  definition: StateMachineDefinition,
  knownResources: ReadonlySet<string>,
): DefinitionFault[] {
  return branchFaults(definition, {
    path: '',
    jsonata: definition.QueryLanguage === 'JSONata',
    express: false,
    outerVariables: new Set(),
    names: new Set(),
    knownResources,
  });
}

function branchFaults(branch: Branch, around: Surroundings): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  const reached = new Set<string>();
  const waiting = [branch.StartAt];
  if (!branch.States[branch.StartAt]) {
    faults.push({ path: `${around.path}/StartAt`, message: `names the missing state "${branch.StartAt}"` });
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = branch.States[name];
    if (!state || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...successors(state));
  }
  const assigned = new Set(Object.values(branch.States).flatMap(assignedNames));
  const inner = { ...around, outerVariables: new Set([...around.outerVariables, ...assigned]) };
  for (const [name, state] of Object.entries(branch.States)) {
    const path = `${around.path}/States/${name}`;
    if (around.names.has(name)) faults.push({ path, message: 'the name of the state is used twice' });
    around.names.add(name);
    if (!reached.has(name)) faults.push({ path, message: 'the state cannot be reached' });
    for (const next of successors(state)) {
      if (!branch.States[next]) faults.push({ path, message: `goes on to the missing state "${next}"` });
    }
    for (const variable of assignedNames(state)) {
      if (around.outerVariables.has(variable)) {
        faults.push({ path, message: `assigns "${variable}", a variable of an outer scope` });
      }
    }
    faults.push(...stateFaults(state, { ...inner, path }));
  }
  return faults;
}

/** Names of the states that may come after a state. */
function successors(state: State): string[] {
  const next: (string | undefined)[] = [];
  if ('Next' in state) next.push(state.Next);
  if ('Catch' in state) next.push(...state.Catch.map((catcher) => catcher.Next));
  if (state.Type === 'Choice') next.push(state.Default, ...state.Choices.map((rule) => rule.Next));
  return next.filter((name) => name !== undefined);
}

function assignedNames(state: State): string[] {
  const names: string[] = [];
  if ('Assign' in state && state.Assign) names.push(...Object.keys(state.Assign));
  if ('Catch' in state) names.push(...state.Catch.flatMap(({ Assign }) => Object.keys(Assign ?? {})));
  if (state.Type === 'Choice')
    names.push(...state.Choices.flatMap(({ Assign }) => Object.keys(Assign ?? {})));
  return [...new Set(names)];
}

function stateFaults(state: State, around: Surroundings): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  const add = (message: string, field = '') => {
    faults.push({ path: `${around.path}${field}`, message });
  };
  if (!around.jsonata && state.QueryLanguage !== 'JSONata') {
    add('uses the query language JSONPath; the embedded platform runs JSONata only', '/QueryLanguage');
  }
  for (const { location, text } of strings(ownFields(state), '')) {
    const expression = expressionOf(text);
    if (expression === undefined) {
      if (/^\s*\{%|%\}\s*$/.test(text)) add('a JSONata string must begin with {% and end with %}', location);
      continue;
    }
    const fault = expressionFault(expression);
    if (fault !== undefined) add(`JSONata does not parse: ${fault}`, location);
  }
  if ('End' in state || 'Next' in state) {
    if ((state.End === undefined) === (state.Next === undefined)) add('needs either Next or End');
  } else if (state.Type !== 'Choice' && state.Type !== 'Succeed' && state.Type !== 'Fail') {
    add('needs either Next or End');
  }
  if ('Retry' in state) {
    wildcardFaults(state.Retry, 'Retry', add);
    wildcardFaults(state.Catch, 'Catch', add);
  }
  switch (state.Type) {
    case 'Task':
      if (!around.knownResources.has(state.Resource)) {
        add(`"${state.Resource}" is not an integration that the embedded platform runs`, '/Resource');
      }
      if (around.express && state.Resource.endsWith('.waitForTaskToken')) {
        add('an Express workflow cannot wait for a task token', '/Resource');
      }
      if (
        typeof state.HeartbeatSeconds === 'number' &&
        typeof state.TimeoutSeconds === 'number' &&
        state.HeartbeatSeconds >= state.TimeoutSeconds
      ) {
        add('must be smaller than TimeoutSeconds', '/HeartbeatSeconds');
      }
      return faults;
    case 'Wait':
      if ((state.Seconds === undefined) === (state.Timestamp === undefined)) {
        add('needs either Seconds or Timestamp');
      }
      return faults;
    case 'Parallel':
      for (const [index, branch] of state.Branches.entries()) {
        faults.push(...branchFaults(branch, { ...around, path: `${around.path}/Branches[${index}]` }));
      }
      return faults;
    case 'Map':
      return [...faults, ...mapFaults(state, around)];
    default:
      return faults;
  }
}

function mapFaults(state: Extract<State, { Type: 'Map' }>, around: Surroundings): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  const add = (field: string, message: string) => {
    faults.push({ path: `${around.path}/${field}`, message });
  };
  const { Mode, ExecutionType } = state.ItemProcessor.ProcessorConfig;
  if (Mode === 'INLINE') {
    const distributedOnly = [
      'ItemReader',
      'ItemBatcher',
      'ResultWriter',
      'ToleratedFailurePercentage',
      'ToleratedFailureCount',
      'Label',
    ] as const;
    for (const field of distributedOnly) {
      if (state[field] !== undefined) add(field, 'belongs to the mode DISTRIBUTED');
    }
    if (ExecutionType !== undefined) add('ItemProcessor/ProcessorConfig', 'ExecutionType needs DISTRIBUTED');
  } else {
    if (ExecutionType === undefined) add('ItemProcessor/ProcessorConfig', 'DISTRIBUTED needs ExecutionType');
    if (around.express) add('ItemProcessor', 'an Express workflow cannot run a Distributed Map');
  }
  if (state.ItemReader && state.Items !== undefined) add('Items', 'cannot stand beside ItemReader');
  if (state.ItemReader && state.ItemReader.Resource !== itemReaderResource) {
    add(
      'ItemReader/Resource',
      `"${state.ItemReader.Resource}" is not a reader that the embedded platform runs`,
    );
  }
  const writer = state.ResultWriter;
  if (writer) {
    if (writer.Resource !== undefined && writer.Resource !== resultWriterResource) {
      add('ResultWriter/Resource', `"${writer.Resource}" is not a writer that the embedded platform runs`);
    }
    if ((writer.Resource === undefined) !== (writer.Arguments === undefined)) {
      add('ResultWriter', 'needs Resource and Arguments together');
    }
    if (writer.Resource === undefined && writer.WriterConfig === undefined) {
      add('ResultWriter', 'needs Resource and Arguments, WriterConfig, or both');
    }
  }
  const batcher = state.ItemBatcher;
  if (batcher && batcher.MaxItemsPerBatch === undefined && batcher.MaxInputBytesPerBatch === undefined) {
    add('ItemBatcher', 'needs MaxItemsPerBatch or MaxInputBytesPerBatch');
  }
  const inner: Surroundings = {
    ...around,
    path: `${around.path}/ItemProcessor`,
    express: around.express || ExecutionType === 'EXPRESS',
    outerVariables: Mode === 'DISTRIBUTED' ? new Set() : around.outerVariables,
  };
  return [...faults, ...branchFaults(state.ItemProcessor, inner)];
}

/** `States.ALL` stands alone and last. */
function wildcardFaults(
  handlers: readonly { readonly ErrorEquals: readonly string[] }[],
  field: 'Retry' | 'Catch',
  add: (message: string, field: string) => void,
): void {
  for (const [index, { ErrorEquals }] of handlers.entries()) {
    const wildcard = ErrorEquals.includes('States.ALL');
    if (wildcard && (ErrorEquals.length > 1 || index !== handlers.length - 1)) {
      add('States.ALL must stand alone and in the last place', `/${field}[${index}]`);
    }
  }
}

/** A state without the states inside it. */
function ownFields(state: State): Json {
  const own: Record<string, Json> = {};
  for (const [name, value] of Object.entries(state) as [string, Json][]) {
    if (name !== 'Branches' && name !== 'ItemProcessor' && name !== 'Comment') own[name] = value;
  }
  return own;
}

function* strings(value: Json, location: string): Generator<{ location: string; text: string }> {
  if (typeof value === 'string') {
    yield { location, text: value };
  } else if (value !== null && typeof value === 'object') {
    if (isArray(value)) {
      for (const [index, member] of value.entries()) yield* strings(member, `${location}[${index}]`);
    } else {
      for (const [name, member] of Object.entries(value)) yield* strings(member, `${location}/${name}`);
    }
  }
}
