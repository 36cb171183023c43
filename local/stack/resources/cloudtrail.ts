import { z } from 'zod';
import type { TrailService } from '../../aws/cloudtrail/trail-service';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { flag, withoutEffect } from './property-schemas';

const values = z.array(z.string()).optional();

const fieldSelector = z
  .strictObject({
    Field: z.enum([
      'eventCategory',
      'eventSource',
      'eventName',
      'readOnly',
      'resources.type',
      'resources.ARN',
    ]),
    Equals: values,
    NotEquals: values,
    StartsWith: values,
  })
  .transform(({ Field, Equals, NotEquals, StartsWith }) => ({
    field: Field,
    equals: Equals,
    notEquals: NotEquals,
    startsWith: StartsWith,
  }));

const trailProperties = z.strictObject({
  AdvancedEventSelectors: z.array(
    z
      .strictObject({ Name: z.string().optional(), FieldSelectors: z.array(fieldSelector).min(1) })
      .transform(({ FieldSelectors }) => FieldSelectors),
  ),
  EnableLogFileValidation: withoutEffect,
  IncludeGlobalServiceEvents: withoutEffect,
  IsLogging: flag,
  IsMultiRegionTrail: withoutEffect,
  KMSKeyId: withoutEffect,
  S3BucketName: z.string(),
  Tags: withoutEffect,
  TrailName: z.string().optional(),
});

/** AWS::CloudTrail::Trail. Its files are encrypted by the bucket's default; digest files are not written. */
export function cloudTrailHandlers(trails: TrailService): ResourceHandlers {
  return {
    'AWS::CloudTrail::Trail': (resource) => {
      const given = readProperties(resource, trailProperties);
      const name = given.TrailName ?? physicalName(resource.stack, resource.logicalId, 128);
      if (given.IsLogging)
        trails.ensureTrail({
          name,
          bucket: given.S3BucketName,
          selectors: given.AdvancedEventSelectors,
        });
      return {
        ref: name,
        attributes: { Arn: `arn:aws:cloudtrail:${resource.region}:${resource.accountId}:trail/${name}` },
      };
    },
  };
}
