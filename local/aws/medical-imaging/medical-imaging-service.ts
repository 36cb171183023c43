import type { ServerResponse } from 'node:http';
import type { CallRecorder } from '../cloudtrail/trail-record';
import {
  AwsError,
  type AwsService,
  type BearerRequest,
  type Caller,
  type Clock,
  type EventPublisher,
  type ObjectStorage,
  type RoleSessions,
  type SignedRequest,
} from '../service';
import type { ImportJobActions } from '../states/medical-imaging-integration';
import type { Json } from '../states/payload-limits';
import { type AuthoriserInvoker, roleOfBearer } from './bearer-token';
import { dicomwebCall, imageFrameCall } from './data-events';
import { DatastoreOperations } from './datastore-operations';
import { DatastoreRegistry } from './datastore-registry';
import { DicomwebReader } from './dicomweb-retrieve';
import { conditionKeys, type DicomwebRoute, dicomwebPath, dicomwebRoute } from './dicomweb-route';
import type { ImageSet } from './image-set-index';
import { ImageSetOperations } from './image-set-operations';
import { ImportJobOperations } from './import-job-operations';
import { ImportRunner } from './import-runner';
import { InstanceCache } from './instance-cache';
import { jsonAnswer, jsonBody } from './rest-bodies';
import { restRoute } from './rest-route';
import { Throttle } from './throttle';

/** What HealthImaging needs of the rest of the embedded platform. */
export interface MedicalImagingDependencies {
  /** Folder for data stores, jobs and stored files. */
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  readonly objects: ObjectStorage;
  readonly roles: RoleSessions;
  readonly events: EventPublisher;
  readonly functions: AuthoriserInvoker;
  readonly clock: Clock;
  /** Where requests are taken down; absent: nowhere. */
  readonly calls?: CallRecorder;
  /** Throttle by AWS's default quotas; off where not asked for. */
  readonly throttled?: boolean;
}

type RequestParts = Pick<SignedRequest, 'method' | 'rawPath' | 'query' | 'headers' | 'body' | 'requestId'>;

/** AWS HealthImaging, as far as NMIP uses it: the SDK's REST interface and DICOMweb. */
export class MedicalImagingService implements AwsService {
  readonly signingName = 'medical-imaging';
  readonly #registry: DatastoreRegistry;
  readonly #runner: ImportRunner;
  readonly #datastores: DatastoreOperations;
  readonly #jobs: ImportJobOperations;
  readonly #imageSets: ImageSetOperations;
  readonly #reader: DicomwebReader;
  readonly #throttle: Throttle;

