import type { SubmissionRecord } from '../../../lambda/submission/submission.contract';
import { gatherHoldings } from '../../../lambda/withdrawal/gather-holdings';
import { scrubClinicalRows } from '../../../lambda/withdrawal/scrub-clinical-rows';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const own = `s-${'1'.repeat(26)}`;
const others = `s-${'2'.repeat(26)}`;
const imageSet = (letter: string) => letter.repeat(32);

const row = (submission: string, trust: string, ordinal: number, set: string) => ({
  submission,
  ordinal,
  trust,
  patientPseudonym: 'P',
  studyInstanceUid: '2.25.1',
  seriesInstanceUid: `2.25.2.${set}`,
  sopInstanceUid: `2.25.3.${trust}.${ordinal}`,
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  frames: 1,
  bytes: 1,
  sha256: 'a'.repeat(64),
  pixelDigest: 'b'.repeat(64),
  facts: {},
  warnings: [],
  importWarnings: [],
  datastoreId: 'd'.repeat(32),
  imageSetId: imageSet(set),
});

function setting(state: 'done' | 'processing' = 'done') {
  const objects = new MemoryObjectStore();
  const write = (submission: string, rows: object[]) =>
    objects.set(
      'catalogue',
      `rows/collection=chest/split=development/${submission}.ndjson`,
      rows.map((each) => `${JSON.stringify(each)}\n`).join(''),
    );
  write(own, [row(own, 'RX1', 1, 'a'), row(own, 'RX1', 2, 'b')]);
  write(others, [row(others, 'RY2', 1, 'a'), row(others, 'RY2', 2, 'c')]);
  objects.set('quarantine', `RX1/${own}/000009`, 'file');
  objects.set('quarantine', `RY2/${others}/000009`, 'file');
  const record = (id: string, trust: string) =>
    ({ id, trust, collection: 'chest', state: id === others ? state : 'done' }) as SubmissionRecord;
  return {
    objects,
    ports: {
      objects,
      catalogueBucket: 'catalogue',
      quarantineBucket: 'quarantine',
      quarantined: { getMany: async () => [], list: async () => ({ files: [], next: null }) },
      submissions: {
        get: async (id: string) => record(id, id === own ? 'RX1' : 'RY2'),
        listOfTrust: async () => ({ submissions: [record(own, 'RX1')], next: null }),
      },
      index: {
        studiesOfPatient: async () => [],
        quarantinedOfPatient: async () => [],
        holdersOfStudy: async () =>
          [own, others].map((submissionId) => ({
            split: 'development' as const,
            patientPseudonym: 'P',
            submissionId,
          })),
      },
    },
  };
}

describe('what a trust holds', () => {
  it('takes an image set with it in which another trust has instances, and counts them apart', async () => {
    const { gathered, underWay } = await gatherHoldings(setting().ports, { kind: 'trust', trust: 'RX1' });
    expect(underWay).toEqual([]);
    expect(gathered.holdings.map(({ submissionId, extent }) => [submissionId, extent])).toEqual([
      [own, 'whole'],
      [others, 'image-sets'],
    ]);
    expect(gathered.imageSets.map(({ imageSetId }) => imageSetId)).toEqual([imageSet('a'), imageSet('b')]);
    expect(gathered.counts).toMatchObject({
      submissions: 1,
      instances: 3,
      instancesOfOthers: 1,
      quarantined: 1,
    });
  });

  it('waits for another trust’s submission that may add to such a series', async () => {
    const { underWay } = await gatherHoldings(setting('processing').ports, { kind: 'trust', trust: 'RX1' });
    expect(underWay).toEqual([others]);
  });
});

describe('clinical rows', () => {
  const key = 'clinical/collection=chest/split=development/s-1.ndjson';
  const line = (patient: string) => `${JSON.stringify({ patientPseudonym: patient, sex: 'F' })}\n`;
  const holding = { collection: 'chest', submissionId: 's-1' };
  const ports = (objects: MemoryObjectStore) => ({ objects, catalogueBucket: 'catalogue' });

  it('of withdrawn patients go, those of others stay as they are', async () => {
    const objects = new MemoryObjectStore();
    objects.set('catalogue', key, `${line('A')}${line('B')}${line('C')}`);
    await scrubClinicalRows(ports(objects), holding, new Set(['B']));
    expect(await objects.readText({ bucket: 'catalogue', key })).toBe(`${line('A')}${line('C')}`);
    await scrubClinicalRows(ports(objects), holding, new Set(['A', 'C']));
    expect(objects.keys('catalogue')).toEqual([]);
  });

  it('of a whole submission go with their object; where there are none nothing is written', async () => {
    const objects = new MemoryObjectStore();
    await scrubClinicalRows(ports(objects), holding, null);
    objects.set('catalogue', key, line('A'));
    await scrubClinicalRows(ports(objects), holding, null);
    expect(objects.keys('catalogue')).toEqual([]);
  });

  it('that somebody else writes meanwhile are read again', async () => {
    const objects = new MemoryObjectStore();
    objects.set('catalogue', key, `${line('A')}${line('B')}`);
    const replace = objects.replace.bind(objects);
    let first = true;
    objects.replace = async (...given) => {
      if (first) objects.set('catalogue', key, `${line('A')}${line('B')}${line('D')}`);
      first = false;
      return replace(...given);
    };
    await scrubClinicalRows(ports(objects), holding, new Set(['B']));
    expect(await objects.readText({ bucket: 'catalogue', key })).toBe(`${line('A')}${line('D')}`);
  });
});
