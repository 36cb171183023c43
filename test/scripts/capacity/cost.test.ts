import { compressedShare, memory } from '../../../scripts/capacity/cost/assumptions';
import { ingestCost, scanningCost, sum, summarise } from '../../../scripts/capacity/cost/cost-lines';
import { ingestDemands } from '../../../scripts/capacity/cost/demands';
import { costOf, examples, workOf } from '../../../scripts/capacity/cost/examples';
import { prices } from '../../../scripts/capacity/cost/prices';
import { exampleText, pricesText } from '../../../scripts/capacity/print-report';
import { readSettings } from '../../../scripts/capacity/settings';
import { templateOf } from '../../lib/synthesized-stage';

const { shape } = readSettings('example');
const [ct, xray] = examples as [(typeof examples)[0], (typeof examples)[0]];
const cases = examples.flatMap((example) => [false, true].map((alone) => costOf(example, alone, shape)));

describe('a sum', () => {
  it.each(cases)('of $example.name is that of its lines, and each line quantity times price', (cost) => {
    const { lines, usd } = cost;
    expect(lines.reduce((total, line) => total + line.usd, 0)).toBeCloseTo(usd, 12);
    for (const line of lines) expect(line.usd).toBeCloseTo(line.quantity * line.unitUsd, 15);
    expect(lines.every((line) => line.usd >= 0 && Number.isFinite(line.usd))).toBe(true);
    const { parts, total } = summarise(lines, 1);
    expect(total).toBeCloseTo(usd, 12);
    expect(parts.reduce((all, part) => all + part.usd, 0)).toBeCloseTo(usd, 12);
  });

  it('grows with the work in proportion', () => {
    const work = workOf(ct, true);
    const doubled = Object.fromEntries(
      Object.entries(work).map(([name, value]) => [name, value * 2]),
    ) as unknown as typeof work;
    expect(sum(ingestCost(doubled, shape))).toBeCloseTo(2 * sum(ingestCost(work, shape)), 12);
  });

  it('has the requests of a CT that the code makes', () => {
    const { lines } = costOf(ct, true, shape);
    const quantity = (what: string) => lines.find((line) => line.what === what)?.quantity;
    expect(quantity('file to landing, by presigned URL')).toBe(500);
    expect(quantity('file from landing')).toBe(500);
    expect(quantity('de-identified file')).toBe(500);
    expect(quantity('de-identified file, read by HealthImaging')).toBe(500);
    expect(quantity('claim of an instance, transactional')).toBe(1_000);
    expect(quantity('Express child of a batch')).toBe(Math.ceil(500 / 12));
    expect(quantity('states of a submission')).toBe(shape.transitionsPerSubmission);
    expect(quantity('states of an import job')).toBe(shape.transitionsPerJob);
  });
});

describe('a target', () => {
  it.each(cases)('of $example.name is met or not by the numbers', (cost) => {
    const { example, usd, met, uncompressedUsd, uncompressedMet } = cost;
    expect(met).toBe(usd <= example.targetUsd);
    expect(uncompressedMet).toBe(uncompressedUsd <= example.targetUsd);
    const text = exampleText(cost);
    expect(text).toContain(`$${usd.toFixed(6)}: target $${example.targetUsd} ${met ? 'met' : 'NOT met'}`);
  });

  it('turns with the target', () => {
    expect(costOf({ ...ct, targetUsd: 0 }, false, shape).met).toBe(false);
    expect(costOf({ ...ct, targetUsd: 1 }, false, shape).met).toBe(true);
    expect(exampleText(costOf({ ...ct, targetUsd: 0 }, false, shape))).toContain('target $0 NOT met');
  });

  it('is reached exactly at the largest compressed share that it allows', () => {
    const { mostCompressedShare } = costOf(ct, false, shape);
    expect(sum(ingestCost(workOf(ct, false, mostCompressedShare), shape))).toBeCloseTo(ct.targetUsd, 6);
  });
});

describe('the examples', () => {
  it('are a CT of 500 slices and 250 MB for 3 cents, and an X-ray of 15 MB for 0.3', () => {
    expect(ct).toMatchObject({ files: 500, bytes: 250e6, targetUsd: 0.03 });
    expect(xray).toMatchObject({ files: 1, bytes: 15e6, targetUsd: 0.003 });
  });

  it('cost more alone than among others', () => {
    for (const example of examples)
      expect(costOf(example, true, shape).usd).toBeGreaterThan(costOf(example, false, shape).usd);
  });

  it('are billed at least 5 MB an image set', () => {
    const small = { ...xray, bytes: 1e6 };
    expect(workOf(small, true).billedBytes).toBe(5e6);
    expect(workOf(ct, true).billedBytes).toBeCloseTo(250e6 * compressedShare, 3);
  });
});

describe('scanning', () => {
  it('is not in the sum of the ingest', () => {
    expect(ingestDemands(shape).filter(({ price }) => price.startsWith('scanned'))).toEqual([]);
  });

  it('of a CT costs what the decision record says', () => {
    expect(sum(scanningCost(ct))).toBeCloseTo(0.1285, 3);
  });
});

it('every price has a Region and a page to check it on, and is shown', () => {
  for (const { usd, region, source } of Object.values(prices)) {
    expect(usd).toBeGreaterThan(0);
    expect(['eu-west-2', 'us-east-1']).toContain(region);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(pricesText()).toContain(source);
  }
});

it('the memory of the functions is that deployed', () => {
  const sizes = Object.values(templateOf('pipeline').findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => [Properties.Description, Properties.MemorySize],
  );
  const of = new Map(sizes as [string, number][]);
  expect(of.get('De-identifies and proves a few files')).toBe(memory.deidentify);
  for (const list of [
    'What came, in packs and batches',
    'Balances and signs the receipt',
    'Counts what an import job did',
  ])
    expect(of.get(list)).toBe(memory.list);
  expect(of.get('Keeps the task token of an import job')).toBe(memory.short);
});
