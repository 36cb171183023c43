import type { Landscape } from './landscape';
import type { Goal } from './reach';
import { generatedUid } from './readers';

const submission = 's-01jb0000000000000000000001';

const reads = [
  'GetDICOMBulkdata',
  'GetDICOMInstance',
  'GetDICOMInstanceFrames',
  'GetDICOMInstanceMetadata',
  'GetDICOMSeriesMetadata',
];
const withoutStudy = [
  'SearchDICOMInstances',
  'SearchDICOMSeries',
  'SearchDICOMStudies',
  'SearchImageSets',
  'GetImageSet',
  'GetImageSetMetadata',
  'GetImageFrame',
  'CopyImageSet',
  'ListImageSetVersions',
  'UpdateImageSetMetadata',
  'DeleteImageSet',
  'StoreDICOM',
  'StartDICOMImportJob',
];

/** Everything that holds something of the held-out split: its data store and key, its files, rows, index and job outputs. */
export function heldOutGoals(landscape: Landscape): readonly Goal[] {
  const { developmentStore, heldOutStore } = landscape;
  const goal = (called: string, action: string, resource: string, fixed: Goal['fixed'] = {}): Goal => ({
    called: `${action} on ${called}`,
    action,
    resource,
    fixed,
  });
  const study = (arc: number) => ({
    'medical-imaging:StudyInstanceUID': generatedUid(landscape, arc, 2, 'a study'),
  });
  const objects = [
    ['de-identified held-out files', 'storage/DeidentifiedBucket', `${submission}/held-out/0001/000001.dcm`],
    ['held-out rows', 'storage/CatalogueBucket', `rows/collection=chest/split=held-out/${submission}.ndjson`],
    [
      'held-out demographics',
      'storage/CatalogueBucket',
      `clinical/collection=chest/split=held-out/${submission}.ndjson`,
    ],
    [
      'held-out job outputs',
      'storage/WorkBucket',
      `import-jobs/${submission}/held-out/0001/job-output-manifest.json`,
    ],
    ['lists of evaluation sets', 'storage/CatalogueBucket', 'splits/evaluation-sets/chest/0001-00.json'],
    ['results of submissions', 'storage/WorkBucket', `submissions/${submission}/results/0001.json`],
  ] as const;
  const keys = [
    'imaging/HeldOutKey',
    'storage/DeidentifiedKey',
    'storage/CatalogueKey',
    'storage/WorkKey',
    'records/LedgerKey',
  ];
  return [
    // whatever the study is called
    ...reads.map((action) => goal('the held-out store', `medical-imaging:${action}`, heldOutStore)),
    ...landscape.arcs.flatMap((arc) =>
      reads.flatMap((action) =>
        [developmentStore, heldOutStore].map((store) =>
          goal(`a held-out study of arc ${arc}`, `medical-imaging:${action}`, store, study(arc)),
        ),
      ),
    ),
    ...withoutStudy.flatMap((action) =>
      [heldOutStore, `${heldOutStore}/imageset/${'a1'.repeat(16)}`].map((resource) =>
        goal('the held-out store', `medical-imaging:${action}`, resource),
      ),
    ),
    ...objects.flatMap(([called, bucket, key]) => [
      goal(called, 's3:GetObject', `${landscape.arnOf(bucket)}/${key}`),
      goal(called, 's3:GetObjectVersion', `${landscape.arnOf(bucket)}/${key}`),
      goal(called, 's3:ListBucket', landscape.arnOf(bucket)),
    ]),
    ...keys.flatMap((key) =>
      ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:CreateGrant'].map((action) =>
        // no key of held-out data carries the tag of landing keys, by which some steps reach those
        goal(key, action, landscape.arnOf(key), { 'aws:ResourceTag/data': '' }),
      ),
    ),
    ...['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:BatchGetItem'].map((action) =>
      goal('the ledger', action, landscape.arnOf('records/LedgerTable')),
    ),
  ];
}
