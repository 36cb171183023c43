import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { S3UrlSigner } from '../../../lambda/platform/presigned-urls';

const s3 = new S3Client({
  region: 'eu-west-2',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  requestChecksumCalculation: 'WHEN_REQUIRED',
});

describe('a presigned upload', () => {
  const sha256 = createHash('sha256').update('body').digest('hex');
  const binding = {
    place: { bucket: 'nmip-landing-rx1', key: 's-0/000001' },
    bytes: 4,
    sha256,
    contentType: 'application/dicom',
  };

  it('binds key, length, digest, type and absence by signed headers, for 900 seconds', async () => {
    const { url, headers } = await new S3UrlSigner(s3).signUpload(binding);
    const parsed = new URL(url);
    expect(parsed.pathname).toBe('/s-0/000001');
    expect(parsed.searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
    );
    expect(parsed.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(headers).toEqual({
      'content-type': 'application/dicom',
      'content-length': '4',
      'if-none-match': '*',
      'x-amz-checksum-sha256': createHash('sha256').update('body').digest('base64'),
    });
  });

  it('puts no checksum into the query, neither of the body nor of an empty one', async () => {
    const { url } = await new S3UrlSigner(s3).signUpload(binding);
    expect([...new URL(url).searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  });
});
