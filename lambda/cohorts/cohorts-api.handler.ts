import { englandCensus2021 } from '../../statistics/references/england-census-2021';
import { RegisterTableProjects } from '../catalogue/project-register';
import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { cohortsApiEnvironment } from './cohorts-api.environment';
import { RegisterQueryLog } from './query-log';
import { ReleasePatients } from './release-patients';
import { serveCohorts } from './serve-cohorts';
import { WithdrawnStudies } from './withdrawn-studies';

/** API Gateway waits 29 s for an answer; of these some are kept for the log of questions and the register. */
const questionLimitMilliseconds = 12_000;

const environment = readEnvironment(cohortsApiEnvironment);
const { cohorts, releases } = environment.configuration;
const api = new HttpApi(createLog('cohorts-api'));
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);
const objects = new S3ObjectStore(createS3Client());
const engine = deployedEngine(environment, objects, questionLimitMilliseconds);
const queryLog = new RegisterQueryLog(table, objects, environment.CATALOGUE_BUCKET);

serveCohorts(api, {
  table,
  projects: new RegisterTableProjects(table),
  engine,
  queryLog,
  patients: new ReleasePatients(queryLog, engine),
  withdrawn: new WithdrawnStudies(engine, systemClock),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  clock: systemClock,
  limits: cohorts.questions,
  gate: cohorts.gate,
  references: [englandCensus2021(), ...releases.references],
});

export const { handler } = api;
