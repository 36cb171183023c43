import { z } from 'zod';
import { AwsError } from '../service';
import type { ImageSet } from './image-set-index';

const value = z
  .strictObject({
    DICOMPatientId: z.string(),
    DICOMAccessionNumber: z.string(),
    DICOMStudyId: z.string(),
    DICOMStudyInstanceUID: z.string(),
    DICOMSeriesInstanceUID: z.string(),
    createdAt: z.number(),
    updatedAt: z.number(),
    DICOMStudyDateAndTime: z.object({ DICOMStudyDate: z.string(), DICOMStudyTime: z.string().optional() }),
    isPrimary: z.boolean(),
  })
  .partial();

/** Body of SearchImageSets. */
export const searchCriteria = z.object({
  filters: z
    .array(z.object({ values: z.array(value).min(1).max(2), operator: z.enum(['EQUAL', 'BETWEEN']) }))
    .max(1)
    .default([]),
  sort: z
    .object({
      sortOrder: z.enum(['ASC', 'DESC']),
      sortField: z.enum(['updatedAt', 'createdAt', 'DICOMStudyDateAndTime']),
    })
    .optional(),
});

type Criteria = z.infer<typeof searchCriteria>;
type FilterValue = z.infer<typeof value>;

/**
 * Image sets that meet the one filter that HealthImaging takes, newest first where no order is asked for.
 * @throws AwsError `ValidationException` for BETWEEN without two values
 */
export function searchImageSets(imageSets: readonly ImageSet[], { filters, sort }: Criteria): ImageSet[] {
  const [filter] = filters;
  if (filter?.operator === 'BETWEEN' && filter.values.length !== 2) {
    throw new AwsError('ValidationException', 'BETWEEN needs two values', 400);
  }
  const found = imageSets.filter((imageSet) => {
    if (!filter) return true;
    const [low, high] = filter.values;
    if (!low) return true;
    if (filter.operator === 'EQUAL') return meets(imageSet, low, (own, wanted) => own === wanted);
    return (
      meets(imageSet, low, (own, wanted) => own >= wanted) &&
      meets(imageSet, high ?? low, (own, wanted) => own <= wanted)
    );
  });
  const field = sort?.sortField ?? 'updatedAt';
  const direction = sort?.sortOrder === 'ASC' ? 1 : -1;
  return found.sort((a, b) => direction * compare(attribute(a, field), attribute(b, field)));
}

type Comparable = string | number | boolean;

function meets(
  imageSet: ImageSet,
  wanted: FilterValue,
  test: (own: Comparable, wanted: Comparable) => boolean,
): boolean {
  return Object.entries(wanted).every(([name, given]) => {
    const own = attribute(imageSet, name);
    const value = typeof given === 'object' ? `${given.DICOMStudyDate}${given.DICOMStudyTime ?? ''}` : given;
    return own !== undefined && test(own, value);
  });
}

function attribute(imageSet: ImageSet, name: string): Comparable | undefined {
  const { tags } = imageSet;
  switch (name) {
    case 'createdAt':
      return (imageSet.versions[0]?.at ?? 0) / 1000;
    case 'updatedAt':
      return (imageSet.versions.at(-1)?.at ?? 0) / 1000;
    case 'isPrimary':
      return imageSet.isPrimary;
    case 'DICOMStudyDateAndTime':
      return `${tags.DICOMStudyDate ?? ''}${tags.DICOMStudyTime ?? ''}`;
    default:
      return tags[name as keyof typeof tags];
  }
}

function compare(a: Comparable | undefined, b: Comparable | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
