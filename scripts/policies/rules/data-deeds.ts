import { heldOutStudy, ownStudy } from '../cases/studies';
import type { Landscape } from '../landscape';
import type { QuestionContext } from '../question';
import { ask, type Deeds } from './deed';
import {
  asText,
  buckets,
  imageVerbs,
  keys,
  objects,
  objectVerbs,
  onImageSets,
  partitions,
  partitionVerbs,
  tables,
  tableVerbs,
} from './things';

function objectDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return asText(objects).flatMap((thing) => {
    const [bucket, key] = objects[thing];
    const resource = `${landscape.arnOf(buckets[bucket])}/${key}`;
    return asText(objectVerbs).map((verb) => ({
      right: `${verb} ${thing}` as const,
      questions: ask(objectVerbs[verb], [resource], base),
    }));
  });
}

function imageDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const [arc = 0] = landscape.arcs;
  const stores = [
    { thing: 'images', store: landscape.developmentStore, study: ownStudy(landscape, arc) },
    { thing: 'held-out-images', store: landscape.heldOutStore, study: heldOutStudy(landscape, arc) },
  ] as const;
  return stores.flatMap(({ thing, store, study }) =>
    asText(imageVerbs).map((verb) => ({
      right: `${verb} ${thing}` as const,
      questions: ask(
        imageVerbs[verb].map((action) => `medical-imaging:${action}`),
        onImageSets.has(verb) ? [store, `${store}/imageset/${'a1'.repeat(16)}`] : [store],
        { ...base, ...(verb === 'read-studies' ? { 'medical-imaging:StudyInstanceUID': study } : {}) },
      ),
    })),
  );
}

function keyDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const landing = landscape.arnOf(buckets.landing);
  return asText(keys).flatMap((thing) => {
    const [id, service] = keys[thing];
    const resources = [landscape.arnOf(id)];
    const through = { ...base, 'kms:ViaService': `${service}.${landscape.region}.amazonaws.com` };
    const tagged: QuestionContext =
      thing === 'landing-key'
        ? { 'aws:ResourceTag/data': 'landing', 'kms:EncryptionContext:aws:s3:arn': landing }
        : // another key under the name of a landing bucket
          { 'kms:EncryptionContext:aws:s3:arn': landing };
    return [
      {
        right: `use ${thing}` as const,
        questions: ask(['kms:Decrypt'], resources, { ...through, ...tagged }),
      },
      {
        right: `use-freely ${thing}` as const,
        questions: ask(['kms:Decrypt'], resources, { ...base, ...tagged }),
      },
      {
        right: `hand-over ${thing}` as const,
        questions: ask(['kms:CreateGrant'], resources, {
          ...base,
          'kms:ViaService': `medical-imaging.${landscape.region}.amazonaws.com`,
        }),
      },
    ];
  });
}

/** Rights to data where it stands, and to its keys. */
export function dataDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return [
    ...objectDeeds(landscape, base),
    ...asText(buckets).map((thing) => ({
      right: `list ${thing}` as const,
      questions: ask(['s3:ListBucket'], [landscape.arnOf(buckets[thing])], base),
    })),
    ...asText(tables).flatMap((thing) =>
      asText(tableVerbs).map((verb) => ({
        right: `${verb} ${thing}` as const,
        questions: ask(tableVerbs[verb], [landscape.arnOf(tables[thing])], base),
      })),
    ),
    ...asText(partitions).flatMap((thing) =>
      asText(partitionVerbs).map((verb) => ({
        right: `${verb} ${thing}` as const,
        questions: ask([partitionVerbs[verb]], [landscape.arnOf(tables.register)], {
          ...base,
          'dynamodb:LeadingKeys': [partitions[thing]],
        }),
      })),
    ),
    ...imageDeeds(landscape, base),
    ...keyDeeds(landscape, base),
  ];
}
