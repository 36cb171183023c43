import fc from 'fast-check';
import { sequence } from './sequences/actions';
import { Sequence } from './sequences/follow';
import { Violation } from './sequences/known-people';
import { planted, plantedFaults } from './sequences/planted-faults';
import { expectWholeHistory } from './sequences/tampering';

function mockReal(path: string): object {
  const { withFaults } = jest.requireActual('./sequences/planted-faults');
  return withFaults(jest.requireActual(path));
}
jest.mock('../../../lambda/register/decision-rules', () =>
  mockReal('../../../lambda/register/decision-rules'),
);
jest.mock('../../../lambda/register/independence', () => mockReal('../../../lambda/register/independence'));
jest.mock('../../../lambda/register/assessments', () => mockReal('../../../lambda/register/assessments'));
jest.mock('../../../lambda/register/closures', () => mockReal('../../../lambda/register/closures'));
jest.mock('../../../lambda/register/amendment', () => mockReal('../../../lambda/register/amendment'));
jest.mock('../../../lambda/register/grant-expiry', () => mockReal('../../../lambda/register/grant-expiry'));
jest.mock('../../../lambda/credentials/issue-decision', () =>
  mockReal('../../../lambda/credentials/issue-decision'),
);
jest.mock('../../../lambda/register/event-chain.contract', () =>
  mockReal('../../../lambda/register/event-chain.contract'),
);

let mockSkipped = 0;
jest.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => {
    mockSkipped += milliseconds;
  },
}));
beforeAll(() => void jest.spyOn(performance, 'now').mockImplementation(() => mockSkipped));
afterAll(() => void jest.restoreAllMocks());
afterEach(() => {
  planted.fault = null;
});

test.each(plantedFaults)('the rules would be seen broken where $name', async (fault) => {
  planted.fault = fault;
  const verdict = await fc.check(
    fc.asyncProperty(sequence(60), async (actions) => {
      const register = await Sequence.begin(new Map(), fault.table);
      for (const each of actions) await register.act(each);
      await expectWholeHistory(register.world.table);
    }),
    { seed: 11, numRuns: 200, endOnFailure: true },
  );
  // a rule was seen broken; an error of the test itself would be none
  expect(verdict.errorInstance).toBeInstanceOf(Violation);
});
