import { Duration, Stack } from 'aws-cdk-lib';
import {
  Effect,
  type IRole,
  ManagedPolicy,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { credentialsApiEnvironment } from '../../lambda/credentials/credentials-api.environment';
import type { AccessMode, CollectionConfiguration } from '../../lambda/platform/configuration.contract';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import { CollectionRoles } from '../constructs/collection-roles';
import { allowLogs, dataKey } from '../constructs/data-key';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, imagingValues, recordsValues } from '../constructs/platform-values';
import { readingStatements } from '../constructs/reading-policy';
import { writeItems } from '../constructs/role-owner';
import type { CollectionRole, DicomwebAuthoriserStack } from './dicomweb-authoriser-stack';
import type { ImagingStack } from './imaging-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';

export interface CredentialsStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly records: RecordsStack;
  readonly imaging: ImagingStack;
  readonly authorisation: DicomwebAuthoriserStack;
}

/**
 * The one function that can make a researcher's credentials, the roles it cuts them from, and what these roles and those
 * of viewers may read. Apart from everything else and under a key of its own.
 */
export class CredentialsStack extends Stack {
  readonly issuer: NmipFunction;
  readonly researcherRoles: readonly CollectionRole[];

  constructor(scope: Construct, id: string, props: CredentialsStackProps) {
    super(scope, id, props);
    const { configuration, settings, records, imaging, authorisation } = props;
    const key = dataKey(this, 'Key', 'NMIP issue of credentials');
    allowLogs(key);

    const names = new CollectionRoles(this, configuration.environmentName, 'researcher');
    this.issuer = new NmipFunction(this, 'CredentialsApi', {
      settings: { ...settings, logKey: key },
      entry: 'credentials/credentials-api',
      description: 'Cuts a credential from a grant of the register',
      environmentSchema: credentialsApiEnvironment,
      environment: {
        ...configurationValues(configuration),
        ...recordsValues(records),
        ...imagingValues(this, imaging),
        RESEARCHER_ROLE: names.template,
      },
      environmentKey: key,
      memorySize: 1024,
      // API Gateway waits a second longer
      timeout: Duration.seconds(28),
      // 200 nodes of a cluster that start a job at once wait in the line of their project's history, each in an environment
      reservedConcurrency: 250,
    });
    this.issuer.allowItems(records.register, writeItems);

    this.researcherRoles = configuration.collections.flatMap((collection) =>
      collection.accessModes.map((accessMode) => ({
        collection: collection.id,
        accessMode,
        role: this.makeResearcherRole(collection, accessMode, names),
      })),
    );
    this.issuer.allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], names.anyArn);
    acknowledgeWildcard(
      this.issuer,
      names.anyArn,
      'The path holds the roles of researchers and no others, two a collection; each trusts the issuer alone.',
    );

    for (const collection of configuration.collections) {
      for (const accessMode of collection.accessModes) {
        const readers = [...this.researcherRoles, ...authorisation.viewerRoles]
          .filter((reader) => reader.collection === collection.id && reader.accessMode === accessMode)
          .map(({ role }) => role);
        this.allowReading(collection, accessMode, readers, props);
      }
    }
  }

  /** Trusts the issuer's role alone, which must say for which project and grant, and who asks. */
  private makeResearcherRole(
    collection: CollectionConfiguration,
    accessMode: AccessMode,
    names: CollectionRoles,
  ): Role {
    const conditions = {
      Null: {
        'aws:RequestTag/ProjectId': 'false',
        'aws:RequestTag/GrantId': 'false',
        'sts:SourceIdentity': 'false',
      },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['ProjectId', 'GrantId'] },
    };
    const issuer = this.issuer.role;
    const role = new Role(this, `Researcher-${collection.id}-${accessMode}`, {
      roleName: names.nameOf(collection.arc, accessMode),
      path: names.path,
      description: `Researchers of collection ${collection.id}, ${accessMode}`,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new PrincipalWithConditions(issuer, conditions),
    });
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [issuer],
        actions: ['sts:TagSession', 'sts:SetSourceIdentity'],
        conditions,
      }),
    );
    return role;
  }

  private allowReading(
    collection: CollectionConfiguration,
    accessMode: AccessMode,
    roles: IRole[],
    { configuration, imaging }: CredentialsStackProps,
  ): void {
    new ManagedPolicy(this, `Reading-${collection.id}-${accessMode}`, {
      description: `Read the development studies of collection ${collection.id}, ${accessMode}`,
      statements: readingStatements({
        uidRoot: configuration.uidRoot,
        arc: collection.arc,
        accessMode,
        developmentDatastoreArn: imaging.development.datastoreArn,
        vpcEndpointId: configuration.dataAccessEnvironment.vpcEndpointId,
      }),
      roles,
    });
  }
}
