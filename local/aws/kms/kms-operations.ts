import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../service';
import { decrypt, encrypt, keyIdOfCiphertext } from './data-encryption';
import { publicKeyOf, signDigest, signMessage, verifyDigest, verifyMessage } from './ecdsa-digest';
import type { KmsKey } from './key-ring';
import { type KeyUsage, USAGE_OF_SPEC } from './kms-key';

/** An operation on a key: how its input is read, what the key must be for, and what it does once authorised. */
export interface KmsOperation<Input> {
  readonly input: z.ZodType<Input>;
  /** Absent: any key, in service or not (DescribeKey). */
  readonly usage?: KeyUsage;
  /** Condition keys that follow from the input. */
  context?(input: Input): Readonly<Record<string, string | readonly string[]>>;
  /** Id, ARN or alias of the key that is meant. */
  keyOf(input: Input): string;
  run(key: KmsKey, input: Input): Readonly<Record<string, unknown>>;
}

/** Longest message for a MAC or a signature over a message, and longest plaintext for Encrypt, in bytes. */
const LONGEST_MESSAGE = 4096;
const DIGEST_BYTES = 32;

const blob = (shortest: number, longest: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length >= shortest && bytes.length <= longest, {
      message: `must have ${shortest} to ${longest} bytes`,
    });

const keyId = z.string().min(1).max(2048);
const message = blob(1, LONGEST_MESSAGE);
const encryptionContext = z.record(z.string(), z.string()).default({});
/** Grants do not exist here, and a dry run would have to be told apart from a run. */
const refused = { GrantTokens: z.array(z.string()).max(0).optional(), DryRun: z.literal(false).optional() };

function operation<Input>(
  input: z.ZodType<Input>,
  rest: NoInfer<Omit<KmsOperation<Input>, 'input'>>,
): KmsOperation<Input> {
  return { input, ...rest };
}

function encryptionContextKeys(context: Readonly<Record<string, string>>) {
  const keys = Object.keys(context);
  return {
    ...Object.fromEntries(keys.map((key) => [`kms:EncryptionContext:${key}`, context[key] ?? ''])),
    ...(keys.length > 0 ? { 'kms:EncryptionContextKeys': keys } : {}),
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
  };
}

const symmetric = z.literal('SYMMETRIC_DEFAULT').default('SYMMETRIC_DEFAULT');
const macInput = { KeyId: keyId, Message: message, MacAlgorithm: z.literal('HMAC_SHA_256'), ...refused };
const signatureInput = {
  KeyId: keyId,
  Message: message,
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.literal('ECDSA_SHA_256'),
  ...refused,
};

const signatureContext = (input: { SigningAlgorithm: string; MessageType: string }) => ({
  'kms:SigningAlgorithm': input.SigningAlgorithm,
  'kms:MessageType': input.MessageType,
});

function requireDigest(bytes: Buffer): Buffer {
  if (bytes.length !== DIGEST_BYTES)
    throw new AwsError('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.', 400);
  return bytes;
}

const generateMac = operation(z.strictObject(macInput), {
  usage: 'GENERATE_VERIFY_MAC',
  context: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),
  keyOf: ({ KeyId }) => KeyId,
  run: (key, { Message, MacAlgorithm }) => ({
    KeyId: key.arn,
    Mac: createHmac('sha256', key.material).update(Message).digest('base64'),
    MacAlgorithm,
  }),
});

const verifyMac = operation(z.strictObject({ ...macInput, Mac: blob(1, 6144) }), {
  usage: 'GENERATE_VERIFY_MAC',
  context: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),
  keyOf: ({ KeyId }) => KeyId,
  run: (key, { Message, Mac, MacAlgorithm }) => {
    const expected = createHmac('sha256', key.material).update(Message).digest();
    if (Mac.length !== expected.length || !timingSafeEqual(Mac, expected))
      throw new AwsError('KMSInvalidMacException', 'The MAC does not belong to this message and key.', 400);
    return { KeyId: key.arn, MacValid: true, MacAlgorithm };
  },
});

const sign = operation(z.strictObject(signatureInput), {
  usage: 'SIGN_VERIFY',
  context: signatureContext,
  keyOf: ({ KeyId }) => KeyId,
  run: (key, { Message, MessageType, SigningAlgorithm }) => {
    const signature =
      MessageType === 'DIGEST'
        ? signDigest(key.material, requireDigest(Message))
        : signMessage(key.material, Message);
    return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm };
  },
});

const verify = operation(z.strictObject({ ...signatureInput, Signature: blob(1, 6144) }), {
  usage: 'SIGN_VERIFY',
  context: signatureContext,
  keyOf: ({ KeyId }) => KeyId,
  run: (key, { Message, MessageType, SigningAlgorithm, Signature }) => {
    const valid =
      MessageType === 'DIGEST'
        ? verifyDigest(key.material, requireDigest(Message), Signature)
        : verifyMessage(key.material, Message, Signature);
    if (!valid)
      throw new AwsError(
        'KMSInvalidSignatureException',
        'The signature does not belong to this message and key.',
        400,
      );
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
  },
});

const getPublicKey = operation(z.strictObject({ KeyId: keyId, ...refused }), {
  usage: 'SIGN_VERIFY',
  keyOf: ({ KeyId }) => KeyId,
  run: (key) => ({
    KeyId: key.arn,
    PublicKey: publicKeyOf(key.material).toString('base64'),
    CustomerMasterKeySpec: key.keySpec,
    KeySpec: key.keySpec,
    KeyUsage: USAGE_OF_SPEC[key.keySpec],
    SigningAlgorithms: ['ECDSA_SHA_256'],
  }),
});

