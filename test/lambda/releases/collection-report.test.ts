import {
  showCollectionRepresentativeness,
  showRepresentativeness,
} from '../../../lambda/releases/show-releases';
import { readToldSets } from '../../../lambda/releases/told-sets';
import { instance, person, ReleaseRun } from './release-run';

let run: ReleaseRun;
beforeEach(async () => {
  run = await ReleaseRun.open();
});
afterEach(() => run.lake.close());

const publicPorts = () => ({
  ...run,
  releasesBucket: 'releases',
  signer: { signDownload: () => Promise.reject(new Error('nothing is signed here')) },
});

it('a release of one collection reports on it as on the whole', async () => {
  await run.ask();
  await run.execute();
  const { attributes, standardised } = await showCollectionRepresentativeness(
    publicPorts(),
    '2026.1',
    'chest',
  );
  const whole = await showRepresentativeness(publicPorts(), '2026.1');
  expect({ attributes, standardised }).toEqual({
    attributes: whole.attributes,
    standardised: whole.standardised,
  });
  await expect(
    showCollectionRepresentativeness(publicPorts(), '2026.1', 'breast-screening'),
  ).rejects.toMatchObject({
    code: 'COLLECTION_NOT_IN_RELEASE',
  });
  await expect(showCollectionRepresentativeness(publicPorts(), '2026.2', 'chest')).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
  });
});

it('each of several collections has a report of its own, on its people and images, that the log knows of', async () => {
  const collectionOf = (patient: number) => (patient <= 300 ? 'chest' : 'breast-screening');
  const many = Array.from({ length: 600 }, (_, at) => ({
    patient: at + 1,
    collection: collectionOf(at + 1),
  }));
  const change = ({ patient, collection }: (typeof many)[number]) =>
    instance(patient, 'development', collection === 'chest' ? { collection } : { collection, frames: 1 });
  const second = many
    .filter(({ collection }) => collection === 'chest')
    .map((each) => ({
      ...change(each),
      sop_instance_uid: `1.2.${each.patient}`,
      pixel_digest: `again-${each.patient}`,
    }));
  await run.lake.fill('instances', [...many.map(change), ...second]);
  await run.lake.fill(
    'demographics',
    many.map(({ patient, collection }) =>
      person(patient, 'development', {
        collection,
        age_at_scan: collection === 'chest' ? 45 : 65,
        sex: collection === 'chest' && patient % 2 === 0 ? '1' : '2',
      }),
    ),
  );
  await run.ask('2026.1', undefined, ['chest', 'breast-screening']);
  await run.execute();
  const chest = await showCollectionRepresentativeness(publicPorts(), '2026.1', 'chest');
  expect(chest.counts).toBe('disclosure-rule');
  expect(chest.attributes.map(({ attribute }) => attribute)).toEqual(
    expect.arrayContaining(['age_band', 'sex', 'ethnic_group', 'region']),
  );
  const sex = chest.attributes.find(({ attribute }) => attribute === 'sex');
  expect(sex?.groups).toMatchObject([
    { group: '1', people: { shown: 160 }, images: { shown: 320 }, imagesPerPerson: 2 },
    { group: '2', people: { shown: 160 }, images: { shown: 320 }, imagesPerPerson: 2 },
    { group: '9', people: { suppressed: true } },
  ]);
  expect(sex?.comparisons).toMatchObject([{ kind: 'compared', people: 320 }]);
  const { sets } = await readToldSets(run.objects, 'catalogue', '2026.1');
  const sizes = sets.map(({ size }) => size);
  expect(sizes).toContain(150);
});
