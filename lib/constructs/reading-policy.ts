import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { developmentPrefix, uidAwareReads } from '../../lambda/credentials/study-scope.contract';
import type { AccessMode } from '../../lambda/platform/configuration.contract';

export interface ReadingScope {
  readonly uidRoot: string;
  readonly arc: number;
  readonly accessMode: AccessMode;
  readonly developmentDatastoreArn: string;
  readonly vpcEndpointId: string;
}

/** `<root>.<arc>.1.*`: the studies of a collection's development split, and of nothing else. */
export function studyPattern(uidRoot: string, arc: number): string {
  return `${developmentPrefix(uidRoot, arc)}*`;
}

/** What a person's role may do: read the studies of one collection in the development data store. */
export function readingStatements(scope: ReadingScope): PolicyStatement[] {
  const everything = { effect: Effect.DENY, resources: ['*'] };
  const statements = [
    new PolicyStatement({
      sid: 'ReadStudiesOfTheCollection',
      actions: [...uidAwareReads],
      resources: [scope.developmentDatastoreArn],
      conditions: {
        StringLike: { 'medical-imaging:StudyInstanceUID': studyPattern(scope.uidRoot, scope.arc) },
        // beside the Deny below, which a request that does not say how it came would pass
        Bool: { 'aws:SecureTransport': 'true' },
      },
    }),
    new PolicyStatement({ ...everything, sid: 'NothingElse', notActions: [...uidAwareReads] }),
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
