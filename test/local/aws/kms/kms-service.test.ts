import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  type KMSClient,
  ListKeysCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { ACCOUNT, accountKeyPolicy, allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let client: KMSClient;
let symmetric: string;
let hmac: string;
let signing: string;

function createKeys(): void {
  symmetric = platform.kms.createKey({ name: 'Data', policy: accountKeyPolicy, aliases: ['alias/data'] }).arn;
  hmac = platform.kms.createKey({ name: 'Pseudonym', keySpec: 'HMAC_256', policy: accountKeyPolicy }).arn;
  signing = platform.kms.createKey({
    name: 'Receipt',
    keySpec: 'ECC_NIST_P256',
    policy: accountKeyPolicy,
  }).arn;
}

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  createKeys();
  client = platform.kmsClient(platform.as('keys', policy(allow('kms:*'))));
});

const message = Buffer.from('nmip/patient/1');
const mac = { MacAlgorithm: 'HMAC_SHA_256', Message: message } as const;

describe('HMAC keys', () => {
  it('make the same MAC every time, and verify it', async () => {
    const first = await client.send(new GenerateMacCommand({ KeyId: hmac, ...mac }));
    const second = await client.send(new GenerateMacCommand({ KeyId: hmac, ...mac }));
    expect(first.Mac).toHaveLength(32);
    expect(second.Mac).toEqual(first.Mac);
    await expect(
      client.send(new VerifyMacCommand({ KeyId: hmac, ...mac, Mac: first.Mac })),
    ).resolves.toMatchObject({
      MacValid: true,
    });
    await expect(
      client.send(new VerifyMacCommand({ KeyId: hmac, ...mac, Message: Buffer.from('x'), Mac: first.Mac })),
    ).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  it('keep their material over a restart, in a file that only its owner reads', async () => {
    const before = await client.send(new GenerateMacCommand({ KeyId: hmac, ...mac }));
    await platform.restart();
    createKeys();
    client = platform.kmsClient(platform.as('keys', policy(allow('kms:*'))));
    const after = await client.send(new GenerateMacCommand({ KeyId: hmac, ...mac }));
    expect(after).toMatchObject({ KeyId: hmac, Mac: before.Mac });
    const path = join(platform.dataFolder, 'kms', 'keys.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ keys: expect.any(Array) });
  });
});

describe('signing keys', () => {
  const digest = createHash('sha256').update('a receipt').digest();

  it.each([
    ['RAW' as const, Buffer.from('a receipt')],
    ['DIGEST' as const, digest],
  ])('sign a message of type %s so that the public key verifies it', async (MessageType, Message) => {
    const SigningAlgorithm = 'ECDSA_SHA_256';
    const { Signature } = await client.send(
      new SignCommand({ KeyId: signing, Message, MessageType, SigningAlgorithm }),
    );
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: signing }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(verifySignature('sha256', Buffer.from('a receipt'), key, Signature ?? new Uint8Array())).toBe(
      true,
    );
    for (const [type, given] of [
      ['RAW', Buffer.from('a receipt')],
      ['DIGEST', digest],
    ] as const) {
      const verification = {
        KeyId: signing,
        Message: given,
        MessageType: type,
        SigningAlgorithm,
        Signature,
      } as const;
      await expect(client.send(new VerifyCommand(verification))).resolves.toMatchObject({
        SignatureValid: true,
      });
      const other = createHash('sha256').update('another').digest();
      await expect(client.send(new VerifyCommand({ ...verification, Message: other }))).rejects.toMatchObject(
        {
          name: 'KMSInvalidSignatureException',
        },
      );
    }
  });

  it('signs many digests, each verified by the public key', async () => {
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: signing }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    for (let index = 0; index < 40; index++) {
      const text = `receipt ${index}`;
      const { Signature } = await client.send(
        new SignCommand({
          KeyId: signing,
          Message: createHash('sha256').update(text).digest(),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      expect(verifySignature('sha256', Buffer.from(text), key, Signature ?? new Uint8Array())).toBe(true);
    }
  });

  it('refuse a digest of another length', async () => {
    const command = new SignCommand({
      KeyId: signing,
      Message: Buffer.from('short'),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('symmetric keys', () => {
  const EncryptionContext = { purpose: 'test' };

  it('encrypt and decrypt, by alias too, and bind the encryption context', async () => {
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: 'alias/data', Plaintext: message, EncryptionContext }),
    );
    const { Plaintext, KeyId } = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Buffer.from(Plaintext ?? [])).toEqual(message);
    expect(KeyId).toBe(symmetric);
    await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob: Buffer.from('nonsense'), EncryptionContext })),
    ).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it('make data keys that decrypt to their plaintext', async () => {
    const made = await client.send(new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256' }));
    expect(made.Plaintext).toHaveLength(32);
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(Plaintext).toEqual(made.Plaintext);
    const hidden = await client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: symmetric, NumberOfBytes: 16 }),
    );
    expect(hidden).not.toHaveProperty('Plaintext');
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: hidden.CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(16);
  });
});

describe('authorisation', () => {
  it('takes key policy and identity policy where the key policy leaves it to the account', async () => {
    const nobody = platform.kmsClient(platform.as('nobody', policy(allow('s3:*'))));
    await expect(nobody.send(new GenerateMacCommand({ KeyId: hmac, ...mac }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kms:GenerateMac'),
    });
  });

  it('does not let identity policies reach a key whose policy names somebody else', async () => {
    const own = platform.kms.createKey({
      name: 'Own',
      keySpec: 'HMAC_256',
      policy: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/engine` },
        Action: 'kms:GenerateMac',
        Resource: '*',
      }),
    }).arn;
    await expect(client.send(new GenerateMacCommand({ KeyId: own, ...mac }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const engine = platform.kmsClient(platform.as('engine', policy()));
    await expect(engine.send(new GenerateMacCommand({ KeyId: own, ...mac }))).resolves.toMatchObject({
      KeyId: own,
    });
  });

  it('knows the encryption context, the key usage and the tags as condition keys', async () => {
    const narrow = platform.kmsClient(
      platform.as(
        'narrow',
        policy({
          ...allow('kms:Encrypt'),
          Condition: {
            StringEquals: {
              'kms:EncryptionContext:purpose': 'test',
              'kms:KeyUsage': 'ENCRYPT_DECRYPT',
              'kms:CallerAccount': ACCOUNT,
            },
          },
        }),
      ),
    );
    const encrypt = (purpose: string) =>
      narrow.send(
        new EncryptCommand({ KeyId: symmetric, Plaintext: message, EncryptionContext: { purpose } }),
      );
    await expect(encrypt('test')).resolves.toBeDefined();
    await expect(encrypt('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('states and refusals', () => {
  it('a disabled key and one that is pending deletion are used for nothing', async () => {
    const disabled = platform.kms.createKey({
      name: 'Off',
      keySpec: 'HMAC_256',
      policy: accountKeyPolicy,
      enabled: false,
    }).arn;
    const generate = (KeyId: string) => client.send(new GenerateMacCommand({ KeyId, ...mac }));
    await expect(generate(disabled)).rejects.toMatchObject({ name: 'DisabledException' });
    platform.kms.keys.setEnabled(disabled, true);
    await expect(generate(disabled)).resolves.toBeDefined();
    platform.kms.keys.scheduleDeletion(disabled, 7);
    await expect(generate(disabled)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await expect(client.send(new DescribeKeyCommand({ KeyId: disabled }))).resolves.toMatchObject({
      KeyMetadata: { KeyState: 'PendingDeletion', KeySpec: 'HMAC_256', Enabled: false },
    });
    platform.kms.keys.cancelDeletion(disabled);
    await expect(generate(disabled)).rejects.toMatchObject({ name: 'DisabledException' });
  });

  it('a key is used for its usage only', async () => {
    await expect(client.send(new GenerateMacCommand({ KeyId: symmetric, ...mac }))).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
    await expect(client.send(new EncryptCommand({ KeyId: hmac, Plaintext: message }))).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
  });

  it('a key that is not there, a message that is too long and an unknown operation are named', async () => {
    await expect(client.send(new GenerateMacCommand({ KeyId: 'alias/none', ...mac }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await expect(
      client.send(new GenerateMacCommand({ KeyId: hmac, ...mac, Message: Buffer.alloc(4097) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(client.send(new ListKeysCommand())).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListKeys'),
    });
  });

  it('the spec of a key cannot be changed by a redeployment', () => {
    expect(() =>
      platform.kms.createKey({ name: 'Pseudonym', keySpec: 'ECC_NIST_P256', policy: accountKeyPolicy }),
    ).toThrow(/cannot be changed/);
  });
});
