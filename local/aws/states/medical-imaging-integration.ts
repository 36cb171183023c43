import { z } from 'zod';
import { AwsError, type Caller } from '../service';
import type { Integration } from './integration';
import type { Json } from './payload-limits';
import { StateError } from './state-error';

/** The import jobs of HealthImaging in process; names of members as the API spells them. Times are ISO 8601. */
export interface ImportJobActions {
  startDicomImportJob(caller: Caller, request: ImportJobRequest): Promise<Readonly<Record<string, Json>>>;
  getDicomImportJob(
    caller: Caller,
    request: { readonly datastoreId: string; readonly jobId: string },
  ): Promise<{ readonly jobProperties: Readonly<Record<string, Json>> }>;
}

/** What StartDICOMImportJob is asked for. */
export interface ImportJobRequest {
  readonly datastoreId: string;
  readonly dataAccessRoleArn: string;
  readonly inputS3Uri: string;
  readonly outputS3Uri: string;
  readonly jobName?: string | undefined;
  readonly clientToken?: string | undefined;
  readonly inputOwnerAccountId?: string | undefined;
}

const startParameters = z.strictObject({
  DatastoreId: z.string(),
  DataAccessRoleArn: z.string(),
  InputS3Uri: z.string(),
  OutputS3Uri: z.string(),
  JobName: z.string().optional(),
  ClientToken: z.string().optional(),
  InputOwnerAccountId: z.string().optional(),
});

const getParameters = z.strictObject({ DatastoreId: z.string(), JobId: z.string() });

/** SDK integrations with HealthImaging: parameters and results in PascalCase, errors with the prefix `MedicalImaging.`. */
export function medicalImagingIntegrations(actions: ImportJobActions): readonly Integration[] {
  return [
    {
      ...sdkIntegration('startDICOMImportJob'),
      run: (parameters, caller) =>
        call(async () => {
          const request = read(startParameters, parameters, 'startDICOMImportJob');
          return pascalCase(
            await actions.startDicomImportJob(caller, {
              datastoreId: request.DatastoreId,
              dataAccessRoleArn: request.DataAccessRoleArn,
              inputS3Uri: request.InputS3Uri,
              outputS3Uri: request.OutputS3Uri,
              jobName: request.JobName,
              clientToken: request.ClientToken,
              inputOwnerAccountId: request.InputOwnerAccountId,
            }),
          );
        }),
    },
    {
      ...sdkIntegration('getDICOMImportJob'),
      run: (parameters, caller) =>
        call(async () => {
          const request = read(getParameters, parameters, 'getDICOMImportJob');
          return pascalCase(
            await actions.getDicomImportJob(caller, {
              datastoreId: request.DatastoreId,
              jobId: request.JobId,
            }),
          );
        }),
    },
  ];
}

function sdkIntegration(action: string) {
  return {
    resource: `arn:aws:states:::aws-sdk:medicalimaging:${action}`,
    resourceType: 'aws-sdk:medicalimaging',
    action,
    callback: false,
    callsFunction: false,
  };
}

async function call(work: () => Promise<Json>): Promise<Json> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const name = error.code === 'AccessDenied' ? 'AccessDeniedException' : error.code;
    throw new StateError(
      `MedicalImaging.${name}`,
      `${error.message} (Service: MedicalImaging, Status Code: ${error.statusCode})`,
    );
  }
}

function read<Request>(schema: z.ZodType<Request>, parameters: Json, action: string): Request {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new StateError(
    'States.Runtime',
    `medicalimaging:${action}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}

/** Member names of a result as Step Functions spells them: first letter in upper case, all the way in. */
function pascalCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      pascalCase(member as Json),
    ]),
  );
}
