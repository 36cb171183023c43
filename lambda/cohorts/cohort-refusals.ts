import { refusals } from '../platform/platform-error';
import { allCohortRefusals } from './cohort-refusals.contract';

export const refuseCohort = refusals(allCohortRefusals);
