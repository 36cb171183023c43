import { createHash, createHmac } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { AwsError } from '../service';
import type { SignatureClaim } from './signature-claim';
import { credentialScope } from './signing-key';

export interface AwsChunkedOptions {
  readonly claim: SignatureClaim;
  readonly signingKey: Buffer;
  /** Each chunk carries a signature that continues from the one of the request. */
  readonly signed: boolean;
  readonly trailer: boolean;
  /** `x-amz-decoded-content-length` */
  readonly decodedBytes: number;
  /** Names that `x-amz-trailer` announced. */
  readonly trailerNames: readonly string[];
}

/** A chunk's header or a trailer line longer than this is not one. */
const LONGEST_LINE = 8192;
const SIGNATURE_EXTENSION = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/;
const EMPTY_HASH = createHash('sha256').digest('hex');

const incomplete = (message: string) => new AwsError('IncompleteBody', message, 400);
const wrongSignature = () =>
  new AwsError('SignatureDoesNotMatch', 'A chunk of the body does not match its signature.', 403);

/**
 * Removes the framing of `Content-Encoding: aws-chunked`, verifies chunk and trailer signatures, and holds the decoded
 * length against what was announced. Bytes flow on before the chunk they belong to is verified: whoever stores them
 * keeps nothing until the stream has ended without an error.
 */
export class AwsChunkedDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  private state: 'header' | 'data' | 'data-end' | 'trailers' | 'done' = 'header';
  private line = '';
  private remaining = 0;
  private decoded = 0;
  private previousSignature: string;
  private chunkSignature = '';
  private chunkHash = createHash('sha256');

  constructor(private readonly options: AwsChunkedOptions) {
    super();
    this.previousSignature = options.claim.signature;
  }

  override _transform(input: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = input;
      while (rest.length > 0) rest = this.state === 'data' ? this.takeData(rest) : this.takeLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.state !== 'done') done(incomplete('The body ended before its last chunk.'));
    else if (this.decoded !== this.options.decodedBytes)
      done(incomplete('The body is not as long as x-amz-decoded-content-length says.'));
    else done();
  }

  private takeData(input: Buffer): Buffer {
    const data = input.subarray(0, this.remaining);
    this.remaining -= data.length;
    this.decoded += data.length;
    if (this.decoded > this.options.decodedBytes)
      throw incomplete('The body is longer than x-amz-decoded-content-length says.');
    if (this.options.signed) this.chunkHash.update(data);
    this.push(data);
    if (this.remaining === 0) this.state = 'data-end';
    return input.subarray(data.length);
  }

  private takeLine(input: Buffer): Buffer {
    if (this.state === 'done') throw incomplete('Bytes follow the last chunk.');
    const end = input.indexOf(0x0a);
    this.line += input.subarray(0, end < 0 ? input.length : end).toString('latin1');
    if (this.line.length > LONGEST_LINE) throw incomplete('A line of the chunk framing is too long.');
    if (end < 0) return input.subarray(input.length);
    if (!this.line.endsWith('\r') && this.state !== 'trailers')
      throw incomplete('A line of the chunk framing does not end in CR LF.');
    const line = this.line.replace(/\r$/, '');
    this.line = '';
    this.readLine(line);
    return input.subarray(end + 1);
  }

  private readLine(line: string): void {
    switch (this.state) {
      case 'header':
        this.readHeader(line);
        return;
      case 'data-end':
        if (line !== '') throw incomplete('A chunk is longer than its header says.');
        this.verifyChunk();
        this.state = 'header';
        return;
      default:
        this.readTrailer(line);
    }
  }

  private readHeader(line: string): void {
    const match = SIGNATURE_EXTENSION.exec(line);
    if (match === null) throw incomplete('A chunk header is malformed.');
    if (this.options.signed && match[2] === undefined) throw wrongSignature();
    this.remaining = Number.parseInt(match[1] ?? '', 16);
    this.chunkSignature = match[2] ?? '';
    this.state = 'data';
    if (this.remaining === 0) {
      this.verifyChunk();
      this.state = 'trailers';
    }
  }

  private readTrailer(line: string): void {
    if (line === '') {
      this.finish();
      return;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const announced = this.options.trailerNames.includes(name) || name === 'x-amz-trailer-signature';
    if (colon < 1 || !this.options.trailer || !announced)
      throw new AwsError('MalformedTrailerError', 'A trailer was sent that x-amz-trailer does not name.');
    this.trailers[name] = line.slice(colon + 1).trim();
  }

  private finish(): void {
    const missing = this.options.trailerNames.find((name) => this.trailers[name] === undefined);
    if (missing !== undefined)
      throw new AwsError('MalformedTrailerError', `The trailer ${missing} was announced and not sent.`);
    if (this.options.signed && this.options.trailer) this.verifyTrailers();
    this.state = 'done';
  }

  private verifyChunk(): void {
    if (!this.options.signed) return;
    const hash = this.chunkHash.digest('hex');
    this.chunkHash = createHash('sha256');
    this.verify('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_HASH, hash], this.chunkSignature);
  }

  private verifyTrailers(): void {
    const given = this.trailers['x-amz-trailer-signature'];
    if (given === undefined) throw wrongSignature();
    const canonical = this.options.trailerNames
      .toSorted()
      .map((name) => `${name}:${this.trailers[name] ?? ''}\n`)
      .join('');
    this.verify('AWS4-HMAC-SHA256-TRAILER', [createHash('sha256').update(canonical).digest('hex')], given);
  }

  private verify(algorithm: string, hashes: readonly string[], given: string): void {
    const { claim, signingKey } = this.options;
    const text = [algorithm, claim.timestamp, credentialScope(claim), this.previousSignature, ...hashes];
    const expected = createHmac('sha256', signingKey).update(text.join('\n')).digest('hex');
    if (expected !== given) throw wrongSignature();
    this.previousSignature = expected;
  }
}
