import { median } from '../../../lambda/platform/median.contract';

describe('the median', () => {
  it.each([
    [[], null],
    [[7], 7],
    [[9, 1], 5],
    [[9, 1, 4], 4],
    [[4, 1, 9, 2], 3],
  ])('of %j is %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
