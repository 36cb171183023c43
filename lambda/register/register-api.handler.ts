import { acrValuesOf } from '../platform/assurance.contract';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import type { PaperCommittee } from './attachments';
import { registerApiEnvironment } from './register-api.environment';
import { serveApplications } from './serve-applications';
import { serveAssessments } from './serve-assessments';
import { serveAttachments } from './serve-attachments';
import { servePeople } from './serve-people';
import { serveProjects } from './serve-projects';
import type { SignInService } from './sign-in.contract';

const environment = readEnvironment(registerApiEnvironment);
const api = new HttpApi(createLog('register-api'));

const committee: PaperCommittee = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  firstOfficers: environment.FIRST_OFFICERS,
  collections: environment.configuration.collections,
  uidRoot: environment.UID_ROOT,
  targetWorkingDays: environment.TARGET_WORKING_DAYS,
  objects: new S3ObjectStore(createS3Client()),
  signer: new S3UrlSigner(createPresigningS3Client()),
  applicationsBucket: environment.APPLICATIONS_BUCKET,
};

const { OIDC_ISSUER: issuer, OIDC_SCOPE: scope, OIDC_ASSURANCE: assurance } = environment;
const signIn: SignInService = {
  issuer,
  ...(scope !== null && { scope }),
  ...(assurance !== null && { strong: { acrValues: [...acrValuesOf(assurance)] } }),
};

servePeople(api, committee, environment.configuration.trusts, signIn);
serveApplications(api, committee);
serveAssessments(api, committee);
serveAttachments(api, committee);
serveProjects(api, committee);

export const { handler } = api;
