import { distance, nearestName } from '../../statistics/nearest-name';

it('letters added, left out, changed and swapped count one each', () => {
  expect(distance('Asian', 'Asian')).toBe(0);
  expect(distance('Asain', 'Asian')).toBe(1);
  expect(distance('Asia', 'Asian')).toBe(1);
  expect(distance('Asiann', 'Asian')).toBe(1);
  expect(distance('Axian', 'Asian')).toBe(1);
  expect(distance('', 'Asian')).toBe(5);
});

it('the nearest name differs by a third of its letters at most, and case is no difference', () => {
  expect(nearestName('blakc', ['White', 'Black'])).toBe('Black');
  expect(nearestName('set_no', ['sex'])).toBeNull();
  expect(nearestName('x'.repeat(61), ['x'.repeat(62)])).toBeNull();
});
