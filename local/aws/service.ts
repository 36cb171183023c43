import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/**
 * What the services of the embedded platform know of each other. A service is reached in two ways: over HTTP, through
 * the gateway that has verified the signature, and in process, by another service that acts for a role (Step Functions,
 * HealthImaging). Both arrive with a `Caller`, and every operation asks its caller for authorisation first.
 */

/** Condition keys of a request, lower-cased or as AWS spells them; comparison ignores case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** Somebody whose permission can be asked: an assumed role session, with its policies already resolved. */
export interface Caller {
  /** For a role session `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly principalArn: string;
  readonly accountId: string;
  /** ARN of the role behind the session. */
  readonly roleArn: string;
  readonly sourceIdentity?: string;
  readonly sessionTags: Readonly<Record<string, string>>;
  /**
   * Decides by the identity, session, boundary and resource policies in force. Throws `AccessDenied`.
   * @param action e.g. `s3:PutObject`
   * @param resource ARN
   */
  authorise(action: string, resource: string, context?: ConditionContext): void;
}

/** An error as AWS words it: the code travels to the client, the status is the HTTP status. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** A request whose signature holds, on its way to the service that its credential scope names. */
export interface SignedRequest {
  readonly method: string;
  /** Path as sent, percent-encoding untouched, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body, with `aws-chunked` framing removed and the signed payload hash checked as it flows. */
  readonly body: AsyncIterable<Buffer>;
  readonly caller: Caller;
  readonly requestId: string;
  /** Trailing headers of an `aws-chunked` body, complete once the body has ended. */
  readonly trailers?: () => Readonly<Record<string, string>>;
  /** SHA-256 of the body in hex where the gateway had to compute it; known once the body has ended. */
  readonly bodySha256?: () => string | undefined;
}

/** A request with `Authorization: Bearer …` instead of a signature (DICOMweb of a data store with an authoriser). */
export interface BearerRequest extends Omit<SignedRequest, 'caller' | 'trailers' | 'bodySha256'> {
  readonly token: string;
  /** Condition keys that the network gives, such as `aws:SourceVpce`; for the caller that the service makes. */
  readonly requestContext: ConditionContext;
}

/** How a service writes its errors when the gateway does it for it. */
export type WireProtocol = 's3-xml' | 'query-xml' | 'json-1.0' | 'json-1.1' | 'rest-json';

/** A service of the AWS endpoint. */
export interface AwsService {
  /** Signing name as in the SigV4 credential scope: `s3`, `kms`, `sts`, `states`, `dynamodb`, `medical-imaging`, … */
  readonly signingName: string;
  /** Where absent: what the service of this signing name speaks on AWS. */
  readonly protocol?: WireProtocol;
  /** An `AwsError` that this throws is written by the gateway in the service's protocol. */
  handle(request: SignedRequest, response: ServerResponse): Promise<void>;
  /** Requests with a bearer token and a path of the form that `acceptsBearer` says yes to. */
  handleBearer?(request: BearerRequest, response: ServerResponse): Promise<void>;
  acceptsBearer?(rawPath: string): boolean;
  /** Sees every request before its signature is checked (CORS). Returns true when it has answered. */
  beforeAuthentication?(request: IncomingMessage, response: ServerResponse): boolean;
  /** Writes what is only in memory and stops timers. */
  close?(): Promise<void>;
}

/** In-process view of S3 that other services use. `authorise` is asked on the caller. */
export interface ObjectStorage {
  getObject(
    caller: Caller,
    bucket: string,
    key: string,
  ): Promise<{
    /** Opened when it is asked for, and then the caller's to read or destroy. */
    readonly body: Readable;
    bytes: number;
    etag: string;
    /** A file that holds exactly this content and is never written again; may be hard-linked. */
    contentPath?: string;
  }>;
  putObject(caller: Caller, bucket: string, key: string, body: Buffer): Promise<void>;
  /** Keys below a prefix, in UTF-8 order. */
  listKeys(caller: Caller, bucket: string, prefix: string): Promise<{ key: string; bytes: number }[]>;
}

/** Makes callers for roles that a service acts for (a service role: state machine, data access role). */
export interface RoleSessions {
  /**
   * Throws `AccessDenied` where the role's trust policy does not name the service principal. `sourceArn` is
   * `aws:SourceArn` for the trust policy; `requestContext` are condition keys of the request that is acted in.
   */
  callerForService(
    roleArn: string,
    servicePrincipal: string,
    sessionName: string,
    options?: { readonly sourceArn?: string; readonly requestContext?: ConditionContext },
  ): Caller;
}

/** Outcome of one function invocation; `functionError` as Lambda reports it. */
export interface InvocationResult {
  readonly payload: unknown;
  readonly functionError?: { readonly errorType: string; readonly errorMessage: string };
}

/** Runs functions. */
export interface FunctionInvoker {
  invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult>;
}

/** An event on the default bus; delivery is at least once and not ordered, as on AWS. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
}

export interface EventPublisher {
  publish(event: BusEvent): void;
}

/** Time, injectable so that expiry can be tested without waiting. */
export interface Clock {
  now(): Date;
}
