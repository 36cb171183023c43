import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import {
  internalReportOnPeople,
  reportOnPeople,
} from '../../../statistics/representativeness/report-on-people';
import { reportPage } from '../../../statistics/representativeness/report-page';
import { goldenCounts, goldenReference, peopleOf, populationOf } from './population';

const markup = '<script>alert(1)</script>"\'&';

it('what comes from files is escaped wherever it stands', () => {
  const population = populationOf(
    { mood: { [markup]: 5, calm: 5 } },
    { label: markup, source: markup, licence: markup, note: markup },
  );
  const counts = peopleOf(
    { mood: { [markup]: 4, calm: 6 } },
    {
      name: markup,
      trusts: { [markup.slice(0, 8)]: { people: { shown: 9 }, missing: { sex: { shown: 3 } } } },
    },
  );
  const page = reportPage(internalReportOnPeople(counts, [population], 'as-given'));
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
});

it('needs no script and nothing from elsewhere', () => {
  const page = reportPage(
    reportOnPeople(peopleOf({ ethnic_group: goldenCounts }), [englandCensus2021()], 'as-given'),
  );
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<img|<link|https?:|url\(|\son[a-z]+=/);
});

it('has every group with its ratio, interval and bar, the suppressed and the missing among them', () => {
  const counts = peopleOf({
    ethnic_group: { ...goldenCounts, Mixed: { suppressed: true, atMost: 7 }, Z: 40 },
  });
  const page = reportPage(
    reportOnPeople(counts, [populationOf({ ethnic_group: goldenReference })], 'as-given'),
  );
  const row = (label: string) =>
    new RegExp(`<tr[^>]*><th scope="row">${label}</th>.*</tr>`).exec(page)?.[0] ?? '';
  expect(row('Black')).toContain('<td class="number">0.73</td>');
  expect(row('Black')).toMatch(/class="fill none" style="width:36\.\d%"/);
  expect(row('Mixed')).toContain('<td class="number">suppressed</td>');
  expect(row('Mixed')).toContain('at most 0.02');
  expect(row('Not stated')).toContain('<td class="number">40</td>');
  expect(page).toContain('Least represented of the groups shown: Black');
});
