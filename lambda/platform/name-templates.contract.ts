import * as z from 'zod';
import type { AccessMode } from './configuration.contract';

/**
 * Names of which there is one a trust or one a collection. A function holds a template with places in braces instead of
 * a list, which would outgrow its environment (docs/adr/0015); the CDK app names the resources by the same template.
 */

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

function templateWith(...places: readonly string[]) {
  return z
    .string()
    .refine(
      (template) => places.every((place) => template.includes(`{${place}}`)),
      `expected a name with ${places.map((place) => `{${place}}`).join(' and ')}`,
    );
}

/** `nmip-live-landing-{odsCode}` → the name of a trust's landing bucket; names of buckets have no capitals. */
export const landingBucketTemplate = templateWith('odsCode').transform(
  (template) => (odsCode: string) => fill(template, { odsCode: odsCode.toLowerCase() }),
);

/** `nmip-live-viewer-{arc}-{accessMode}` → the name or ARN of the role of a collection's arc and an access mode. */
export const collectionRoleTemplate = templateWith('arc', 'accessMode').transform(
  (template) => (arc: number, accessMode: AccessMode) => fill(template, { arc, accessMode }),
);

/** Landing bucket of a trust, by its ODS code. */
export type LandingBucketOf = z.infer<typeof landingBucketTemplate>;

/** Role under which the images of a collection are read, by its arc, which never changes. */
export type CollectionRoleOf = z.infer<typeof collectionRoleTemplate>;
