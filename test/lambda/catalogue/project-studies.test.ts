import * as fc from 'fast-check';
import type { InstanceRow } from '../../../lambda/catalogue/catalogue.contract';
import { studyContributions, viewStudy, withContribution } from '../../../lambda/catalogue/catalogue-rows';
import { type GrantItem, RegisterTableProjects } from '../../../lambda/catalogue/project-register';
import { listProjectStudies, scopesInForce } from '../../../lambda/catalogue/project-studies';
import { LedgerStudyStore } from '../../../lambda/catalogue/study-store';
import { RegisterGrantedProjects } from '../../../lambda/withdrawal/granted-projects';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { person } from '../submission/submission-fixture';

const digest = '0'.repeat(64);
const submission = (index: number) => `s-${String(index).padStart(26, '0')}`;
const researcher = { ...person(null, ['applicant']), subject: 'researcher' };

function row(study: number, series: number, instance: number): InstanceRow {
  return {
    submission: submission(0),
    ordinal: instance,
    trust: 'RX1',
    patientPseudonym: 'P',
    studyInstanceUid: `2.25.1.${study}`,
    seriesInstanceUid: `2.25.2.${study}.${series}`,
    sopInstanceUid: `2.25.3.${study}.${series}.${instance}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    frames: 1,
    bytes: 10,
    sha256: digest,
    pixelDigest: digest,
    facts: { modality: 'CT', rows: 512 },
    warnings: [],
    importWarnings: [],
    datastoreId: 'd'.repeat(32),
    imageSetId: 'a'.repeat(32),
  };
}

describe('the study index', () => {
  it('counts every instance of every submission once, however often and in whatever order each is written', () => {
    const part = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean(), (parts, reversed) => {
        const contributions = parts.map((pairs, index) => ({
          id: submission(index),
          contribution: studyContributions(
            'development',
            pairs.map(([series, instance]) => row(1, series, instance)),
          )[0],
        }));
        const order = reversed ? [...contributions].reverse() : contributions;
        let study = null;
        for (const { id, contribution } of [...order, ...order])
          if (contribution !== undefined) study = withContribution(study, 'chest', id, contribution);
        expect(study === null ? 0 : viewStudy(study).instances).toBe(parts.flat().length);
      }),
    );
  });
});

describe('the collections that a project may see', () => {
  const grant: GrantItem = {
    id: 'g-1',
    collection: 'chest',
    split: 'development',
    scope: { kind: 'collection' },
    status: 'active',
    endsOn: '2026-11-23',
  };

  it.each([
    ['in force up to its last day', grant, true],
    ['over', { ...grant, endsOn: '2026-11-22' }, false],
    ['not begun', { ...grant, startsOn: '2026-11-24', endsOn: '2027-01-01' }, false],
    ['revoked', { ...grant, status: 'revoked' }, false],
    ['of the held-out split, which nobody may see', { ...grant, split: 'held-out' }, false],
  ] satisfies [string, GrantItem, boolean][])('follow from a grant that is %s', (_name, each, seen) => {
    expect(scopesInForce([each], '2026-11-23')).toEqual(
      seen ? [{ collection: 'chest', split: 'development', listedBy: null }] : [],
    );
  });

  it('are narrowed by a grant that lists studies', () => {
    const listing: GrantItem = { ...grant, id: 'g-2', scope: { kind: 'studies' } };
    const superseded = { ...grant, status: 'superseded' };
    expect(scopesInForce([superseded, listing], '2026-11-23')).toEqual([
      { collection: 'chest', split: 'development', listedBy: 'g-2' },
    ]);
  });
});

describe('GET /v1/projects/{id}/studies', () => {
  let embedded: EmbeddedTable;
  beforeAll(async () => {
    embedded = await startEmbeddedTable();
    const { table } = embedded;
    const studies = new LedgerStudyStore(table);
    for (const [collection, split, count] of [
      ['breast', 'development', 2],
      ['chest', 'development', 3],
      ['chest', 'held-out', 2],
    ] as const)
      for (let index = 1; index <= count; index += 1) {
        const [contribution] = studyContributions(split, [row(index, 1, 1), row(index, 1, 2)]);
        if (contribution !== undefined) {
          const named = {
            ...contribution,
            studyInstanceUid: `2.25.${collection.length}.${split.length}.${index}`,
          };
          await studies.contribute(collection, submission(1), named);
        }
      }
    await table.put({ pk: 'PERSON#researcher', sk: 'PROJECT#p-1', status: 'active' });
    await table.put({ pk: 'PERSON#leaver', sk: 'PROJECT#p-1', status: 'revoked' });
    const grants = ['chest', 'breast'].map((collection) => ({
      id: `g-${collection}`,
      collection,
      split: 'development',
      scope: { kind: 'collection' },
      status: 'active',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
    }));
    await table.put({ pk: 'PROJECT#p-1', sk: 'PROJECT', status: 'active', grants });
  });
  afterAll(() => embedded.stop());

  function ports(now = '2026-11-23T12:00:00Z') {
    return {
      register: new RegisterTableProjects(embedded.table),
      studies: new LedgerStudyStore(embedded.table),
      clock: { now: () => new Date(now) },
    };
  }

  it('lists the studies of all grants, page by page, each once and none of the held-out split', async () => {
    const found: string[] = [];
    let next: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof listProjectStudies>> = await listProjectStudies(
        ports(),
        researcher,
        'p-1',
        { limit: 2, next },
      );
      found.push(...page.studies.map((study) => `${study.collection} ${study.studyInstanceUid}`));
      for (const study of page.studies)
        expect(study).toMatchObject({ instances: 2, series: [{ modality: 'CT' }] });
      next = page.next;
    } while (next !== undefined);
    expect(found).toEqual([
      'breast 2.25.6.11.1',
      'breast 2.25.6.11.2',
      'chest 2.25.5.11.1',
      'chest 2.25.5.11.2',
      'chest 2.25.5.11.3',
    ]);
  });

  it.each(['stranger', 'leaver'])('does not find a project of which a %s is no member', async (subject) => {
    const stranger = { ...researcher, subject };
    await expect(listProjectStudies(ports(), stranger, 'p-1', { limit: 10 })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      status: 404,
    });
  });

  it('refuses when the last grant is over, the day counted in Europe/London', async () => {
    const query = { limit: 10 };
    await expect(
      listProjectStudies(ports('2026-12-31T23:59:59Z'), researcher, 'p-1', query),
    ).resolves.toMatchObject({ studies: { length: 2 } });
    await expect(
      listProjectStudies(ports('2027-01-01T00:00:00Z'), researcher, 'p-1', query),
    ).rejects.toMatchObject({ code: 'NO_ACTIVE_GRANT' });
  });

  it('refuses a page token that it did not give', async () => {
    await expect(
      listProjectStudies(ports(), researcher, 'p-1', { limit: 10, next: 'AAAA' }),
    ).rejects.toMatchObject({ code: 'INVALID_PAGE_TOKEN' });
  });

  it('never goes into a collection without a grant, whatever the page token says', async () => {
    const next = Buffer.from(JSON.stringify({ collection: 'brain', after: null })).toString('base64url');
    const page = await listProjectStudies(ports(), researcher, 'p-1', { limit: 10, next });
    expect(page.studies.map((study) => study.collection)).toEqual(['breast', 'breast']);
  });

  describe('of a grant that lists studies', () => {
    const listed = ['2.25.5.11.1', '2.25.5.11.2', '2.25.5.11.3', '2.25.5.11.9', '2.25.5.8.1'];
    beforeAll(async () => {
      const { table } = embedded;
      const grants = [
        {
          id: 'g-list',
          collection: 'chest',
          split: 'development',
          scope: { kind: 'studies', count: listed.length, digest },
          status: 'active',
          endsOn: '2026-12-31',
        },
      ];
      await table.put({ pk: 'PROJECT#p-2', sk: 'PROJECT', status: 'active', grants });
      await table.put({ pk: 'PROJECT#p-2', sk: 'STUDIES#g-list', studies: listed });
      await table.put({ pk: 'PERSON#researcher', sk: 'PROJECT#p-2', status: 'active' });
      const withdrawal = new RegisterGrantedProjects(table, ports().clock);
      await withdrawal.markWithdrawn(`w-${'0'.repeat(26)}`, ['2.25.5.11.2']);
    });

    it('lists these, page by page, without those that are withdrawn, not there, or held out', async () => {
      const pages: string[][] = [];
      let next: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof listProjectStudies>> = await listProjectStudies(
          ports(),
          researcher,
          'p-2',
          { limit: 2, next },
        );
        pages.push(page.studies.map(({ studyInstanceUid }) => studyInstanceUid));
        next = page.next;
      } while (next !== undefined);
      expect(pages).toEqual([['2.25.5.11.1'], ['2.25.5.11.3'], []]);
    });
  });

  describe('while something is shut', () => {
    const since = '2026-11-23T11:00:00.000Z';
    const closure = { since, by: 'schedule', reason: 'security' };
    const shut = (everything: object | null, collections: string[]) =>
      embedded.table.put({
        pk: 'PLATFORM',
        sk: 'CLOSURES',
        everything,
        collections: collections.map((collection) => ({ ...closure, collection })),
        proposals: [],
        version: 1,
      });
    const list = () => listProjectStudies(ports(), researcher, 'p-1', { limit: 10 });
    afterAll(() => shut(null, []));

    it('shows the other collections only', async () => {
      await shut(null, ['breast']);
      expect(new Set((await list()).studies.map(({ collection }) => collection))).toEqual(new Set(['chest']));
    });

    it.each([
      ['COLLECTION_CLOSED', null, ['breast', 'chest']],
      ['PLATFORM_CLOSED', closure, []],
    ] as const)('refuses with %s where nothing is left', async (code, everything, collections) => {
      await shut(everything, [...collections]);
      await expect(list()).rejects.toMatchObject({ code, status: 403 });
    });
  });
});
