import type { CatalogueRow } from '../../../local/demo/catalogue-rows';
import { DemoPerson } from '../../../local/demo/demo-person';
import { readImages } from '../../../local/demo/read-images';

test('where the draw left no image in the development split, nothing is asked for', async () => {
  const settings = { command: '', api: '', homes: '/nowhere', signal: new AbortController().signal };
  const people = new Map([['applicant-1', new DemoPerson('applicant-1', settings)]]);
  const row: CatalogueRow = {
    submission: 's-1',
    ordinal: 1,
    datastoreId: 'd',
    imageSetId: 'i',
    studyInstanceUid: '1.2.7.2.1',
    seriesInstanceUid: '1.2.7.2.2',
    sopInstanceUid: '1.2.7.2.3',
    split: 'held-out',
    frames: 1,
    warnings: [],
  };
  const place = { inside: '', outside: '', region: 'eu-west-2', folder: '/nowhere' };
  const onFirstFrame = jest.fn();
  expect(await readImages(people, 'p-1', [], [row], place, onFirstFrame)).toEqual({
    first: null,
    comparison: { framesRead: 0, equal: 0, blanked: 0, notComparable: 0, differences: [] },
    refusals: [],
  });
  expect(onFirstFrame).not.toHaveBeenCalled();
});
