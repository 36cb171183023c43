import { isDeepStrictEqual } from 'node:util';
import type { Split } from '../../dicom/deidentify/outcome';
import type { StagedFile } from '../deidentification/pipeline.contract';
import type { Plan } from '../deidentification/plan.contract';
import type { ImportedPack } from '../imaging/import.contract';
import type { CatalogueStudy, InstanceRow, SeriesContribution, StudyView } from './catalogue.contract';

/** What one submission brought to one study. */
export interface StudyContribution {
  readonly studyInstanceUid: string;
  readonly split: Split;
  readonly datastoreId: string;
  readonly series: readonly SeriesContribution[];
}

/**
 * The rows of a submission by split: one for each imported instance, in order of ordinal.
 * @throws Error where an import speaks of a file that was not staged.
 */
export function catalogueRows(
  plan: Pick<Plan, 'submissionId' | 'trust'>,
  staged: readonly StagedFile[],
  imports: readonly ImportedPack[],
): Map<Split, InstanceRow[]> {
  const stagedByOrdinal = new Map(staged.map((file) => [file.ordinal, file]));
  const rows = new Map<Split, InstanceRow[]>();
  for (const pack of imports)
    for (const file of pack.files) {
      if (file.outcome !== 'imported') continue;
      const source = stagedByOrdinal.get(file.ordinal);
      if (source === undefined) throw new Error(`file ${file.ordinal} was imported but never staged`);
      const {
        outcome: _outcome,
        group: _group,
        pack: _pack,
        key: _key,
        groupingDigest: _digest,
        split,
        ...kept
      } = source;
      const row: InstanceRow = {
        ...kept,
        submission: plan.submissionId,
        trust: plan.trust,
        datastoreId: pack.datastoreId,
        imageSetId: file.imageSetId,
        importWarnings: file.warnings,
      };
      const list = rows.get(split);
      if (list === undefined) rows.set(split, [row]);
      else list.push(row);
    }
  for (const list of rows.values()) list.sort((left, right) => left.ordinal - right.ordinal);
  return rows;
}

/** Adds up rows of one split to studies and series, in order of UID. */
export function studyContributions(split: Split, rows: readonly InstanceRow[]): StudyContribution[] {
  const studies = new Map<string, { datastoreId: string; series: Map<string, SeriesContribution> }>();
  for (const row of rows) {
    const study = studies.get(row.studyInstanceUid) ?? { datastoreId: row.datastoreId, series: new Map() };
    const series = study.series.get(row.seriesInstanceUid);
    const { modality } = row.facts;
    study.series.set(row.seriesInstanceUid, {
      seriesInstanceUid: row.seriesInstanceUid,
      modality: series?.modality ?? (typeof modality === 'string' ? modality : null),
      instances: (series?.instances ?? 0) + 1,
    });
    studies.set(row.studyInstanceUid, study);
  }
  return [...studies]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([studyInstanceUid, { datastoreId, series }]) => ({
      studyInstanceUid,
      split,
      datastoreId,
      series: [...series.values()].sort((left, right) =>
        left.seriesInstanceUid < right.seriesInstanceUid ? -1 : 1,
      ),
    }));
}

/** Whether the study holds just this of the submission: a step that runs again has nothing to write. */
export function isContributed(
  known: CatalogueStudy,
  submissionId: string,
  { datastoreId, series }: StudyContribution,
): boolean {
  return (
    known.datastoreId === datastoreId && isDeepStrictEqual(known.contributions[submissionId], [...series])
  );
}

/** The study after a submission's contribution: its own part replaced, the parts of others kept. */
export function withContribution(
  known: CatalogueStudy | null,
  collection: string,
  submissionId: string,
  contribution: StudyContribution,
): CatalogueStudy {
  return {
    studyInstanceUid: contribution.studyInstanceUid,
    collection,
    split: contribution.split,
    datastoreId: contribution.datastoreId,
    contributions: { ...known?.contributions, [submissionId]: [...contribution.series] },
    version: (known?.version ?? 0) + 1,
  };
}

/** The study without a submission's contribution; null where nothing is left. */
export function withoutContribution(known: CatalogueStudy, submissionId: string): CatalogueStudy | null {
  const { [submissionId]: _, ...contributions } = known.contributions;
  if (Object.keys(contributions).length === 0) return null;
  return { ...known, contributions, version: known.version + 1 };
}

/** A study with the contributions of all submissions added up. */
export function viewStudy(study: CatalogueStudy): StudyView {
  const series = new Map<string, SeriesContribution>();
  for (const contribution of Object.values(study.contributions))
    for (const each of contribution) {
      const known = series.get(each.seriesInstanceUid);
      series.set(each.seriesInstanceUid, {
        seriesInstanceUid: each.seriesInstanceUid,
        modality: known?.modality ?? each.modality,
        instances: (known?.instances ?? 0) + each.instances,
      });
    }
  const list = [...series.values()].sort((left, right) =>
    left.seriesInstanceUid < right.seriesInstanceUid ? -1 : 1,
  );
  return {
    studyInstanceUid: study.studyInstanceUid,
    collection: study.collection,
    datastoreId: study.datastoreId,
    series: list,
    instances: list.reduce((sum, each) => sum + each.instances, 0),
  };
}
