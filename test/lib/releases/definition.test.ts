import validate from 'asl-validator';
import jsonata from 'jsonata';
import type { Choice, Task } from '../../../lib/pipeline/asl';
import { releaseDefinition } from '../../../lib/releases/definition';
import { actionsOf, statementsOfRole } from '../synthesized-stage';

const functionArn = (name: string) => `arn:aws:lambda:eu-west-2:111122223333:function:${name}`;
const definition = releaseDefinition({
  takeSeries: functionArn('take'),
  guardRelease: functionArn('guard'),
  commitHeldOut: functionArn('commit'),
  measureRelease: functionArn('measure'),
  writeDocuments: functionArn('write'),
  publishRelease: functionArn('publish'),
  stopRelease: functionArn('stop'),
});
const top = definition.States;

async function chosen(name: string, held: boolean): Promise<string | undefined> {
  const { Choices, Default } = top[name] as Choice;
  const [rule] = Choices;
  const expression = /^\{%(.*)%\}$/s.exec(rule?.Condition ?? '')?.[1] ?? '';
  return (await jsonata(expression).evaluate({}, { states: { input: { held } } })) === true
    ? rule?.Next
    : Default;
}

describe('the state machine of releases', () => {
  it('is valid Amazon States Language', () => {
    expect(validate(definition, { checkPaths: true, checkArn: true }).errors).toEqual([]);
  });

  it('publishes only what has passed guard and gate, and after its documents', async () => {
    expect(definition.StartAt).toBe('TakeSeries');
    expect((top.TakeSeries as Task).Next).toBe('Guard');
    expect((top.Guard as Task).Next).toBe('NothingOnBothSides');
    expect(await chosen('NothingOnBothSides', true)).toBe('Held');
    expect(await chosen('NothingOnBothSides', false)).toBe('Commit');
    expect((top.Commit as Task).Next).toBe('Measure');
    expect((top.Measure as Task).Next).toBe('GroupsRepresented');
    expect(await chosen('GroupsRepresented', true)).toBe('Held');
    expect(await chosen('GroupsRepresented', false)).toBe('Document');
    expect((top.Document as Task).Next).toBe('Publish');
    expect((top.Publish as Task).End).toBe(true);
  });

  it('every step that fails beyond its retries is recorded', () => {
    const tasks = Object.values(top).filter((state): state is Task => state.Type === 'Task');
    const steps = tasks.filter(({ Catch }) => Catch?.[0]?.Next === 'RecordStop');
    expect(steps).toHaveLength(6);
    expect(top.Stopped?.Type).toBe('Fail');
  });
});

describe('functions of releases', () => {
  it('only the step that writes documents signs, and nobody deletes a document', () => {
    expect(actionsOf(statementsOfRole('releases', 'writedocuments'))).toContain('kms:Sign');
    for (const other of ['takeseries', 'measurerelease', 'publishrelease', 'PublicReleasesApi'])
      expect(actionsOf(statementsOfRole('releases', other))).not.toContain('kms:Sign');
  });

  it('what answers everybody reads one partition of the register and no row of the lake', () => {
    const statements = statementsOfRole('releases', 'PublicReleasesApi');
    const items = statements.filter(({ Action }) => JSON.stringify(Action).includes('dynamodb'));
    expect(items.every(({ Condition }) => JSON.stringify(Condition).includes('RELEASES'))).toBe(true);
    expect(actionsOf(statements).filter((action) => /^(athena|glue|s3:Put|s3:Delete)/.test(action))).toEqual(
      [],
    );
  });
});
