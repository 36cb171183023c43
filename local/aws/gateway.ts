import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { keepAliveTimeout } from '../connection-settings';
import { carryOut } from '../faults/carry-out';
import { type FaultPoints, functionOf, type RequestPoint } from '../faults/fault-points';
import type { IdentityRegistry } from './iam/identity-registry';
import { AwsError, type AwsService, type Clock, type ConditionContext, type SignedRequest } from './service';
import { boundBody, readPayloadBinding, readWhole, UNSIGNED_PAYLOAD } from './signature/payload';
import { readSignatureClaim, type SignatureClaim, signatureTime } from './signature/signature-claim';
import { signingKey } from './signature/signing-key';
import { checkClaim, verifySignature } from './signature/verify-signature';
import { protocolOf, writeError } from './wire-errors';

export interface AwsGatewayOptions {
  readonly registry: IdentityRegistry;
  readonly clock: Clock;
  /** `aws:SourceVpce` of what comes in by the second listener. */
  readonly vpcEndpointId: string;
  /** Told of errors that are no `AwsError`: faults of the platform itself. */
  readonly onFault?: (signingName: string, requestId: string, error: unknown) => void;
  /** What a drill does to requests; absent: nothing. */
  readonly drill?: RequestDrill | undefined;
}

export interface RequestDrill {
  readonly points: FaultPoints;
  /** Kills the function process that was given these credentials. */
  readonly killProcess: (accessKeyId: string) => void;
}

export interface GatewayPorts {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly vpcEndpointPort: number;
}

/** Where a request came in. */
type Network = 'public' | 'vpc-endpoint';

const HOST = '127.0.0.1';
/** Bodies that carry no `x-amz-content-sha256` are hashed whole before anything is done; no JSON request is larger. */
const LARGEST_UNBOUND_BODY = 16 << 20;
/** After a refusal, a body up to this size is read and dropped so that the connection can go on. */
const LARGEST_DROPPED_BODY = 64 << 20;
/** Room for a session token with the longest session policy, twice. */
const LARGEST_HEADERS = 32 << 10;
/** A body may take this long to arrive. */
const REQUEST_TIMEOUT_MILLISECONDS = 30 * 60 * 1000;

/** The AWS endpoint: verifies signatures and hands requests to the service that their credential scope names. */
export class AwsGateway {
  private readonly services = new Map<string, AwsService>();
  private readonly servers: Server[] = [];

  constructor(private readonly options: AwsGatewayOptions) {}

  register(service: AwsService): void {
    this.services.set(service.signingName, service);
  }

  /** Starts both listeners on the loopback interface and returns their URLs. */
  async listen(ports: GatewayPorts): Promise<{ endpoint: string; vpcEndpoint: string }> {
    const endpoint = await this.start('public', ports.port);
    const vpcEndpoint = await this.start('vpc-endpoint', ports.vpcEndpointPort);
    return { endpoint, vpcEndpoint };
  }

