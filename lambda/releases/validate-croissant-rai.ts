import { allOf, type Finding, type JsonObject } from './finding';

/**
 * Properties of the Croissant RAI vocabulary 1.0 with their cardinality (docs/croissant-rai-spec.md and
 * docs/croissant_rai.ttl of mlcommons/croissant).
 */
const properties: Readonly<Record<string, 'one' | 'many'>> = {
  dataCollection: 'one',
  dataCollectionType: 'many',
  dataCollectionMissingData: 'one',
  dataCollectionRawData: 'one',
  dataCollectionTimeframe: 'many',
  dataImputationProtocol: 'one',
  dataManipulationProtocol: 'one',
  dataPreprocessingProtocol: 'many',
  dataAnnotationProtocol: 'one',
  dataAnnotationPlatform: 'many',
  dataAnnotationAnalysis: 'many',
  dataReleaseMaintenancePlan: 'many',
  personalSensitiveInformation: 'many',
  dataSocialImpact: 'one',
  dataBiases: 'many',
  dataLimitations: 'many',
  dataUseCases: 'many',
  annotationsPerItem: 'one',
  annotatorDemographics: 'many',
  machineAnnotationTools: 'many',
};

/** What a release must say: the vocabulary demands none, the platform these. */
const demanded = [
  'dataCollectionMissingData',
  'personalSensitiveInformation',
  'dataBiases',
  'dataLimitations',
  'dataUseCases',
  'dataReleaseMaintenancePlan',
];

/** What the RAI properties of a description break. */
export function raiFindings(document: JsonObject): Finding[] {
  const rule = 'Croissant RAI 1.0';
  const used = Object.keys(document).filter((name) => name.startsWith('rai:'));
  return [
    ...(used.length > 0 && !allOf(document.conformsTo).includes('http://mlcommons.org/croissant/RAI/1.0')
      ? [{ rule, path: '/conformsTo', message: 'http://mlcommons.org/croissant/RAI/1.0' }]
      : []),
    ...demanded
      .filter((name) => allOf(document[`rai:${name}`]).length === 0)
      .map((name) => ({ rule, path: `/rai:${name}`, message: 'must be given' })),
    ...used.flatMap((name): Finding[] => {
      const cardinality = properties[name.slice('rai:'.length)];
      const values = allOf(document[name]);
      if (cardinality === undefined)
        return [{ rule, path: `/${name}`, message: 'a property of the vocabulary' }];
      return [
        ...(cardinality === 'one' && Array.isArray(document[name])
          ? [{ rule, path: `/${name}`, message: 'one value' }]
          : []),
        ...(values.every((value) => typeof value === 'string' && value !== '')
          ? []
          : [{ rule, path: `/${name}`, message: 'text' }]),
      ];
    }),
  ];
}
