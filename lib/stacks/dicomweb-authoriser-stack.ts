import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { authoriseDicomwebEnvironment } from '../../lambda/credentials/authorise-dicomweb.environment';
import type { AccessMode } from '../../lambda/platform/configuration.contract';
import { CollectionRoles } from '../constructs/collection-roles';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, recordsValues } from '../constructs/platform-values';
import { readItems } from '../constructs/role-owner';
import type { RecordsStack } from './records-stack';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';

export interface DicomwebAuthoriserStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly records: RecordsStack;
}

/** Role of a collection and access mode. */
export interface CollectionRole {
  readonly collection: string;
  readonly accessMode: AccessMode;
  readonly role: Role;
}

/**
 * HealthImaging waits one second. A start that takes longer may still fetch the issuer's keys and keep them for the
 * viewer's second attempt.
 */
const AUTHORISER_SECONDS = 3;

/**
 * The function that a data store asks who a bearer token is, and the roles it may answer. A data store takes its
 * authoriser only when it is made and keeps the ARN for ever: so this stack comes before the stores, is not deleted, and
 * gives the function a name. What the roles may read is said once the store exists, by the credentials stack.
 */
export class DicomwebAuthoriserStack extends StatefulStack {
  readonly authoriser: NmipFunction;
  readonly viewerRoles: readonly CollectionRole[];

  constructor(scope: Construct, id: string, props: DicomwebAuthoriserStackProps) {
    super(scope, id, props);
    const { configuration, records, settings } = props;
    const anyDatastore = this.formatArn({
      service: 'medical-imaging',
      resource: 'datastore',
      resourceName: '*',
    });

    const names = new CollectionRoles(this, configuration.environmentName, 'viewer');
    this.viewerRoles = configuration.collections.flatMap((collection) =>
      collection.accessModes.map((accessMode) => ({
        collection: collection.id,
        accessMode,
        role: new Role(this, `Viewer-${collection.id}-${accessMode}`, {
          description: `Viewers of collection ${collection.id}, ${accessMode}`,
          roleName: names.nameOf(collection.arc, accessMode),
          path: names.path,
          maxSessionDuration: Duration.hours(1),
          assumedBy: new ServicePrincipal('medical-imaging.amazonaws.com', {
            conditions: {
              StringEquals: { 'aws:SourceAccount': this.account },
              ArnLike: { 'aws:SourceArn': anyDatastore },
            },
          }),
        }),
      })),
    );

    this.authoriser = new NmipFunction(this, 'AuthoriseDicomweb', {
      settings,
      entry: 'credentials/authorise-dicomweb',
      description: 'Bearer token of a viewer to the role of a collection',
      environmentSchema: authoriseDicomwebEnvironment,
      environment: {
        ...configurationValues(configuration),
        ...recordsValues(records),
        VIEWER_ROLE: names.template,
      },
      memorySize: 1769,
      timeout: Duration.seconds(AUTHORISER_SECONDS),
      physicalName: `nmip-${configuration.environmentName}-authorise-dicomweb`,
    });
    this.authoriser.allowItems(records.register, readItems);
    this.authoriser.function.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.authoriser.function.addPermission('HealthImaging', {
      principal: new ServicePrincipal('medical-imaging.amazonaws.com'),
      sourceAccount: this.account,
      sourceArn: anyDatastore,
    });
  }
}
