import { z } from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';

/** Collection id → access mode → role ARN; modes that a collection does not have are absent. */
export const rolesByCollection = z.record(
  collectionId,
  z.partialRecord(accessMode, z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'an ARN of a role')),
);

export type RolesByCollection = z.infer<typeof rolesByCollection>;
