import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AccessMode } from '../../lambda/platform/configuration.contract';

/**
 * The DICOMweb reads that IAM can bind to a study: each knows the condition key `medical-imaging:StudyInstanceUID`.
 * Searches, native reads and everything else do not, and an action without the key "functions as if no context key was
 * specified"; so nothing else may ever stand beside them.
 */
export const readingActions = [
  'medical-imaging:GetDICOMBulkdata',
  'medical-imaging:GetDICOMInstance',
  'medical-imaging:GetDICOMInstanceFrames',
  'medical-imaging:GetDICOMInstanceMetadata',
  'medical-imaging:GetDICOMSeriesMetadata',
] as const;

export interface ReadingScope {
  readonly uidRoot: string;
  readonly arc: number;
  readonly accessMode: AccessMode;
  readonly developmentDatastoreArn: string;
  readonly vpcEndpointId: string;
}

/** `<root>.<arc>.1.*`: the studies of a collection's development split, and of nothing else. */
export function studyPattern(uidRoot: string, arc: number): string {
  return `${uidRoot}.${arc}.1.*`;
}

/** What a person's role may do: read the studies of one collection in the development data store. */
export function readingStatements(scope: ReadingScope): PolicyStatement[] {
  const everything = { effect: Effect.DENY, resources: ['*'] };
  const statements = [
    new PolicyStatement({
      sid: 'ReadStudiesOfTheCollection',
      actions: [...readingActions],
      resources: [scope.developmentDatastoreArn],
      conditions: {
        StringLike: { 'medical-imaging:StudyInstanceUID': studyPattern(scope.uidRoot, scope.arc) },
      },
    }),
    new PolicyStatement({ ...everything, sid: 'NothingElse', notActions: [...readingActions] }),
    new PolicyStatement({
      ...everything,
      sid: 'OnlyByTls',
      actions: ['*'],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  ];
  if (scope.accessMode === 'dae-only') {
    statements.push(
      new PolicyStatement({
        ...everything,
        sid: 'OnlyInTheDataAccessEnvironment',
        actions: ['*'],
        conditions: { StringNotEquals: { 'aws:SourceVpce': scope.vpcEndpointId } },
      }),
    );
  }
  return statements;
}
