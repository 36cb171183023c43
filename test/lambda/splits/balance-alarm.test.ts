import { countBalanceAlarm } from '../../../lambda/splits/count-balance-alarm';

/** Lines of standard output: CloudWatch takes metrics from them. */
function written(alarm: boolean): unknown[] {
  const lines: unknown[] = [];
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(JSON.parse(String(line)));
    return true;
  });
  try {
    countBalanceAlarm({ alarm });
  } finally {
    stdout.mockRestore();
  }
  return lines;
}

it('a split out of balance is counted once, under the name that the alarm looks at', () => {
  expect(written(true)).toMatchObject([
    {
      SplitsOutOfBalance: 1,
      service: 'splits',
      _aws: { CloudWatchMetrics: [{ Namespace: 'nmip', Metrics: [{ Name: 'SplitsOutOfBalance' }] }] },
    },
  ]);
});

it('one in balance is not counted', () => {
  expect(written(false)).toEqual([]);
});
