import { attributeText, valueText } from '../../../cli/evaluate/figure-text';
import { seriesStyle } from '../../../cli/evaluate/page/plot';

it('codes of the catalogue stand with their words, and nothing else is changed', () => {
  expect(valueText('sex', '1')).toBe('Male (1)');
  expect(valueText('ethnic_category', 'M')).toBe('Caribbean (M)');
  expect(valueText('sex × region', '2 × E12000007')).toBe('Female (2) × London (E12000007)');
  expect(valueText('manufacturer', 'A × B')).toBe('A × B');
  expect(valueText('manufacturer', '1')).toBe('1');
  expect(valueText('sex', null)).toBe('not known');
  expect(attributeText('age_band')).toBe('Age (age_band)');
  expect(attributeText('manufacturer')).toBe('manufacturer');
});

it('lines of a plot differ without their colours, eight at a time, and 56 with them', () => {
  const styles = Array.from({ length: 56 }, (_, index) => seriesStyle(index));
  expect(new Set(styles.slice(0, 8).map((style) => style['stroke-dasharray'])).size).toBe(8);
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(56);
});
