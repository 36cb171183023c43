import { englandCensus2021 } from '../../statistics/references/england-census-2021';
import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { countBalanceAlarm } from '../splits/count-balance-alarm';
import { measureRelease } from './measure-release';
import { measureReleaseEnvironment } from './measure-release.environment';
import { questionLimitMilliseconds, releaseStep, type StepOutcome } from './steps.contract';

const environment = readEnvironment(measureReleaseEnvironment);
const log = createLog('measure-release');
const objects = new S3ObjectStore(createS3Client());
const { collections, publication, releases } = environment.configuration;
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  releasesBucket: environment.RELEASES_BUCKET,
  collections,
  publication,
  references: [englandCensus2021(), ...releases.references],
  gate: releases.gate,
  heldOutShare: environment.HELD_OUT_SHARE,
  address: environment.RELEASES_ADDRESS,
  clock: systemClock,
  reportBalance: countBalanceAlarm,
};

export async function handler(event: unknown): Promise<StepOutcome> {
  const { release } = releaseStep.parse(event);
  const output = await measureRelease(ports, release);
  log.info('release measured', { ...output });
  return output;
}
