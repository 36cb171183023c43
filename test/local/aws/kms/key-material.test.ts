import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../../../../local/aws/kms/key-ring';
import { systemClock } from '../../../../local/storage/clock';
import { ACCOUNT, accountKeyPolicy, REGION } from '../test-platform';

describe('imported key material', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const material = Buffer.alloc(32, 7);
  const hmacKey = (imported?: Buffer) =>
    new KeyRing(folder, ACCOUNT, REGION, systemClock, imported).put({
      name: 'Pseudonym',
      keySpec: 'HMAC_256',
      policy: accountKeyPolicy,
    });

  it('is what a new HMAC key has, also when it is opened without it', () => {
    expect(hmacKey(material).material).toEqual(material);
    expect(hmacKey().material).toEqual(material);
    expect(hmacKey(material).material).toEqual(material);
  });

  it('is refused where the key has other material, which stays', () => {
    const { material: own } = hmacKey();
    expect(() => hmacKey(material)).toThrow(
      expect.objectContaining({ code: 'IncorrectKeyMaterialException' }),
    );
    expect(hmacKey().material).toEqual(own);
  });

  it('is not for keys of another kind', () => {
    const ring = new KeyRing(folder, ACCOUNT, REGION, systemClock, material);
    expect(ring.put({ name: 'Data', policy: accountKeyPolicy }).material).not.toEqual(material);
  });
});
