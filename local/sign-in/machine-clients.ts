import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A client of the issuer that signs in by its key, for unattended delivery by a trust. */
export interface MachineClient {
  /** `client_id`, and `sub` of its tokens. */
  readonly id: string;
  /** PKCS #8 PEM, readable by its owner only: what a trust would keep on its server. */
  readonly keyFile: string;
  /** Public half, as the issuer knows it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** One for each trust of the demonstration. */
const trusts = ['rx1', 'ry2'];

/** The demo machines, with key pairs (ECDSA on P-256) that are made once in the data folder. */
export function machineClients(dataFolder: string): MachineClient[] {
  const folder = join(dataFolder, 'sign-in', 'machines');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return trusts.map((trust) => {
    const id = `machine-${trust}`;
    const keyFile = join(folder, `${id}.pem`);
    if (!existsSync(keyFile)) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    chmodSync(keyFile, 0o600);
    const publicKey = createPublicKey(createPrivateKey(readFileSync(keyFile, 'utf8')));
    return {
      id,
      keyFile,
      jwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: id },
    };
  });
}
