/** What a credential can be bound to: one list and one pattern for the roles that are deployed and the sessions cut from them. */

/**
 * The DICOMweb reads that HealthImaging authorises with the study's UID (`medical-imaging:StudyInstanceUID`). Searches,
 * native reads and everything else know no such key, and an action without the key "functions as if no context key was
 * specified": so nothing else may ever stand here.
 */
export const uidAwareReads = [
  'medical-imaging:GetDICOMBulkdata',
  'medical-imaging:GetDICOMInstance',
  'medical-imaging:GetDICOMInstanceFrames',
  'medical-imaging:GetDICOMInstanceMetadata',
  'medical-imaging:GetDICOMSeriesMetadata',
] as const;

/** Component of the development split in a UID. */
const DEVELOPMENT_SPLIT = 1;

/** Beginning of every UID of a collection's development split, with the point that ends it: `<root>.<arc>.1.`. */
export function developmentPrefix(uidRoot: string, arc: number): string {
  return `${uidRoot}.${arc}.${DEVELOPMENT_SPLIT}.`;
}