const encryptOperation = operation(
  z.strictObject({
    KeyId: keyId,
    Plaintext: message,
    EncryptionContext: encryptionContext,
    EncryptionAlgorithm: symmetric,
    ...refused,
  }),
  {
    usage: 'ENCRYPT_DECRYPT',
    context: ({ EncryptionContext }) => encryptionContextKeys(EncryptionContext),
    keyOf: ({ KeyId }) => KeyId,
    run: (key, { Plaintext, EncryptionContext, EncryptionAlgorithm }) => ({
      KeyId: key.arn,
      CiphertextBlob: encrypt(key.keyId, key.material, Plaintext, EncryptionContext).toString('base64'),
      EncryptionAlgorithm,
    }),
  },
);

const decryptOperation = operation(
  z.strictObject({
    KeyId: keyId.optional(),
    CiphertextBlob: blob(1, 6144),
    EncryptionContext: encryptionContext,
    EncryptionAlgorithm: symmetric,
    ...refused,
  }),
  {
    usage: 'ENCRYPT_DECRYPT',
    context: ({ EncryptionContext }) => encryptionContextKeys(EncryptionContext),
    keyOf: ({ KeyId, CiphertextBlob }) => KeyId ?? keyIdOfCiphertext(CiphertextBlob),
    run: (key, { CiphertextBlob, EncryptionContext, EncryptionAlgorithm }) => {
      if (keyIdOfCiphertext(CiphertextBlob) !== key.keyId)
        throw new AwsError(
          'IncorrectKeyException',
          'The key ID in the request does not identify a CMK that can perform this operation.',
          400,
        );
      const plaintext = decrypt(key.keyId, key.material, CiphertextBlob, EncryptionContext);
      return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm };
    },
  },
);

const dataKeyInput = z
  .strictObject({
    KeyId: keyId,
    KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
    NumberOfBytes: z.number().int().min(1).max(1024).optional(),
    EncryptionContext: encryptionContext,
    ...refused,
  })
  .refine((input) => (input.KeySpec === undefined) !== (input.NumberOfBytes === undefined), {
    message: 'Please specify either number of bytes or key spec.',
  });

function newDataKey(key: KmsKey, input: z.infer<typeof dataKeyInput>) {
  const bytes = input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
  const plaintext = randomBytes(bytes);
  const ciphertext = encrypt(key.keyId, key.material, plaintext, input.EncryptionContext);
  return { plaintext, result: { KeyId: key.arn, CiphertextBlob: ciphertext.toString('base64') } };
}

const generateDataKey = operation(dataKeyInput, {
  usage: 'ENCRYPT_DECRYPT',
  context: ({ EncryptionContext }) => encryptionContextKeys(EncryptionContext),
  keyOf: ({ KeyId }) => KeyId,
  run: (key, input) => {
    const { plaintext, result } = newDataKey(key, input);
    return { ...result, Plaintext: plaintext.toString('base64') };
  },
});

const generateDataKeyWithoutPlaintext = operation(dataKeyInput, {
  usage: 'ENCRYPT_DECRYPT',
  context: ({ EncryptionContext }) => encryptionContextKeys(EncryptionContext),
  keyOf: ({ KeyId }) => KeyId,
  run: (key, input) => newDataKey(key, input).result,
});

const describeKey = operation(z.strictObject({ KeyId: keyId, GrantTokens: refused.GrantTokens }), {
  keyOf: ({ KeyId }) => KeyId,
  run: (key) => {
    const usage = USAGE_OF_SPEC[key.keySpec];
    const pending = key.deletionDate !== undefined;
    return {
      KeyMetadata: {
        AWSAccountId: key.arn.split(':')[4],
        KeyId: key.keyId,
        Arn: key.arn,
        CreationDate: key.createdAt / 1000,
        DeletionDate: pending ? (key.deletionDate ?? 0) / 1000 : undefined,
        Enabled: key.enabled && !pending,
        Description: key.description,
        KeyUsage: usage,
        KeyState: pending ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: key.keySpec,
        KeySpec: key.keySpec,
        EncryptionAlgorithms: usage === 'ENCRYPT_DECRYPT' ? ['SYMMETRIC_DEFAULT'] : undefined,
        SigningAlgorithms: usage === 'SIGN_VERIFY' ? ['ECDSA_SHA_256'] : undefined,
        MacAlgorithms: usage === 'GENERATE_VERIFY_MAC' ? ['HMAC_SHA_256'] : undefined,
        MultiRegion: false,
      },
    };
  },
});

/** An operation with its input read, so that operations of different inputs stand in one table. */
export interface BoundOperation {
  readonly usage?: KeyUsage;
  readonly keyOf: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  run(key: KmsKey): Readonly<Record<string, unknown>>;
}

function bind<Input>(definition: KmsOperation<Input>): (input: unknown) => BoundOperation {
  return (value) => {
    const parsed = definition.input.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new AwsError(
        'ValidationException',
        `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
        400,
      );
    }
    return {
      usage: definition.usage,
      keyOf: definition.keyOf(parsed.data),
      context: definition.context?.(parsed.data) ?? {},
      run: (key) => definition.run(key, parsed.data),
    };
  };
}

export const KMS_OPERATIONS: ReadonlyMap<string, (input: unknown) => BoundOperation> = new Map([
  ['Decrypt', bind(decryptOperation)],
  ['DescribeKey', bind(describeKey)],
  ['Encrypt', bind(encryptOperation)],
  ['GenerateDataKey', bind(generateDataKey)],
  ['GenerateDataKeyWithoutPlaintext', bind(generateDataKeyWithoutPlaintext)],
  ['GenerateMac', bind(generateMac)],
  ['GetPublicKey', bind(getPublicKey)],
  ['Sign', bind(sign)],
  ['Verify', bind(verify)],
  ['VerifyMac', bind(verifyMac)],
]);
