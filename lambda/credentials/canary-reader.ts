import type { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CanarySession } from './canary.contract';

/** Status of one read with a session, signed at a time. */
export type CanaryReader = (session: CanarySession, at: Date) => Promise<number>;

const READ_TIMEOUT_MILLISECONDS = 5_000;

/** Reads from HealthImaging, which has no client for DICOMweb; `sts` lends the digest with which AWS clients sign. */
export function canaryReader({ config: { sha256 } }: STSClient): CanaryReader {
  return async (session, at) => {
    const url = new URL(`/datastore/${session.datastoreId}${session.path}`, session.dicomwebEndpoint);
    const { accessKeyId, secretAccessKey, sessionToken } = session;
    const signer = new SignatureV4({
      service: 'medical-imaging',
      region: session.region,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      sha256,
    });
    const { headers } = await signer.sign(
      {
        method: 'GET',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        headers: { host: url.host, accept: 'application/dicom; transfer-syntax=*' },
      },
      { signingDate: at },
    );
    const { host: _host, ...sent } = headers;
    const answer = await fetch(url, {
      headers: sent,
      signal: AbortSignal.timeout(READ_TIMEOUT_MILLISECONDS),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
}
