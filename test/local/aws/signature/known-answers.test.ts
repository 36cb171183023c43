import { PassThrough } from 'node:stream';
import { AwsChunkedDecoder } from '../../../../local/aws/signature/aws-chunked';
import { canonicalRequest } from '../../../../local/aws/signature/canonical-request';
import { EMPTY_SHA256, UNSIGNED_PAYLOAD } from '../../../../local/aws/signature/payload';
import type { SignatureClaim } from '../../../../local/aws/signature/signature-claim';
import { signCanonicalRequest, signingKey } from '../../../../local/aws/signature/signing-key';

/** Examples of the S3 API reference ("Signature Calculations"), with the secret key that AWS documents use. */
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = { scopeDate: '20130524', region: 'us-east-1', service: 's3', timestamp: '20130524T000000Z' };
const key = signingKey(secret, scope);

it('signs the GET Object example of the S3 reference', () => {
  const request = {
    method: 'GET',
    rawPath: '/test.txt',
    query: new URLSearchParams(),
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': EMPTY_SHA256,
      'x-amz-date': scope.timestamp,
    },
  };
  const canonical = canonicalRequest(
    request,
    's3',
    ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'],
    EMPTY_SHA256,
  );
  expect(signCanonicalRequest(key, scope, canonical)).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

it('signs the presigned URL example of the S3 reference', () => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
    'X-Amz-Date': scope.timestamp,
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'not part of what is signed',
  });
  const headers = { host: 'examplebucket.s3.amazonaws.com' };
  const canonical = canonicalRequest(
    { method: 'GET', rawPath: '/test.txt', query, headers },
    's3',
    ['host'],
    UNSIGNED_PAYLOAD,
  );
  expect(signCanonicalRequest(key, scope, canonical)).toBe(
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

describe('the chunked upload example of the S3 reference', () => {
  const claim: SignatureClaim = {
    ...scope,
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    signedHeaders: [],
    signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  };
  const chunk = (data: string, signature: string) =>
    `${data.length.toString(16)};chunk-signature=${signature}\r\n${data}\r\n`;
  const body = [
    chunk('a'.repeat(65_536), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
    chunk('a'.repeat(1024), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
    chunk('', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  ].join('');

  async function decode(text: string, pieceBytes: number, more: { decodedBytes?: number } = {}) {
    const decoder = new AwsChunkedDecoder({
      claim,
      signingKey: key,
      signed: true,
      trailer: false,
      decodedBytes: 66_560,
      trailerNames: [],
      ...more,
    });
    const bytes = Buffer.from(text);
    const source = new PassThrough();
    for (let at = 0; at < bytes.length; at += pieceBytes) source.write(bytes.subarray(at, at + pieceBytes));
    source.end();
    const received: Buffer[] = [];
    for await (const piece of source.pipe(decoder) as AsyncIterable<Buffer>) received.push(piece);
    return Buffer.concat(received).toString();
  }

  it.each([1_000_000, 4096, 7])(
    'is decoded and verified when it arrives in pieces of %d bytes',
    async (pieces) => {
      expect(await decode(body, pieces)).toBe('a'.repeat(66_560));
    },
  );

  it.each([
    ['other bytes', body.replace('aaaa\r\n', 'aaab\r\n'), 'SignatureDoesNotMatch'],
    ['another signature', body.replace('ad80', 'ad81'), 'SignatureDoesNotMatch'],
    ['no chunk signature', body.replace(/;chunk-signature=[0-9a-f]+/, ''), 'SignatureDoesNotMatch'],
    ['its end cut off', body.slice(0, -100), 'IncompleteBody'],
    ['a chunk longer than it says', body.replace('10000;', 'ffff;'), 'IncompleteBody'],
    ['bytes behind the end', `${body}more`, 'IncompleteBody'],
    [
      'a trailer that was not announced',
      body.replace(/\r\n\r\n$/, '\r\nx-amz-other: 1\r\n\r\n'),
      'MalformedTrailerError',
    ],
  ])('is refused with %s', async (_what, text, code) => {
    await expect(decode(text, 4096)).rejects.toMatchObject({ code });
  });

  it.each([66_559, 66_561])('is refused where %d bytes were announced', async (decodedBytes) => {
    await expect(decode(body, 4096, { decodedBytes })).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});
