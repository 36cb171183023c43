import fc from 'fast-check';
import { manifestStudy } from '../../../lambda/cohorts/cohort.contract';
import { makeManifest } from '../../../lambda/cohorts/manifest';
import { canonicalJson } from '../../../lambda/platform/canonical-json';

const row = fc.record({
  study: fc.integer({ min: 1, max: 4 }),
  modality: fc.constantFrom('CT', 'MR', null),
  instances: fc.integer({ min: 1, max: 900 }),
  bytes: fc.integer({ min: 0, max: 2 ** 40 }),
});

it('holds a line of canonical JSON for each study, with all its series in their order', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (drawn) => {
      const rows = drawn
        .toSorted((left, right) => left.study - right.study)
        .map(({ study, ...rest }, at) => ({
          ...rest,
          collection: 'chest',
          study_instance_uid: `2.25.${study}`,
          series_instance_uid: `2.25.${study}.${at}`,
          datastore_id: 'd',
        }));
      const heading = { project: 'p', release: '2026.4', filter: 'modality = CT', collections: ['chest'] };
      const { body, totals } = makeManifest(heading, rows);
      const [first, ...lines] = body.toString('utf8').trimEnd().split('\n');
      expect(first).toBe(canonicalJson({ ...heading, format: 2 }));
      expect(lines).toHaveLength(new Set(rows.map((each) => each.study_instance_uid)).size);
      const studies = lines.map((line) => manifestStudy.parse(JSON.parse(line)));
      for (const [at, line] of lines.entries()) expect(line).toBe(canonicalJson(studies[at]));
      expect(
        studies.flatMap(({ series }) => series.map(({ seriesInstanceUid }) => seriesInstanceUid)),
      ).toEqual(rows.map((each) => each.series_instance_uid));
      expect(totals).toMatchObject({ studies: lines.length, series: rows.length });
    }),
    { seed: 609 },
  );
});
