import { createAthenaClient } from '../platform/athena-client';
import type { ObjectStore } from '../platform/object-store';
import { AthenaQueryEngine } from './athena-query-engine';
import type { LakeEnvironment } from './lake.environment';

/** The engine as it is deployed with a function. */
export function deployedEngine(
  environment: LakeEnvironment,
  objects: Pick<ObjectStore, 'readStream'>,
  limitMilliseconds: number,
): AthenaQueryEngine {
  return new AthenaQueryEngine(createAthenaClient(), objects, {
    workGroup: environment.LAKE_WORK_GROUP,
    database: environment.LAKE_DATABASE,
    catalogueBucket: environment.CATALOGUE_BUCKET,
    limitMilliseconds,
  });
}
