import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { lakeTables } from '../../../../lambda/lake/lake-tables.contract';
import type { TestPlatform } from '../test-platform';
import { askerPolicy, engineOf, startLakePlatform } from './lake-platform';

/** The questions of the runbook's section on the first deployment, in their order. */
const runbook = readFileSync(join(__dirname, '../../../../docs/runbook.md'), 'utf8');
const section = runbook.split('\n## ').find((each) => each.startsWith('First deployment: Athena')) ?? '';
const questions = [...section.matchAll(/`ask "([^"]+)"`/g)].map(([, text = '']) =>
  text.replace('<release>', '2026.1'),
);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startLakePlatform();
});
afterAll(() => platform.stop());

it('has questions that the embedded platform answers over tables without any file', async () => {
  const engine = engineOf(platform, 'engineer', askerPolicy(Object.keys(lakeTables)));
  const answers: unknown[] = [];
  for (const text of questions)
    answers.push(await engine.rows(text, z.record(z.string(), z.union([z.string(), z.number()]))));
  expect(answers).toEqual([[{ images: 0 }], [], [{ series: 0 }]]);
  await expect(
    engine.rows((questions.at(-1) ?? '').replace(/ WHERE .*/, ''), z.unknown()),
  ).rejects.toMatchObject({ reason: 'FAILED' });
});
