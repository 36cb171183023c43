import { shownAcquisition } from '../../../lambda/releases/shown-figures';
import { publishCount, publishItems } from '../../../statistics/disclosure/published-count';

it('lists values by the series that are shown, so that their order says no more than the figures', () => {
  const people: Readonly<Record<string, number>> = { CR: 151, CT: 168, DX: 30, MR: 5, PX: 400 };
  const peopleOf = (value: string | null) => people[value ?? ''] ?? 0;
  const rows = Object.keys(people).map((value) => ({
    attribute: 'modality' as const,
    value,
    series: peopleOf(value),
  }));
  const { modality } = shownAcquisition(rows, {
    of: (_, value) => publishCount(peopleOf(value)),
    itemsOf: (_, value, items) => publishItems(items, peopleOf(value)),
  });
  // of CR and CT 160 are shown each, though CT has more
  expect(modality.values.map(({ value, series }) => [value, series])).toEqual([
    ['PX', { kind: 'shown', value: 400 }],
    ['CR', { kind: 'shown', value: 160 }],
    ['CT', { kind: 'shown', value: 160 }],
    ['DX', { kind: 'shown', value: 30 }],
  ]);
  expect(modality.missing).toEqual({ people: { kind: 'suppressed' }, series: { kind: 'suppressed' } });
});