  constructor(private readonly dependencies: MedicalImagingDependencies) {
    const { folder, region, accountId, events, clock } = dependencies;
    this.#registry = new DatastoreRegistry(
      folder,
      `arn:aws:medical-imaging:${region}:${accountId}:datastore/`,
    );
    this.#runner = new ImportRunner(dependencies);
    const cache = new InstanceCache();
    this.#datastores = new DatastoreOperations(this.#registry, events, clock);
    this.#jobs = new ImportJobOperations(this.#registry, this.#runner, events, clock);
    this.#imageSets = new ImageSetOperations(this.#registry, cache, events, clock);
    this.#reader = new DicomwebReader(cache);
    this.#throttle = new Throttle(clock, dependencies.throttled ?? false);
  }

  /**
   * Goes on with what the end of the process broke off, and returns how many import jobs run again. To be called once
   * after the deployment, after the executions of Step Functions went on.
   */
  resumeJobs(): number {
    this.#datastores.resume();
    return this.#jobs.resume();
  }

  /** Waits until no import job runs. */
  idle(): Promise<void> {
    return this.#runner.idle();
  }

  /** The import jobs for Step Functions' SDK integration; times in ISO 8601. */
  importJobActions(): ImportJobActions {
    return {
      startDicomImportJob: async (caller, { datastoreId, ...request }) => {
        this.#throttle.take('StartDICOMImportJob');
        const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
        return isoTimes(this.#jobs.start(caller, datastoreId, given)) as Readonly<Record<string, Json>>;
      },
      getDicomImportJob: async (caller, { datastoreId, jobId }) => {
        this.#throttle.take('GetDICOMImportJob');
        const { jobProperties } = this.#jobs.get(caller, datastoreId, jobId);
        return { jobProperties: isoTimes(jobProperties) as Readonly<Record<string, Json>> };
      },
    };
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-RequestId', request.requestId);
    const dicomweb = dicomwebPath(request.rawPath);
    if (dicomweb) {
      const route = demandRoute(request, dicomweb.segments);
      await this.#dicomweb(request.caller, dicomweb.datastoreId, route, request, response);
      return;
    }
    const answer = await this.#rest(request, response);
    if (answer === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(jsonAnswer(answer));
  }

  acceptsBearer(rawPath: string): boolean {
    return dicomwebPath(rawPath) !== undefined;
  }

  /** DICOMweb with a bearer token: the data store's authoriser says which role to act as. */
  async handleBearer(request: BearerRequest, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-RequestId', request.requestId);
    const dicomweb = dicomwebPath(request.rawPath);
    if (!dicomweb) throw new AwsError('AccessDeniedException', 'Bearer tokens are for DICOMweb only', 403);
    const route = demandRoute(request, dicomweb.segments);
    const { datastoreId } = dicomweb;
    const { lambdaAuthorizerArn, datastoreArn } = this.#authorisedStore(datastoreId);
    const { functions, clock, roles } = this.dependencies;
    const datastore = { datastoreId, datastoreArn, lambdaAuthorizerArn };
    const roleArn = await roleOfBearer(functions, clock, datastore, route.action, request.token);
    const caller = roles.callerForService(roleArn, 'medical-imaging.amazonaws.com', `oidc-${datastoreId}`, {
      sourceArn: datastoreArn,
      requestContext: request.requestContext,
    });
    await this.#dicomweb(caller, datastoreId, route, request, response);
  }

  async close(): Promise<void> {
    await this.#runner.close();
    this.#registry.close();
  }

  /** A data store that takes bearer tokens; one that does not exist looks like one that does not. */
  #authorisedStore(datastoreId: string) {
    const found = this.#registry.list().find(({ record }) => record.datastoreId === datastoreId)?.record;
    const { lambdaAuthorizerArn, datastoreArn } = found ?? {};
    if (lambdaAuthorizerArn === undefined || datastoreArn === undefined) {
      throw new AwsError('AccessDeniedException', 'The data store has no authorizer for bearer tokens', 403);
    }
    return { lambdaAuthorizerArn, datastoreArn };
  }

  async #dicomweb(
    caller: Caller,
    datastoreId: string,
    route: DicomwebRoute,
    request: RequestParts,
    response: ServerResponse,
  ): Promise<void> {
    const call = dicomwebCall(caller, datastoreId, this.#registry.arnOf(datastoreId), route, request);
    try {
      await this.#answerDicomweb(caller, datastoreId, route, request, response);
      this.dependencies.calls?.record(call);
    } catch (error) {
      this.dependencies.calls?.record({ ...call, error });
      throw error;
    }
  }

  async #answerDicomweb(
    caller: Caller,
    datastoreId: string,
    route: DicomwebRoute,
    request: RequestParts,
    response: ServerResponse,
  ): Promise<void> {
    this.#throttle.take(route.action);
    caller.authorise(
      `medical-imaging:${route.action}`,
      this.#registry.arnOf(datastoreId),
      conditionKeys(route),
    );
    const datastore = this.#registry.get(datastoreId);
    const accept = request.headers.accept;
    switch (route.action) {
      case 'GetDICOMInstance':
        return this.#reader.instance(
          datastore,
          this.#imageSetOf(route, datastoreId, request),
          route.uids,
          accept,
          response,
        );
      case 'GetDICOMInstanceMetadata':
      case 'GetDICOMSeriesMetadata':
        return this.#reader.metadata(
          datastore,
          this.#imageSetOf(route, datastoreId, request),
          route.uids,
          accept,
          response,
        );
      case 'GetDICOMInstanceFrames': {
        const imageSet = this.#imageSetOf(route, datastoreId, request);
        return this.#reader.frames(datastore, imageSet, route.uids, route.frames, accept, response);
      }
      case 'GetDICOMBulkdata': {
        const imageSet = this.#imageSetOf(route, datastoreId, request);
        return this.#reader.bulkData(datastore, imageSet, route.uids, route.path, response);
      }
      default:
        throw new AwsError(
          'NotImplementedException',
          `The embedded platform does not offer ${route.action} of HealthImaging`,
          501,
        );
    }
  }

  /**
   * The image set that a read is about: the series' primary one, or the one that `imageSetId` names, which has to be of
   * the study and series in the path, since those are what the request was authorised for.
   */
  #imageSetOf(
    route: Extract<DicomwebRoute, { uids: { study: string; series: string } }>,
    datastoreId: string,
    { query }: RequestParts,
  ): ImageSet {
    const { index } = this.#registry.get(datastoreId);
    const { study, series } = route.uids;
    const wanted = query.get('imageSetId');
    const found = wanted === null ? index.primary(study, series) : index.imageSet(wanted);
    if (
      found &&
      found.deletedAt === undefined &&
      found.studyInstanceUid === study &&
      found.seriesInstanceUid === series
    ) {
      return found;
    }
    throw new AwsError('ResourceNotFoundException', 'The series does not exist', 404);
  }

  /** Undefined where the answer has been written. */
  async #rest(request: SignedRequest, response: ServerResponse): Promise<unknown> {
    const route = restRoute(request.method, request.rawPath);
    if (!route) {
      throw new AwsError(
        'UnknownOperationException',
        `The embedded platform does not offer ${request.method} on this path of HealthImaging`,
        404,
      );
    }
    const { caller, query } = request;
    const [first = '', second = ''] = route.ids;
    this.#throttle.take(route.operation);
    switch (route.operation) {
      case 'CreateDatastore':
        return this.#datastores.create(caller, await jsonBody(request.body));
      case 'GetDatastore':
        return this.#datastores.get(caller, first);
      case 'ListDatastores':
        return this.#datastores.list(caller, query);
      case 'DeleteDatastore':
        return this.#datastores.delete(caller, first);
      case 'ListTagsForResource':
        return this.#datastores.listTags(caller, first);
      case 'TagResource':
        return this.#datastores.tag(caller, first, await jsonBody(request.body));
      case 'UntagResource':
        return this.#datastores.untag(caller, first, query);
      case 'StartDICOMImportJob':
        return this.#jobs.start(caller, first, await jsonBody(request.body));
      case 'GetDICOMImportJob':
        return this.#jobs.get(caller, first, second);
      case 'ListDICOMImportJobs':
        return this.#jobs.list(caller, first, query);
      case 'SearchImageSets':
        return this.#imageSets.search(caller, first, await jsonBody(request.body), query);
      case 'GetImageSet':
        return this.#imageSets.get(caller, first, second, query);
      case 'ListImageSetVersions':
        return this.#imageSets.versions(caller, first, second, query);
      case 'DeleteImageSet':
        return this.#imageSets.delete(caller, first, second);
      case 'GetImageSetMetadata':
        await this.#imageSets.metadata(caller, first, second, query, response);
        return undefined;
      case 'GetImageFrame': {
        const call = imageFrameCall(caller, first, second, this.#registry.arnOf(first), request.requestId);
        try {
          await this.#imageSets.frame(caller, first, second, await jsonBody(request.body), response);
          this.dependencies.calls?.record(call);
        } catch (error) {
          this.dependencies.calls?.record({ ...call, error });
          throw error;
        }
        return undefined;
      }
      case 'CopyImageSet':
      case 'UpdateImageSetMetadata':
        caller.authorise(`medical-imaging:${route.operation}`, this.#registry.arnOf(first));
        throw new AwsError(
          'NotImplementedException',
          `The embedded platform does not offer ${route.operation} of HealthImaging`,
          501,
        );
    }
  }
}

function demandRoute(request: Pick<RequestParts, 'method'>, segments: readonly string[]): DicomwebRoute {
  const route = dicomwebRoute(request.method, segments);
  if (route) return route;
  throw new AwsError(
    'UnknownOperationException',
    `HealthImaging has no DICOMweb service for ${request.method} on this path`,
    404,
  );
}

function isoTimes(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      member instanceof Date ? member.toISOString() : member,
    ]),
  );
}
