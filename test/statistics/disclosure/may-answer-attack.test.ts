import { mayAnswer, type QueryLimits } from '../../../statistics/disclosure/may-answer';
import { confined, recovered } from './attack/attacker';
import { attack, expressibleCells, type Rule } from './attack/campaign';
import { makeUniverse, seeded } from './attack/universe';

const limits: QueryLimits = { perProjectAndDay: 100, perProject: 100, perRelease: 100 };
const unused = { ofProjectToday: 0, ofProject: 0 };
const rule: Rule = (question, log) => mayAnswer(question, log, limits, unused);

it('keeps every cell of 1 to 7 unknown in 10,000 sequences of questions', () => {
  let [answered, refused, strong, cellsTried] = [0, 0, 0, 0];
  for (let seed = 1; seed <= 10_000; seed += 1) {
    const random = seeded(seed);
    const universe = makeUniverse(random);
    const campaign = attack(universe, rule, 14, random);
    answered += campaign.answered;
    refused += campaign.refused;
    const cells = expressibleCells(campaign, universe.people.length);
    cellsTried += cells.size;
    const found = recovered(campaign.known, universe.people, cells);
    if (found.length > 0) throw new Error(`seed ${seed}: cells ${found.join(', ')}`);
    if (seed % 20 === 0) strong += confined(campaign.known, universe.people, cells).length;
  }
  process.stderr.write(JSON.stringify({ answered, refused, strong, cellsTried })+'\n');
  expect(answered).toBeGreaterThan(20_000);
});
