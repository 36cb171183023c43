/** Counted by whoever builds a release, in the namespace `nmip`, once for each that raises the alarm of its balance. */
export const balanceAlarm = { metric: 'SplitsOutOfBalance', service: 'splits' } as const;
