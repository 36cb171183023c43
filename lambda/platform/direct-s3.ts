import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';

interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** A part of a multipart upload. */
interface PartAddress extends ObjectAddress {
  readonly uploadId: string;
  readonly number: number;
}

interface DirectAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

interface DirectRequest {
  readonly method: 'GET' | 'PUT';
  readonly query?: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hex: part of the signature, and S3 refuses other bytes. */
  readonly sha256: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
}

/**
 * A body in pieces that are sent as they are. Joined they would take as much memory again, outside of V8's heap, which V8
 * answers with collections of all of the heap.
 */
function bodyOf(pieces: readonly Buffer[]): Readable {
  return new Readable({
    // All in one turn, so that they leave in one write.
    read() {
      for (const piece of pieces) this.push(piece);
      this.push(null);
    },
  });
}

/** SHA-256 of no bytes. */
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Percent-encodes as Signature Version 4 does: all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key as the path of a request. */
function encodeKey(key: string): string {
  return encode(key).replaceAll('%2F', '/');
}

function requestTarget(bucket: URL, key: string) {
  return {
    protocol: bucket.protocol,
    hostname: bucket.hostname,
    ...(bucket.port === '' ? {} : { port: Number(bucket.port) }),
    path: `${bucket.pathname.replace(/\/$/, '')}/${encodeKey(key)}`,
  };
}

/**
 * Reads and writes single objects by requests that it signs itself and sends over the connections of an SDK client. The
 * SDK takes three times the work of such a request for its two dozen steps around it, and it digests a body whose digest
 * is known (docs/adr/0018). One attempt only: whatever is not answered well is left to the SDK's client, with its attempts and errors.
 */
export class DirectS3 {
  private readonly signer: SignatureV4;
  private readonly addresses = new Map<string, Promise<URL | null>>();

  constructor(private readonly s3: S3Client) {
    const { region, credentials, sha256 } = s3.config;
    this.signer = new SignatureV4({ service: 's3', region, credentials, sha256, uriEscapePath: false });
  }

  /**
   * An object as a stream, from `firstByte` to `lastByte` (inclusive) or its end; not compared with the checksum that
   * S3 holds. Null: ask the SDK's client.
   */
  async get(place: ObjectAddress, lastByte?: number, firstByte = 0): Promise<Readable | null> {
    const headers: Record<string, string> =
      lastByte === undefined ? {} : { range: `bytes=${firstByte}-${lastByte}` };
    const answer = await this.send(place, { method: 'GET', sha256: emptySha256, headers });
    return answer?.body ?? null;
  }

  /** Puts a body, in pieces, of the given SHA-256 (hex). False: put it by the SDK's client. */
  async put(
    place: ObjectAddress,
    pieces: readonly Buffer[],
    sha256: string,
    contentType: string,
  ): Promise<boolean> {
    const headers = {
      'content-length': String(pieces.reduce((sum, piece) => sum + piece.length, 0)),
      'content-type': contentType,
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    };
    const answer = await this.send(place, { method: 'PUT', sha256, headers, body: bodyOf(pieces) });
    answer?.body.resume();
    return answer !== null;
  }

  /** Puts a part of a multipart upload that keeps SHA-256; gives its ETag. Null: put it by the SDK's client. */
  async putPart(
    { uploadId, number, ...place }: PartAddress,
    body: Buffer,
    sha256: string,
  ): Promise<string | null> {
    const headers = {
      'content-length': String(body.length),
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    };
    const query = { partNumber: String(number), uploadId };
    const answer = await this.send(place, { method: 'PUT', sha256, headers, query, body });
    answer?.body.resume();
    return answer?.headers.etag ?? null;
  }

  /**
   * The presigned URL of a PUT that S3 takes only with these headers (and of a part, with this query), for `expiresIn`
   * seconds.
   * @throws Error where the bucket asks for another way of signing
   */
  async presignPut(
    place: ObjectAddress,
    headers: Readonly<Record<string, string>>,
    expiresIn: number,
    partQuery: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const address = await this.addressOf(place.bucket);
    if (address === null) throw new Error(`requests to ${place.bucket} cannot be signed here`);
    const names = Object.keys(headers);
    const target = requestTarget(address, place.key);
    const { query } = await this.signer.presign(
      {
        ...target,
        method: 'PUT',
        query: { ...partQuery },
        headers: { ...headers, host: address.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      // In the query S3 would not enforce them.
      { expiresIn, unhoistableHeaders: new Set(names), signableHeaders: new Set(['host', ...names]) },
    );
    const parameters = Object.entries(query ?? {}).map(
      ([name, value]) => `${encode(name)}=${encode(String(value))}`,
    );
    return `${address.origin}${target.path}?${parameters.join('&')}`;
  }

  /** A good answer, null for any other end. */
  private async send(place: ObjectAddress, request: DirectRequest): Promise<DirectAnswer | null> {
    try {
      const address = await this.addressOf(place.bucket);
      if (address === null) return null;
      const { requestHandler, systemClockOffset } = this.s3.config;
      const signed = await this.signer.sign(
        {
          ...requestTarget(address, place.key),
          method: request.method,
          query: { ...request.query },
          headers: { ...request.headers, host: address.host, 'x-amz-content-sha256': request.sha256 },
          body: request.body,
        },
        { signingDate: new Date(Date.now() + systemClockOffset) },
      );
      const { response } = await requestHandler.handle(signed);
      if (response.statusCode === 200 || response.statusCode === 206) return response;
      response.body.resume();
      return null;
    } catch {
      return null;
    }
  }

  /** Where the objects of a bucket stand by the SDK's own rules; null where they ask for another way of signing. */
  private addressOf(bucket: string): Promise<URL | null> {
    let address = this.addresses.get(bucket);
    if (address === undefined) {
      address = this.resolveAddress(bucket);
      this.addresses.set(bucket, address);
    }
    return address;
  }

  private async resolveAddress(bucket: string): Promise<URL | null> {
    const { config } = this.s3;
    const given = await config.endpoint?.();
    const endpoint =
      given === undefined
        ? (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL)
        : `${given.protocol}//${given.hostname}${given.port === undefined ? '' : `:${given.port}`}${given.path}`;
    const { url, properties } = config.endpointProvider(
      {
        Bucket: bucket,
        Region: await config.region(),
        UseFIPS: await config.useFipsEndpoint(),
        UseDualStack: await config.useDualstackEndpoint(),
        ForcePathStyle: config.forcePathStyle,
        ...(endpoint === undefined ? {} : { Endpoint: endpoint }),
      },
      {},
    );
    const schemes: unknown = properties?.authSchemes;
    const plain = Array.isArray(schemes) && schemes[0]?.name === 'sigv4' && schemes[0]?.signingName === 's3';
    return plain ? url : null;
  }
}
