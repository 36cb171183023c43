import { z } from 'zod';
import type { PolicyDocument } from '../../aws/iam/policy';
import type { KmsService } from '../../aws/kms/kms-service';
import { type ResourceHandlers, readProperties } from '../resource';
import { flag, policyDocument, tags, withoutEffect } from './property-schemas';

const keyProperties = z.strictObject({
  Description: z.string().optional(),
  EnableKeyRotation: withoutEffect,
  Enabled: flag.default(true),
  KeyPolicy: policyDocument,
  KeySpec: z.enum(['SYMMETRIC_DEFAULT', 'HMAC_256', 'ECC_NIST_P256']).default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'SIGN_VERIFY']).optional(),
  MultiRegion: z.literal(false).optional(),
  PendingWindowInDays: withoutEffect,
  RotationPeriodInDays: withoutEffect,
  Tags: tags,
});

const aliasProperties = z.strictObject({ AliasName: z.string(), TargetKeyId: z.string() });

/** AWS::KMS::Key and Alias. Keys do not turn here: nothing lives long enough. */
export function kmsHandlers(kms: KmsService): ResourceHandlers {
  return {
    'AWS::KMS::Key': (resource) => {
      const given = readProperties(resource, keyProperties);
      const { keyId, arn } = kms.createKey({
        name: `${resource.stack}/${resource.logicalId}`,
        keySpec: given.KeySpec,
        keyUsage: given.KeyUsage,
        policy: given.KeyPolicy as unknown as PolicyDocument,
        description: given.Description,
        enabled: given.Enabled,
        tags: given.Tags,
      });
      return { ref: keyId, attributes: { Arn: arn, KeyId: keyId } };
    },
    'AWS::KMS::Alias': (resource) => {
      const given = readProperties(resource, aliasProperties);
      kms.createAlias(given.AliasName, given.TargetKeyId);
      return { ref: given.AliasName, attributes: {} };
    },
  };
}
