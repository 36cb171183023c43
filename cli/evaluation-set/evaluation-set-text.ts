import type * as z from 'zod';
import type {
  EvaluationSet,
  EvaluationUse,
  evaluationSetsPage,
  evaluationSetView,
  studiesPage,
} from '../../lambda/splits/evaluation-set.contract';
import { plural } from '../terminal/text';
import { stratumName } from './stratum-text';

type View = z.infer<typeof evaluationSetView>;
type Listed = z.infer<typeof evaluationSetsPage>['sets'][number];
type Studies = z.infer<typeof studiesPage>['studies'];

const counts = ({ patients, studies }: Pick<EvaluationSet, 'patients' | 'studies'>): string =>
  `${plural(patients, 'patient')}, ${plural(studies, 'study', 'studies')}`;

/** A version with each of its strata, and by how many these are short. */
export function setText(set: EvaluationSet | View): string {
  const { stratify } = set.definition;
  const strata = set.strata.map(({ group, quota, drawn, short }) => {
    const name = stratumName(stratify, group);
    return `  ${name}: ${drawn} of ${quota}${short > 0 ? `, short by ${short}` : ''}`;
  });
  const withdrawn =
    'withdrawnStudies' in set
      ? [
          `Withdrawn since: ${plural(set.withdrawnStudies, 'study', 'studies')}, ${plural(set.withdrawnPatients, 'patient')} as a whole.`,
        ]
      : [];
  return [
    `${set.name}, version ${set.setVersion}, of release ${set.definition.release}: ${counts(set)}.`,
    `Purpose: ${set.definition.purpose}`,
    ...strata,
    `Commitment: ${set.commitment}`,
    ...withdrawn,
  ].join('\n');
}

export const setsText = (sets: readonly Listed[]): string =>
  sets.length === 0
    ? 'There is no evaluation set.'
    : sets
        .map(
          (set) =>
            `${set.name}, version ${set.setVersion}: ${counts(set)}${set.complete ? '' : ', some strata short'}`,
        )
        .join('\n');

/** The recorded use, then a study a line: collection and UID, withdrawn ones said to be. */
export const useText = (use: EvaluationUse, studies: Studies): string =>
  [
    `Use ${use.id} of version ${use.setVersion} is recorded: number ${use.ofProject} of this project.`,
    ...studies.map(
      ({ collection, study, withdrawn }) => `${collection} ${study}${withdrawn ? ' withdrawn' : ''}`,
    ),
  ].join('\n');

export const usesText = (uses: readonly EvaluationUse[]): string =>
  uses.length === 0
    ? 'The set has not been used.'
    : uses
        .map(
          ({ at, setVersion, project, model, reason, by }) =>
            `${at} version ${setVersion} ${project} ${model} (${reason}) by ${by}`,
        )
        .join('\n');
