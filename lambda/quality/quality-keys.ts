/** Scorecards in the catalogue bucket; the keys of a trust sort by week. */
export const qualityKeys = {
  scorecardsOf: (trust: string) => `quality/${trust}/`,
  scorecard: (trust: string, week: string) => `quality/${trust}/${week}.json`,
};
