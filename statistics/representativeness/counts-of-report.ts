import type { AttributeCounts, PeopleCounts } from './counts.contract';
import type { RepresentativenessReport } from './report.contract';

/**
 * The counts that a report shows, to be compared with other populations than those of the report. People by age and sex at once
 * are not in a report, so no standardised ratio can be worked out of them.
 */
export function countsOfReport({ name, attributes }: RepresentativenessReport): PeopleCounts {
  return {
    name,
    attributes: Object.fromEntries(
      attributes.map(({ attribute, groups, missing }) => {
        const counts: AttributeCounts = {};
        for (const { group, people, images } of groups) counts[group] = { people, images };
        for (const { group, people } of missing.rows) counts[group] = { people, images: null };
        return [attribute, counts];
      }),
    ),
  };
}
