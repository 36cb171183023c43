import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { functionEntries, functionName, taskEntries } from '../../../lib/bundling/function-entries';
import { stackNames, templateOf } from '../synthesized-stage';

describe('functions', () => {
  it('each handler of lambda/ is an entry', () => {
    const folder = join(__dirname, '../../../lambda');
    const handlers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.handler.ts'))
      .map((file) => file.replace('.handler.ts', ''));
    expect(handlers.sort()).toEqual([...functionEntries].sort());
  });

  it('each program of a container is an entry', () => {
    const folder = join(__dirname, '../../../lambda');
    const tasks = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.task.ts'))
      .map((file) => file.replace('.task.ts', ''));
    expect(tasks.sort()).toEqual([...taskEntries].sort());
  });

  it('each entry is deployed once, and nothing else is', () => {
    const paths = stackNames
      .flatMap((name) => Object.values(templateOf(name).findResources('AWS::IAM::Role')))
      .map(({ Properties }) => /^\/nmip\/example\/([\w-]+\/[\w-]+)\/$/.exec(Properties.Path ?? '')?.[1])
      .filter((path) => path !== undefined);
    expect(paths.sort()).toEqual([...functionEntries].sort());
  });

  it('no two share the folder of their bundle', () => {
    expect(new Set(functionEntries.map(functionName)).size).toBe(functionEntries.length);
  });
});
