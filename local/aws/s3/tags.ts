import { z } from 'zod';
import { AwsError, type ConditionContext } from '../service';
import { invalidArgument, malformedXml } from './s3-errors';

export type Tags = Readonly<Record<string, string>>;

/** Limits of S3 for the tags of an object. */
const MOST_TAGS = 10;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** Tags of the header `x-amz-tagging`, written like a query string. Throws `InvalidTag` or `InvalidArgument`. */
export function readTagHeader(value: string | string[] | undefined): Tags {
  if (value === undefined) return {};
  const pairs = [...new URLSearchParams(String(value))];
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length)
    throw invalidArgument(
      'The header x-amz-tagging shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.',
      'x-amz-tagging',
    );
  return checkTags(pairs);
}

const taggingDocument = z.object({
  TagSet: z
    .union([z.literal(''), z.object({ Tag: z.array(z.object({ Key: z.string(), Value: z.string() })) })])
    .transform((set) => (set === '' ? [] : set.Tag)),
});

/** Tags of a `Tagging` document. Throws `MalformedXML` or `InvalidTag`. */
export function readTagDocument(document: unknown): Tags {
  const parsed = taggingDocument.safeParse(document);
  if (!parsed.success) throw malformedXml();
  const pairs = parsed.data.TagSet.map(({ Key, Value }): [string, string] => [Key, Value]);
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length)
    throw invalidTag('Cannot provide multiple Tags with the same key');
  return checkTags(pairs);
}

function checkTags(pairs: readonly (readonly [string, string])[]): Tags {
  if (pairs.length > MOST_TAGS) throw invalidTag(`Object tags cannot be greater than ${MOST_TAGS}`);
  for (const [key, value] of pairs) {
    if (key === '' || key.length > LONGEST_KEY) throw invalidTag('The TagKey you have provided is invalid');
    if (value.length > LONGEST_VALUE) throw invalidTag('The TagValue you have provided is invalid');
  }
  return Object.fromEntries(pairs);
}

function invalidTag(message: string): AwsError {
  return new AwsError('InvalidTag', message, 400);
}

/** Condition keys of a request that brings tags. */
export function requestTagContext(tags: Tags): ConditionContext {
  const context: Record<string, string | string[]> = {};
  const keys = Object.keys(tags);
  if (keys.length > 0) context['s3:RequestObjectTagKeys'] = keys;
  for (const [key, value] of Object.entries(tags)) context[`s3:RequestObjectTag/${key}`] = value;
  return context;
}

/** Condition keys of a request for an object that has tags. */
export function existingTagContext(tags: Tags): ConditionContext {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`s3:ExistingObjectTag/${key}`, value]),
  );
}
