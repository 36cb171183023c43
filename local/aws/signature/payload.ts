import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Transform } from 'node:stream';
import { AwsError, type SignedRequest } from '../service';
import { AwsChunkedDecoder } from './aws-chunked';
import type { SignatureClaim } from './signature-claim';

/** How the body of a request is bound to its signature. */
export type PayloadBinding =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'chunked'; readonly signed: boolean; readonly trailer: boolean };

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** Reads `x-amz-content-sha256`. Throws `InvalidRequest` on a word that is not known. */
export function readPayloadBinding(word: string): PayloadBinding {
  switch (word) {
    case UNSIGNED_PAYLOAD:
      return { kind: 'unsigned' };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', signed: false, trailer: true };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', signed: true, trailer: false };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', signed: true, trailer: true };
    default:
      if (/^[0-9a-f]{64}$/.test(word)) return { kind: 'hash', sha256: word };
      throw new AwsError(
        'InvalidArgument',
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING-… word that is known, or a SHA-256 in hex',
      );
  }
}

/** The body as its service reads it: framing removed, errors raised in the stream where it is not what was signed. */
export function boundBody(
  request: IncomingMessage,
  binding: PayloadBinding,
  claim: SignatureClaim,
  signingKey: Buffer,
): Pick<SignedRequest, 'body' | 'trailers' | 'bodySha256'> {
  switch (binding.kind) {
    case 'unsigned':
      return { body: request };
    case 'hash': {
      if (request.headers['content-length'] === '0' || hasNoBody(request)) {
        if (binding.sha256 !== EMPTY_SHA256) throw payloadMismatch(binding.sha256, EMPTY_SHA256);
        return { body: request, bodySha256: () => EMPTY_SHA256 };
      }
      const check = new PayloadHashCheck(binding.sha256);
      return { body: check.through(request), bodySha256: () => check.computed };
    }
    case 'chunked': {
      const decoder = new AwsChunkedDecoder({
        claim,
        signingKey,
        signed: binding.signed,
        trailer: binding.trailer,
        decodedBytes: decodedLength(request),
        trailerNames: headerList(request.headers['x-amz-trailer']),
      });
      flow(request, decoder);
      return { body: decoder, trailers: () => decoder.trailers };
    }
  }
}

/** Bytes in an aws-chunked body without its framing. Throws `MissingContentLength`. */
function decodedLength(request: IncomingMessage): number {
  const text = request.headers['x-amz-decoded-content-length'];
  if (typeof text !== 'string' || !/^\d+$/.test(text))
    throw new AwsError(
      'MissingContentLength',
      'You must provide the x-amz-decoded-content-length header.',
      411,
    );
  return Number(text);
}

function headerList(value: string | string[] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function hasNoBody(request: IncomingMessage): boolean {
  return (
    request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined
  );
}

/** An aborted request ends the checked stream with an error as well; the checked stream's reader sees both. */
function flow(request: IncomingMessage, check: Transform): void {
  pipeline(request, check, () => undefined);
}

export const EMPTY_SHA256 = createHash('sha256').digest('hex');

function payloadMismatch(signed: string, computed: string): AwsError {
  return new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
    { ClientComputedContentSHA256: signed, S3ComputedContentSHA256: computed },
  );
}

class PayloadHashCheck {
  computed: string | undefined;

  constructor(private readonly expected: string) {}

  /** The chunks of a request as they come; ends with an error where they are not what was signed. */
  async *through(request: IncomingMessage): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    this.computed = hash.digest('hex');
    if (this.computed !== this.expected) throw payloadMismatch(this.expected, this.computed);
  }
}

/** Reads a small body whole. Throws `RequestEntityTooLarge` above the limit. */
export async function readWhole(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limitBytes)
      throw new AwsError(
        'RequestEntityTooLarge',
        `The request body is larger than ${limitBytes} bytes.`,
        413,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
