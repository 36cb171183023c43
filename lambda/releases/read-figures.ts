import type { QueryEngine } from '../lake/query-engine';
import {
  acquisitionRow,
  acquisitionSelect,
  type PeopleRow,
  peopleRow,
  peopleSelect,
  totalsRow,
  totalsSelect,
  yearsRow,
  yearsSelect,
} from '../lake/sql/release-figures';
import { withdrawnStudiesSelect, withdrawnStudyRow } from '../lake/sql/withdrawn-studies';
import { reportBalance } from '../splits/report-balance';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';

/** The release whose figures are read. */
export interface FiguresScope {
  readonly release: string;
  readonly collections: readonly string[];
  /** No study of it can be of a later year. */
  readonly yearOfIssue: number;
}

/**
 * Everything that is counted of a release beside its people (`readReleaseSets`): of the studies that researchers may be
 * granted, and for the balance of the split of both. True counts, which leave the step that asks for them only after the disclosure rule.
 */
export async function readFigures(
  engine: Pick<QueryEngine, 'rows'>,
  { release, collections, yearOfIssue }: FiguresScope,
  heldOutShare: number,
) {
  const scope = { release, splits: ['development'], collections: 'all' } as const;
  const bands = { fieldStrength: fieldStrengthBands, kvp: kvpBands };
  const imagesOf = new Map<string, readonly PeopleRow[]>();
  for (const collection of collections.length > 1 ? collections : [])
    imagesOf.set(
      collection,
      await engine.rows(peopleSelect({ ...scope, collections: [collection] }), peopleRow),
    );
  return {
    totals: await engine.rows(totalsSelect(scope), totalsRow),
    years: await engine.rows(yearsSelect(scope, yearOfIssue), yearsRow),
    images: await engine.rows(peopleSelect(scope), peopleRow),
    /** The same of each collection, where there are several. */
    imagesOf,
    acquisition: await engine.rows(acquisitionSelect(scope, bands), acquisitionRow),
    /** Null where nothing is drawn, so that there is nothing to hold the draw to. */
    split: heldOutShare === 0 ? null : await reportBalance(engine, release, heldOutShare),
    withdrawn: await engine.rows(withdrawnStudiesSelect('development'), withdrawnStudyRow),
  };
}

export type ReadFigures = Awaited<ReturnType<typeof readFigures>>;
