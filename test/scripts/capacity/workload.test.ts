import fc from 'fast-check';
import { planBatches, planPacks } from '../../../lambda/deidentification/packs';
import { RandomStream } from '../../../scripts/capacity/engine/random';
import { shareDone } from '../../../scripts/capacity/workload/arrival-shape';
import {
  englishYear,
  modalities,
  predecessorCollection,
  studiesOf,
} from '../../../scripts/capacity/workload/modalities';
import { PackCutter } from '../../../scripts/capacity/workload/pack-studies';
import { SubmissionDrawer } from '../../../scripts/capacity/workload/submission-content';

interface Series {
  readonly files: number;
  readonly bytesPerFile: number;
}

/** What the pipeline's own code makes of a list of the same files. */
function planned(series: readonly Series[]): { packs: number; batches: number } {
  let ordinal = 0;
  const files = series.flatMap(({ files: count, bytesPerFile }, group) =>
    Array.from({ length: count }, () => {
      ordinal += 1;
      return { ordinal, bytes: bytesPerFile, sha256: '', group: group + 1 };
    }),
  );
  const packs = planPacks(files);
  return { packs: packs.length, batches: planBatches('s-', packs).length };
}

function cut(series: readonly Series[]): { packs: number; batches: number; jobs: readonly boolean[] } {
  const cutter = new PackCutter();
  for (const { files, bytesPerFile } of series) cutter.addSeries(files, bytesPerFile, false);
  return cutter.finish();
}

describe('packs from the sums of series', () => {
  it('are as many as the pipeline cuts from the files', () => {
    const series = fc.record({
      files: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 4_400, max: 4_600 })),
      bytesPerFile: fc.constantFrom(100_000, 500_000, 7_000_000, 90_000_000, 5_000_000_000),
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 12 }), (list) => {
        expect(cut(list).packs).toBe(planned(list).packs);
      }),
      { numRuns: 60 },
    );
  });

  it('hold as many batches where all files are of one size', () => {
    for (const { filesPerStudy, bytesPerStudy } of Object.values(modalities)) {
      const files = Math.ceil(filesPerStudy);
      const list = Array.from({ length: 40 }, () => ({
        files,
        bytesPerFile: Math.floor(bytesPerStudy / files),
      }));
      const { packs, batches } = cut(list);
      expect({ packs, batches }).toEqual(planned(list));
    }
  });

  it('hold nearly as many batches where sizes are mixed', () => {
    const random = new RandomStream(1, 'mixed');
    const list = Array.from({ length: 400 }, () =>
      random.uniform() < 0.7 ? { files: 2, bytesPerFile: 6.7e6 } : { files: 125, bytesPerFile: 0.56e6 },
    );
    const share = cut(list).batches / planned(list).batches;
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1.05);
  });

  it('have one job for each split that is in them', () => {
    const cutter = new PackCutter();
    cutter.addSeries(4_000, 1_000, false);
    cutter.addSeries(500, 1_000, true);
    cutter.addSeries(100, 1_000, true);
    expect(cutter.finish()).toMatchObject({ packs: 2, jobs: [false, true, true] });
  });
});

describe('submissions', () => {
  it('hold all studies, within the limits of the API', () => {
    const contents = new SubmissionDrawer(englishYear, 0.2).draw(5_000, new RandomStream(1, 'a'));
    expect(contents.reduce((sum, { studies }) => sum + studies, 0)).toBe(5_000);
    expect(contents.length).toBeGreaterThan(3);
    for (const { files, bytes, packs, jobs } of contents) {
      expect(files).toBeLessThanOrEqual(100_000);
      expect(bytes).toBeLessThanOrEqual(1e12);
      expect(jobs.length).toBeGreaterThanOrEqual(packs);
      expect(jobs.length).toBeLessThanOrEqual(2 * packs);
    }
  });

  it('have the mean size of the mix, and the share of the held-out split', () => {
    const contents = new SubmissionDrawer(predecessorCollection, 0.2).draw(55_764, new RandomStream(1, 'a'));
    const sum = (of: 'files' | 'bytes') => contents.reduce((total, each) => total + each[of], 0);
    const expected = (of: 'filesPerStudy' | 'bytesPerStudy') =>
      predecessorCollection.reduce((total, { modality, studies }) => total + studies * modality[of], 0);
    expect(sum('files') / expected('filesPerStudy')).toBeCloseTo(1, 1);
    expect(sum('bytes') / expected('bytesPerStudy')).toBeCloseTo(1, 1);
    const alone = new SubmissionDrawer(englishYear, 0.2);
    const random = new RandomStream(2, 'b');
    let heldOut = 0;
    for (let study = 0; study < 20_000; study += 1)
      heldOut += alone.draw(1, random)[0]?.jobs[0] === true ? 1 : 0;
    expect(heldOut / 20_000).toBeCloseTo(0.2, 1);
  });

  it('go to the development store alone where nothing is held out', () => {
    const contents = new SubmissionDrawer(englishYear, 0).draw(500, new RandomStream(1, 'a'));
    expect(contents.flatMap(({ jobs }) => jobs)).not.toContain(true);
  });
});

describe('the year', () => {
  it('has 42.9 million examinations', () => {
    expect(studiesOf(englishYear)).toBe(42_900_000);
    expect(studiesOf(predecessorCollection)).toBe(55_764);
  });

  it('is done in parts that add up', () => {
    const year = 365 * 86_400;
    let sum = 0;
    for (let from = 0; from < year; from += 10_000) sum += shareDone(from, from + 10_000, year);
    expect(sum).toBeCloseTo(1, 9);
    expect(shareDone(-5, 0, year)).toBe(0);
  });

  it('is busier on a Monday at ten than on a Sunday night', () => {
    const [hour, day, week] = [3_600, 86_400, 7 * 86_400];
    const monday = shareDone(10 * hour, 11 * hour, week);
    const sunday = shareDone(6 * day + 3 * hour, 6 * day + 4 * hour, week);
    expect(monday).toBeGreaterThan(10 * sunday);
  });
});
