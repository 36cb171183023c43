import { testContext } from '../samples/engine';
import { findSpans } from './element-spans';
import { type FindingKind, judgeInput } from './judge-input';
import { makeInput } from './make-input';
import { type SeedFile, seedFiles } from './seed-files';
import { identifiersOf, withoutPixels } from './source-identifiers';

/** Generated files only: the same inputs whether the corpus is there or not. */
const generated = (): SeedFile[] => seedFiles().filter(({ name }) => !name.endsWith('.dcm'));

describe('structure-aware fuzzing', () => {
  it('makes the same input of the same seed and number', () => {
    const files = generated();
    for (const index of [0, 7, 99]) {
      expect(makeInput(files, 5, index).bytes.equals(makeInput(files, 5, index).bytes)).toBe(true);
    }
    expect(makeInput(files, 5, 1).bytes.equals(makeInput(files, 6, 1).bytes)).toBe(false);
  });

  it('follows the generated files to their ends, and finds who they are about', () => {
    for (const { name, bytes, deflated } of generated()) {
      if (deflated) continue;
      expect([name, withoutPixels(bytes) !== null]).toEqual([name, true]);
      expect(identifiersOf(bytes)).toEqual(expect.arrayContaining(['HOSP884213', 'ACC7788421']));
      expect(findSpans(bytes).spans.length).toBeGreaterThan(25);
    }
  });

  it('finds no crash, no slowness, no leak and no difference between runs in 4,000 inputs', async () => {
    const files = generated();
    const context = await testContext();
    const findings: [index: number, kind: FindingKind][] = [];
    let deidentified = 0;
    for (let index = 0; index < 4000; index += 1) {
      const { fate, finding } = await judgeInput(makeInput(files, 20, index), context, index % 16 === 0);
      if (finding !== null) findings.push([index, finding]);
      if (fate === 'deidentified') deidentified += 1;
    }
    expect(findings).toEqual([]);
    expect(deidentified).toBeGreaterThan(500);
  }, 120_000);
});
