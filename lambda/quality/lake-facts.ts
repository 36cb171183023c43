import type * as z from 'zod';
import type { QueryEngine } from '../lake/query-engine';
import {
  attributeCountRow,
  attributeCountsSelect,
  qualityChecksRow,
  qualityChecksSelect,
  submissionSizeRow,
  submissionSizesSelect,
  weekCountsRow,
  weekCountsSelect,
} from '../lake/sql/quality-rows';
import type { SubmissionRecord } from '../submission/submission.contract';
import type { Compared, QualityFacts } from './quality-of';
import { ageTolerance } from './quality-of';

/** Submissions named in one question: 32 bytes each, in the 256 KiB that Athena takes. */
const submissionsAQuestion = 5_000;

type Rows<Row extends z.ZodType> = readonly z.infer<Row>[];
type WeekCounts = Rows<typeof weekCountsRow>;

/** What the lake says of all trusts at one moment. */
export interface LakeFacts {
  readonly counts: Rows<typeof attributeCountRow>;
  readonly checks: Rows<typeof qualityChecksRow>;
  readonly sizes: Rows<typeof submissionSizeRow>;
}

/** Asks the lake about every trust and collection. */
export async function readLakeFacts(engine: Pick<QueryEngine, 'rows'>, today: string): Promise<LakeFacts> {
  const counts = await engine.rows(attributeCountsSelect(), attributeCountRow);
  const checks = await engine.rows(qualityChecksSelect(today, ageTolerance), qualityChecksRow);
  const sizes = await engine.rows(submissionSizesSelect(), submissionSizeRow);
  return { counts, checks, sizes };
}

/**
 * Ids by trust in as few lists as one question each takes. A trust stays in one list, so that a study in several of its
 * submissions is counted once.
 */
export function questionsOf(
  idsByTrust: readonly (readonly string[])[],
  most = submissionsAQuestion,
): string[][] {
  const questions: string[][] = [];
  for (const ids of idsByTrust) {
    if (ids.length === 0) continue;
    const last = questions.at(-1);
    if (last !== undefined && last.length + ids.length <= most) last.push(...ids);
    else questions.push([...ids]);
  }
  return questions;
}

/** What the catalogue holds of a week's submissions, by trust and collection. */
export async function readWeekCounts(
  engine: Pick<QueryEngine, 'rows'>,
  idsByTrust: readonly (readonly string[])[],
): Promise<WeekCounts> {
  const answers: z.infer<typeof weekCountsRow>[] = [];
  for (const ids of questionsOf(idsByTrust))
    answers.push(...(await engine.rows(weekCountsSelect(ids), weekCountsRow)));
  return answers;
}

const none: Compared = { of: 0, wrong: 0 };

/** The facts of one trust in one collection. */
export function qualityFactsOf(
  { counts, checks, sizes }: LakeFacts,
  records: readonly SubmissionRecord[],
  { trust, collection }: { readonly trust: string; readonly collection: string },
  imports: Compared,
): QualityFacts {
  const here = (row: { readonly trust: string; readonly collection: string }) =>
    row.trust === trust && row.collection === collection;
  const row = checks.find(here);
  const held = new Map(sizes.filter(here).map((each) => [each.submission, each]));
  return {
    collection,
    images: row?.images ?? 0,
    patients: row?.patients ?? 0,
    values: counts.filter(here),
    dates: row === undefined ? none : { of: row.dated, wrong: row.future_dates },
    ages: row === undefined ? none : { of: row.ages_compared, wrong: row.ages_differ },
    sexes: row === undefined ? none : { of: row.sexes_compared, wrong: row.sexes_differ },
    pixels: row === undefined ? none : { of: row.native_images, wrong: row.pixels_too_few },
    digests: row === undefined ? none : { of: row.digests, wrong: row.same_pixels },
    submissions: records.flatMap((record) =>
      record.state === 'done' && record.collection === collection
        ? [
            {
              files: record.fileCount,
              bytes: record.totalBytes,
              imported: record.totals.imported,
              held: held.get(record.id) ?? { images: 0, bytes: 0 },
            },
          ]
        : [],
    ),
    imports,
  };
}
