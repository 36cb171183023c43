import { loadConfiguration } from '../../config/load-configuration';
import { type PipelineShape, readPipelineShape } from './pipeline-shape';
import { defaultQuotas, type QuotaSet, type Quotas, raisedQuotas } from './quotas';

/** Trusts that send, where an environment is made up: the number that the design reckons with (docs/adr/0011). */
export const trustsOfEngland = 200;

/** Settings of an environment's configuration that bear on capacity. */
export interface Settings {
  readonly environment: string;
  readonly configuredTrusts: number;
  readonly heldOutShare: number;
  readonly clearanceLimitSeconds: number;
  readonly shape: PipelineShape;
  readonly quotas: Readonly<Record<QuotaSet, Quotas>>;
}

/** @throws ConfigurationError for an unknown environment */
export function readSettings(environment: string): Settings {
  const { trusts, heldOutShare, clearance, pipeline } = loadConfiguration(environment);
  return {
    environment,
    configuredTrusts: trusts.length,
    heldOutShare,
    clearanceLimitSeconds: clearance.limitSeconds,
    shape: readPipelineShape(pipeline.batchesAtOnce, clearance.limitSeconds),
    quotas: {
      default: defaultQuotas(pipeline.deidentifyConcurrency),
      raised: raisedQuotas(pipeline.deidentifyConcurrency),
    },
  };
}

/** The settings with another number of import jobs of a submission at once, to see what the deployed one costs. */
export function withImportsAtOnce(settings: Settings, importsAtOnce: number): Settings {
  if (importsAtOnce < 1) throw new RangeError('At least one import job of a submission must run.');
  return { ...settings, shape: { ...settings.shape, importsAtOnce } };
}
