import * as z from 'zod';

/** What CloudFormation sends to a custom resource, and the properties of a data store. */

/**
 * Properties of `Custom::HealthImagingDatastore`. All but the tags are fixed when a store is made (HealthImaging has no
 * UpdateDatastore).
 */
export const datastoreProperties = z.object({
  DatastoreName: z.string().regex(/^[A-Za-z0-9._/#-]{1,256}$/, 'a data store name'),
  KmsKeyArn: z.string().startsWith('arn:'),
  LosslessStorageFormat: z.enum(['HTJ2K', 'JPEG_2000_LOSSLESS']),
  /** Function that turns a bearer token into a role; without it the store takes no bearer tokens. */
  LambdaAuthorizerArn: z.string().startsWith('arn:').optional(),
  Tags: z.record(z.string(), z.string()).default({}),
  /** `true`: a change of a fixed property makes a new store beside the old one; otherwise it is refused. */
  ReplaceOnChange: z.enum(['true', 'false']).default('false'),
});

const requestCommon = {
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
};

/** The envelope, read first so that a bad property can still be answered. */
export const customResourceEnvelope = z.object({
  ...requestCommon,
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown(),
  OldResourceProperties: z.unknown().optional(),
});

export type DatastoreProperties = z.infer<typeof datastoreProperties>;
export type CustomResourceEnvelope = z.infer<typeof customResourceEnvelope>;