  /** Stops listening, cuts idle connections, and closes the services. */
  async close(): Promise<void> {
    await Promise.all(
      this.servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
    for (const service of this.services.values()) await service.close?.();
  }

  private start(network: Network, port: number): Promise<string> {
    const server = createServer(
      {
        maxHeaderSize: LARGEST_HEADERS,
        requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
        keepAliveTimeout,
        noDelay: true,
      },
      (request, response) => void this.serve(network, request, response),
    );
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, () => {
        resolve(`http://${HOST}:${(server.address() as AddressInfo).port}`);
      });
    });
  }

  private async serve(network: Network, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    // Clients set their clocks by it where theirs are refused.
    response.setHeader('Date', this.options.clock.now().toUTCString());
    const url = request.url ?? '/';
    const question = url.indexOf('?');
    const rawPath = question < 0 ? url : url.slice(0, question);
    const query = new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
    let signingName = guessSigningName(request);
    try {
      for (const service of this.services.values()) {
        if (service.beforeAuthentication?.(request, response)) return;
      }
      const claim = readSignatureClaim(request.headers, query);
      if (claim === undefined) {
        await this.serveBearer(network, request, response, { rawPath, query, requestId });
        return;
      }
      signingName = claim.service;
      const service = this.services.get(claim.service);
      if (service === undefined)
        throw new AwsError('UnknownOperationException', `There is no service ${claim.service} here`, 404);
      const signed = await this.verify(network, request, claim, { rawPath, query, requestId });
      await this.hand(service, claim, signed, request, response);
    } catch (error) {
      this.refuse(error, signingName, requestId, request, response);
    }
  }

  private async hand(
    service: AwsService,
    claim: SignatureClaim,
    signed: SignedRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { drill } = this.options;
    const fault = drill?.points.request(requestPoint(claim, signed));
    if (drill === undefined || fault === undefined) return service.handle(signed, response);
    const killCaller = () => drill.killProcess(claim.accessKeyId);
    const serve = (struck: SignedRequest) => service.handle(struck, response);
    return carryOut(fault, { signed, request, response, killCaller, serve }, drill.points);
  }

  private async verify(
    network: Network,
    request: IncomingMessage,
    claim: SignatureClaim,
    parts: { rawPath: string; query: URLSearchParams; requestId: string },
  ): Promise<SignedRequest> {
    const now = this.options.clock.now();
    const method = request.method ?? 'GET';
    const signable = { method, rawPath: parts.rawPath, query: parts.query, headers: request.headers };
    checkClaim(claim, signable, this.options.registry.region, now);
    const { session, secretAccessKey } = this.options.registry.openSession(
      claim.accessKeyId,
      claim.sessionToken,
    );
    const contentHash = request.headers['x-amz-content-sha256'];
    let bound: Pick<SignedRequest, 'body' | 'trailers' | 'bodySha256'>;
    let payloadHash: string;
    if (typeof contentHash === 'string' || claim.expiresSeconds !== undefined) {
      payloadHash = typeof contentHash === 'string' ? contentHash : UNSIGNED_PAYLOAD;
      verifySignature(claim, signable, secretAccessKey, payloadHash);
      bound = boundBody(request, readPayloadBinding(payloadHash), claim, signingKey(secretAccessKey, claim));
    } else if (claim.service === 's3') {
      throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
    } else {
      const body = await readWhole(request, LARGEST_UNBOUND_BODY);
      payloadHash = createHash('sha256').update(body).digest('hex');
      verifySignature(claim, signable, secretAccessKey, payloadHash);
      bound = { body: Readable.from([body], { objectMode: false }), bodySha256: () => payloadHash };
    }
    const context = {
      ...this.networkContext(network, request),
      ...(claim.service === 's3' ? s3Context(claim, now, payloadHash) : {}),
    };
    return {
      ...signable,
      ...bound,
      caller: this.options.registry.callerForSession(session, context),
      requestId: parts.requestId,
    };
  }

  private async serveBearer(
    network: Network,
    request: IncomingMessage,
    response: ServerResponse,
    parts: { rawPath: string; query: URLSearchParams; requestId: string },
  ): Promise<void> {
    const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined) {
      for (const service of this.services.values()) {
        if (service.handleBearer === undefined || !service.acceptsBearer?.(parts.rawPath)) continue;
        await service.handleBearer(
          {
            ...parts,
            method: request.method ?? 'GET',
            headers: request.headers,
            body: request,
            token,
            requestContext: this.networkContext(network, request),
          },
          response,
        );
        return;
      }
    }
    throw new AwsError('MissingAuthenticationToken', 'Requests to this endpoint must be signed.', 403);
  }

  /** On the loopback interface there is no TLS; `aws:SecureTransport` is `true` all the same (local/README.md). */
  private networkContext(network: Network, request: IncomingMessage): ConditionContext {
    const address = request.socket.remoteAddress ?? HOST;
    const from: Record<string, string> =
      network === 'vpc-endpoint'
        ? { 'aws:SourceVpce': this.options.vpcEndpointId, 'aws:VpcSourceIp': address }
        : { 'aws:SourceIp': address };
    const agent = request.headers['user-agent'];
    return {
      ...from,
      'aws:SecureTransport': 'true',
      ...(agent === undefined ? {} : { 'aws:UserAgent': agent }),
    };
  }

  private refuse(
    error: unknown,
    signingName: string,
    requestId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const known = error instanceof AwsError;
    if (!known && !request.destroyed) this.options.onFault?.(signingName, requestId, error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const length = Number(request.headers['content-length'] ?? 0);
    if (request.complete || length <= LARGEST_DROPPED_BODY) request.resume();
    else response.setHeader('Connection', 'close');
    const awsError = known
      ? error
      : new AwsError('InternalFailure', 'We encountered an internal error. Please try again.', 500);
    writeError(awsError, protocolOf(this.services.get(signingName), signingName), requestId, response);
  }
}

function requestPoint(claim: SignatureClaim, { method, headers, caller }: SignedRequest): RequestPoint {
  const target = headers['x-amz-target'];
  const functionName = functionOf(caller);
  return {
    service: claim.service,
    method,
    operation: typeof target === 'string' ? (target.split('.').at(-1) ?? method) : method,
    ...(functionName === undefined ? {} : { functionName }),
    accessKeyId: claim.accessKeyId,
    presigned: claim.expiresSeconds !== undefined,
    bodyBytes: Number(headers['content-length'] ?? 0),
  };
}

/** Whom an unsigned request was for, so that its refusal has the right form. */
function guessSigningName(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string') return 's3';
  if (target.startsWith('TrentService')) return 'kms';
  return target.startsWith('DynamoDB') ? 'dynamodb' : 'states';
}

function s3Context(claim: SignatureClaim, now: Date, payloadHash: string): ConditionContext {
  const presigned = claim.expiresSeconds !== undefined;
  return {
    's3:authType': presigned ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    's3:TlsVersion': '1.3',
    's3:x-amz-content-sha256': payloadHash,
    's3:signatureAge': String(Math.max(0, now.getTime() - signatureTime(claim.timestamp))),
  };
}
