import { createHash, createHmac } from 'node:crypto';
import { ALGORITHM, type SignatureClaim } from './signature-claim';

type Scope = Pick<SignatureClaim, 'scopeDate' | 'region' | 'service'>;

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Keys are kept, since one client signs many requests a day with the same one. */
const KEPT_KEYS = 500;
const keys = new Map<string, Buffer>();

/** The key that signs for one day, region and service. */
export function signingKey(secretAccessKey: string, { scopeDate, region, service }: Scope): Buffer {
  const name = `${secretAccessKey}/${scopeDate}/${region}/${service}`;
  let key = keys.get(name);
  if (key === undefined) {
    key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, scopeDate), region), service), 'aws4_request');
    if (keys.size >= KEPT_KEYS) keys.clear();
    keys.set(name, key);
  }
  return key;
}

export function credentialScope({ scopeDate, region, service }: Scope): string {
  return `${scopeDate}/${region}/${service}/aws4_request`;
}

/** Signature in hex over a canonical request. */
export function signCanonicalRequest(
  key: Buffer,
  claim: Scope & Pick<SignatureClaim, 'timestamp'>,
  canonicalRequest: string,
): string {
  const hash = createHash('sha256').update(canonicalRequest).digest('hex');
  return hmac(key, [ALGORITHM, claim.timestamp, credentialScope(claim), hash].join('\n')).toString('hex');
}
