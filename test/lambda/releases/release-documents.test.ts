import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { checksumsText, listedFiles, readChecksums } from '../../../lambda/releases/checksums.contract';
import { manifestLines, shownManifest } from '../../../lambda/releases/manifest';
import { readManifest } from '../../../lambda/releases/manifest.contract';
import { compareVersions, release } from '../../../lambda/releases/release.contract';
import { releaseChecksums, releaseDocuments } from '../../../lambda/releases/release-documents';
import { randomRelease } from './random-release';
import { exampleRelease, shown, suppressed } from './release-fixture';

const contentOf = (name: string, of = exampleRelease()) => {
  const found = releaseDocuments(of).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.content;
};

describe('the documents of a release', () => {
  it('hold to their standards whatever the figures and the words are', () => {
    fc.assert(
      fc.property(randomRelease, (random) => {
        const names = releaseDocuments(random).map(({ name }) => name);
        expect([...names, 'manifest.csv'].sort()).toEqual([...listedFiles].sort());
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it('are the same for the same release', () => {
    expect(releaseDocuments(exampleRelease())).toEqual(releaseDocuments(exampleRelease()));
  });

  it('name no trust: the release cannot hold one', () => {
    expect(release.safeParse({ ...exampleRelease(), trusts: ['RX1'] }).success).toBe(false);
  });

  it('are not made of a release whose counts were not protected', () => {
    const given = exampleRelease();
    const open = { ...given, totals: { ...given.totals, people: { kind: 'shown', value: 3 } } };
    expect(() => releaseDocuments(open as typeof given)).toThrow(/disclosure rule/);
  });

  it('are not made of a report whose counts were not protected', () => {
    const given = exampleRelease();
    const report = { ...given.representativeness, counts: 'as-given' as const };
    expect(() => releaseDocuments({ ...given, representativeness: report })).toThrow(/disclosure rule/);
  });

  it('the release in them is the release', () => {
    expect(release.parse(JSON.parse(contentOf('release.json')))).toEqual(exampleRelease());
  });
});

describe('a release', () => {
  it.each([
    ['a previous release after it', { previous: { version: '2026.10', address: 'https://example.org/r' } }],
    ['changes without a previous release', { previous: null }],
    ['a last year before the first', { years: { first: 2020, last: 2019 } }],
  ])('is refused with %s', (_, different) => {
    expect(release.safeParse({ ...exampleRelease(), ...different }).success).toBe(false);
  });

  it('comes after another by year and then by number', () => {
    expect(['2026.10', '2026.2', '2025.11'].sort(compareVersions)).toEqual(['2025.11', '2026.2', '2026.10']);
  });
});

describe('what the datasheet tells', () => {
  const markdown = contentOf('datasheet.md');
  const missing = markdown.slice(
    markdown.indexOf('## Who is missing'),
    markdown.indexOf('## What not to do'),
  );

  it('comes first: who is in, who is missing', () => {
    const headings = [...markdown.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(0, 4)).toEqual([
      'Who is in it',
      'Who is missing',
      'What not to do with it',
      '1. Identity and access',
    ]);
  });

  it('names the groups that are too few, with ratio and interval', () => {
    expect(missing).toContain('Black or Black British: African');
    expect(missing).toContain('0.78 of their share, 95 % interval 0.65 to 0.80');
  });

  it('names the groups that are withheld', () => {
    expect(missing).toContain('people aged 0 to 9');
    expect(missing).toContain('people imaged in London');
  });

  it('says which attributes are not known of many, and of how many', () => {
    expect(missing).toContain('Ethnic category is not known of 36 % of people.');
  });

  it('says so where nothing was compared', () => {
    const given = exampleRelease();
    const without = exampleRelease({ representativeness: { ...given.representativeness, attributes: [] } });
    expect(contentOf('datasheet.md', without)).toContain('Nothing was compared with a population');
  });

  it('never tells a withheld count', () => {
    const quiet = exampleRelease({
      totals: { people: suppressed, studies: suppressed, series: shown(10), instances: shown(10) },
    });
    expect(contentOf('datasheet.md', quiet)).toContain('fewer people than may be shown');
    expect(JSON.parse(contentOf('hdruk.json', quiet)).summary.populationSize).toBe(-1);
    expect(contentOf('dcat.jsonld', quiet)).not.toContain('numberOfUniqueIndividuals');
  });

  it('words of headers are neither markup nor formulas', () => {
    expect(contentOf('datasheet.html')).toContain('Maker &lt;B&gt; &amp; &quot;Sons&quot; | =1+1');
    expect(markdown).toContain('Maker \\<B\\> & "Sons" \\| =1+1');
    expect(contentOf('datasheet.html')).not.toMatch(/<script|style="/);
  });
});

describe('the inventory of biases', () => {
  it('has measured and known biases of people, of acquisition and of labels', () => {
    const rows = contentOf('bias-inventory.csv').split('\r\n');
    for (const beginning of ['individual,bias', 'acquisition,bias', 'label,bias'])
      expect(rows.some((row) => row.startsWith(beginning))).toBe(true);
    expect(rows.some((row) => row.includes('have 0.78 of their share of England, Census 2021'))).toBe(true);
    expect(rows.some((row) => row.includes('Maker A') && row.includes('63 %'))).toBe(true);
  });
});

describe('the manifest', () => {
  const rows = [
    { collection: 'chest', study_instance_uid: '1.2.3', series_instance_uid: '1.2.3.1', instances: 4 },
    { collection: 'chest', study_instance_uid: '1.2.3', series_instance_uid: '1.2.3.2', instances: 1 },
  ];

  const written = async (given: typeof rows) => {
    let text = '';
    for await (const each of manifestLines(given)) text += each;
    return text;
  };

  it('is read as it was written, and everybody is told its digest and how long it is about', async () => {
    const text = await written(rows);
    expect(readManifest(text)).toEqual(rows);
    expect(shownManifest(text, { kind: 'suppressed' })).toEqual({
      sha256: createHash('sha256').update(text).digest('hex'),
      bytes: 1000,
    });
    // its length says of the number of series what is shown of it, however many there are
    for (const count of [98, 102])
      expect(shownManifest('row\n'.repeat(count + 1), { kind: 'shown', value: 100 }).bytes).toBe(14_000);
  });

  it.each([
    ['out of order', [...rows].reverse()],
    ['twice', [...rows, ...rows.slice(1)]],
    ['with a trust', rows.map((row) => ({ ...row, trust: 'RX1' }))],
    ['with something else than a UID', rows.map((row) => ({ ...row, series_instance_uid: '1.2,3' }))],
  ])('is not written with rows %s', async (_, given) => {
    await expect(written(given)).rejects.toThrow(/row \d of the manifest/);
  });

  it.each([
    ['other columns', 'study,series\n'],
    ['half a line', 'collection,study_instance_uid,series_instance_uid,instances\nchest,1.2'],
    ['a row too long', 'collection,study_instance_uid,series_instance_uid,instances\nchest,1.2,1.3,1,RX1\n'],
  ])('is not read with %s', (_, text) => {
    expect(() => readManifest(text)).toThrow(/line/);
  });
});

describe('the checksums', () => {
  it('list every file and no other', () => {
    const text = releaseChecksums(exampleRelease(), releaseDocuments(exampleRelease()));
    const read = readChecksums(text);
    expect(read?.['manifest.csv']).toBe('c'.repeat(64));
    expect(checksumsText(read ?? ({} as never))).toBe(text);
  });

  it.each([
    ['a file less', (text: string) => text.split('\n').slice(1).join('\n')],
    ['a path', (text: string) => text.replace('manifest.csv', '../manifest.csv')],
    ['a file twice', (text: string) => text + text],
  ])('are not read with %s', (_, spoil) => {
    expect(
      readChecksums(spoil(releaseChecksums(exampleRelease(), releaseDocuments(exampleRelease())))),
    ).toBeNull();
  });
});
