import type { QueryLimits } from '../../statistics/disclosure/may-answer';
import type { Reference } from '../../statistics/references/reference.contract';
import type { RepresentativenessGate } from '../../statistics/representativeness/gate.contract';
import type { ProjectRegister } from '../catalogue/project-register';
import type { QueryEngine } from '../lake/query-engine';
import type { Clock } from '../platform/clock';
import type { ObjectStore } from '../platform/object-store';
import type { RegisterTable } from '../register/register-table';
import type { QueryLog } from './query-log';
import type { ReleasePatients } from './release-patients';
import type { WithdrawnStudies } from './withdrawn-studies';

/** What counting and the making of cohorts need. */
export interface CohortPorts {
  readonly table: RegisterTable;
  readonly projects: ProjectRegister;
  readonly engine: Pick<QueryEngine, 'rows'>;
  readonly queryLog: QueryLog;
  readonly patients: ReleasePatients;
  readonly withdrawn: WithdrawnStudies;
  readonly objects: Pick<ObjectStore, 'put' | 'readText' | 'readStream'>;
  readonly catalogueBucket: string;
  readonly clock: Clock;
  readonly limits: QueryLimits;
  readonly gate: RepresentativenessGate;
  readonly references: readonly Reference[];
}
