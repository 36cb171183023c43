import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateDatastoreCommand,
  GetDICOMImportJobCommand,
  MedicalImagingClient,
  StartDICOMImportJobCommand,
} from '@aws-sdk/client-medical-imaging';
import { MedicalImagingService } from '../../../../local/aws/medical-imaging/medical-imaging-service';
import {
  AwsError,
  type BusEvent,
  type Caller,
  type ConditionContext,
  type InvocationResult,
  type ObjectStorage,
} from '../../../../local/aws/service';
import { writeError } from '../../../../local/aws/wire-errors';

const account = '111122223333';
export const importRoleArn = `arn:aws:iam::${account}:role/import`;
export const authoriserArn = `arn:aws:lambda:eu-west-2:${account}:function:authoriser`;

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

/** Objects as files, so that they can be linked. */
class FolderObjects implements ObjectStorage {
  constructor(
    readonly folder: string,
    readonly linkable: () => boolean,
  ) {}

  /** Reads wait for this. */
  gate: Promise<void> = Promise.resolve();

  async getObject(caller: Caller, bucket: string, key: string) {
    caller.authorise('s3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
    await this.gate;
    const path = join(this.folder, bucket, key);
    const { size } = statSync(path);
    const body = createReadStream(path);
    return { body, bytes: size, etag: '"etag"', ...(this.linkable() ? { contentPath: path } : {}) };
  }

  async putObject(caller: Caller, bucket: string, key: string, body: Buffer) {
    caller.authorise('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
    this.put(`${bucket}/${key}`, body);
  }

  async listKeys(caller: Caller, bucket: string, prefix: string) {
    caller.authorise('s3:ListBucket', `arn:aws:s3:::${bucket}`);
    const root = join(this.folder, bucket);
    const names = (readdirSync(root, { recursive: true }) as string[]).sort();
    return names
      .filter((name) => name.startsWith(prefix) && statSync(join(root, name)).isFile())
      .map((key) => ({ key, bytes: statSync(join(root, key)).size }));
  }

  put(path: string, body: Buffer | string): void {
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    writeFileSync(target, body);
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }
}

/** HealthImaging behind a real HTTP server, everything else in memory or in a folder. */
export class ImagingRoom {
  readonly folder = mkdtempSync(join(tmpdir(), 'nmip-imaging-'));
  linkable = true;
  readonly objects = new FolderObjects(join(this.folder, 's3'), () => this.linkable);
  readonly events: BusEvent[] = [];
  readonly asked: Asked[] = [];
  readonly invoked: unknown[] = [];
  authorise: (asked: Asked) => boolean = () => true;
  authoriser: () => InvocationResult = () => ({ payload: { isTokenValid: true, roleArn: importRoleArn } });
  now = Date.parse('2026-11-23T09:00:00Z');
  throttled = false;
  service = this.start();
  client = new MedicalImagingClient({});
  url = '';
  #server: Server | undefined;
  #imports = 0;

  /** A new service on the same folder, as after a restart. */
  start(): MedicalImagingService {
    this.service = new MedicalImagingService({
      folder: join(this.folder, 'imaging'),
      region: 'eu-west-2',
      accountId: account,
      objects: this.objects,
      roles: { callerForService: (roleArn) => this.caller(roleArn) },
      events: { publish: (event) => this.events.push(event) },
      functions: {
        invokeForService: async (principal, sourceArn, functionArn, payload) => {
          this.invoked.push({ principal, sourceArn, functionArn, payload });
          return this.authoriser();
        },
      },
      clock: { now: () => new Date(this.now) },
      throttled: this.throttled,
    });
    return this.service;
  }

  caller(roleArn = `arn:aws:iam::${account}:role/test`): Caller {
    return {
      principalArn: roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/').concat('/session'),
      accountId: account,
      roleArn,
      sessionTags: {},
      authorise: (action, resource, context = {}) => {
        const asked = { action, resource, context };
        this.asked.push(asked);
        if (!this.authorise(asked)) throw new AwsError('AccessDenied', `not authorized: ${action}`, 403);
      },
    };
  }

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      const rawPath = (request.url ?? '/').split('?')[0] ?? '/';
      const parts = {
        method: request.method ?? 'GET',
        rawPath,
        query: url.searchParams,
        headers: request.headers,
        body: request,
        requestId: 'request',
      };
      const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
      const answer =
        scheme === 'Bearer'
          ? this.service.handleBearer({ ...parts, token, requestContext: {} }, response)
          : this.service.handle({ ...parts, caller: this.caller() }, response);
      answer.catch((error: unknown) => {
        const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
        if (response.headersSent) response.destroy();
        else writeError(known, 'rest-json', 'request', response);
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.client = new MedicalImagingClient({
      endpoint: this.url,
      region: 'eu-west-2',
      disableHostPrefix: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    });
  }

  async createStore(more: { lambdaAuthorizerArn?: string } = {}): Promise<string> {
    const { datastoreId = '' } = await this.client.send(
      new CreateDatastoreCommand({ datastoreName: 'development', ...more }),
    );
    await new Promise(setImmediate);
    return datastoreId;
  }

  /** Imports files through one job and returns its id and what the job's manifest says. */
  async import(datastoreId: string, files: Readonly<Record<string, Buffer | string>>) {
    const prefix = `job-${++this.#imports}`;
    for (const [name, bytes] of Object.entries(files)) this.objects.put(`input/${prefix}/${name}`, bytes);
    const { jobId = '' } = await this.client.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        dataAccessRoleArn: importRoleArn,
        inputS3Uri: `s3://input/${prefix}/`,
        outputS3Uri: 's3://output/jobs/',
      }),
    );
    await this.service.idle();
    return { jobId, prefix, ...(await this.outcome(datastoreId, jobId)) };
  }

  async outcome(datastoreId: string, jobId: string) {
    const { jobProperties } = await this.client.send(new GetDICOMImportJobCommand({ datastoreId, jobId }));
    const folder = `output/jobs/${datastoreId}-DicomImport-${jobId}/`;
    const lines = (name: string): Record<string, never>[] => {
      try {
        const text = this.objects.text(`${folder}${name}`);
        return text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, never>);
      } catch {
        return [];
      }
    };
    return {
      job: jobProperties,
      summary: (lines('job-output-manifest.json')[0]?.jobSummary ?? {}) as ImportSummary,
      success: lines('SUCCESS/success.ndjson') as unknown as SuccessLine[],
      failure: lines('FAILURE/failure.ndjson') as unknown as FailureLine[],
      warning: lines('WARNING/warning.ndjson'),
    };
  }

  /** A DICOMweb read below a data store. */
  get(datastoreId: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/datastore/${datastoreId}/studies${path}`, { headers });
  }

  async close(): Promise<void> {
    await this.service.close();
    this.client.destroy();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface ImportSummary {
  readonly numberOfScannedFiles: number;
  readonly numberOfImportedFiles: number;
  readonly numberOfFilesWithCustomerError: number;
  readonly numberOfFilesWithServerError: number;
  readonly numberOfGeneratedImageSets: number;
  readonly imageSetsSummary: { imageSetId: string; numberOfMatchedSOPInstances: number }[];
}

export interface SuccessLine {
  readonly inputFile: string;
  readonly importResponse: { readonly imageSetId: string; readonly isPrimary: boolean };
}

export interface FailureLine {
  readonly inputFile: string;
  readonly exception: { readonly exceptionType: string; readonly message: string };
}
