import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import {
  CompositePrincipal,
  Effect,
  ManagedPolicy,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { credentialsApiEnvironment } from '../../lambda/credentials/credentials-api.environment';
import { revocationCanaryEnvironment } from '../../lambda/credentials/revocation-canary.environment';
import type { AccessMode } from '../../lambda/platform/configuration.contract';
import { CANARY_ARC } from '../../lambda/register/revocation.contract';
import { revocationApiEnvironment } from '../../lambda/register/revocation-api.environment';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import { CollectionRoles } from '../constructs/collection-roles';
import { allowLogs, dataKey } from '../constructs/data-key';
import type { EnvironmentValues } from '../constructs/function-environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, imagingValues, recordsValues } from '../constructs/platform-values';
import { readingStatements } from '../constructs/reading-policy';
import { writeItems } from '../constructs/role-owner';
import { SessionDenial } from '../constructs/session-denial';
import type { CollectionRole, DicomwebAuthoriserStack } from './dicomweb-authoriser-stack';
import type { ImagingStack } from './imaging-stack';
import type { KeysStack } from './keys-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';

export interface CredentialsStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly records: RecordsStack;
  readonly imaging: ImagingStack;
  readonly authorisation: DicomwebAuthoriserStack;
}

/** Who revokes, and who measures how long that takes. */
export interface Revocation {
  /** Behind the routes of revocations. */
  readonly api: NmipFunction;
  readonly canary: NmipFunction;
}

/**
 * The one function that can make a researcher's credentials, the roles it cuts them from, and what these roles and those
 * of viewers may read. Apart from everything else and under a key of its own.
 */
export class CredentialsStack extends Stack {
  readonly issuer: NmipFunction;
  readonly denial: SessionDenial;
  readonly revocation: Revocation;
  private readonly readings = new Map<string, ManagedPolicy>();
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

    const values = {
      ...configurationValues(configuration),
      ...recordsValues(records),
      ...imagingValues(this, imaging),
      RESEARCHER_ROLE: names.template,
    };
    this.denial = new SessionDenial(this, 'Denial', {
      settings,
      register: records.register,
      environment: values,
      queueKey: props.keys.operationsKey,
    });
    this.revocation = this.makeRevocation(props, names, values);

    this.researcherRoles = configuration.collections.flatMap((collection) =>
      collection.accessModes.map((accessMode) => ({
        collection: collection.id,
        accessMode,
        role: this.makeResearcherRole(
          `Researcher-${collection.id}-${accessMode}`,
          {
            roleName: names.nameOf(collection.arc, accessMode),
            path: names.path,
            description: `Researchers of collection ${collection.id}, ${accessMode}`,
          },
          [this.issuer.role],
          this.readingOf(`Reading-${collection.id}-${accessMode}`, collection.arc, accessMode, props),
        ),
      })),
    );
    this.issuer.allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], names.anyArn);
    acknowledgeWildcard(
      this.issuer,
      names.anyArn,
      'The path holds the roles of researchers and no others, two a collection; each trusts the issuer alone.',
    );

    for (const { collection, accessMode, role } of authorisation.viewerRoles)
      this.readings.get(`Reading-${collection}-${accessMode}`)?.attachToRole(role);
  }

  /**
   * Trusts the roles given alone, which must say for which project and grant, and who asks. What it may read is its boundary
   * as well: so no version of the policy of denials could let it read more.
   */
  private makeResearcherRole(
    id: string,
    named: Pick<RoleProps, 'roleName' | 'path' | 'description'>,
    issuers: readonly [Role, ...Role[]],
    reading: ManagedPolicy,
  ): Role {
    const conditions = {
      Null: {
        'aws:RequestTag/ProjectId': 'false',
        'aws:RequestTag/GrantId': 'false',
        'sts:SourceIdentity': 'false',
      },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['ProjectId', 'GrantId'] },
    };
    const role = new Role(this, id, {
      ...named,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new PrincipalWithConditions(new CompositePrincipal(...issuers), conditions),
      managedPolicies: [reading, this.denial.policy],
      permissionsBoundary: reading,
    });
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [...issuers],
        actions: ['sts:TagSession', 'sts:SetSourceIdentity'],
        conditions,
      }),
    );
    return role;
  }

  /** What the readers of a collection may read; attached by the roles. */
  private readingOf(
    id: string,
    arc: number,
    accessMode: AccessMode,
    { configuration, imaging }: CredentialsStackProps,
  ): ManagedPolicy {
    const reading = new ManagedPolicy(this, id, {
      description: `Read the development studies of arc ${arc}, ${accessMode}`,
      statements: readingStatements({
        uidRoot: configuration.uidRoot,
        arc,
        accessMode,
        developmentDatastoreArn: imaging.development.datastoreArn,
        vpcEndpointId: configuration.dataAccessEnvironment.vpcEndpointId,
      }),
    });
    this.readings.set(id, reading);
    return reading;
  }

  /** Who revokes, and who measures every night how long that takes. */
  private makeRevocation(
    props: CredentialsStackProps,
    names: CollectionRoles,
    values: EnvironmentValues,
  ): Revocation {
    const { settings, records } = props;
    const canaryRole = names.nameOf(CANARY_ARC, 'direct');
    const canaryRoleArn = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `${names.path.slice(1)}${canaryRole}`,
    });
    const environment = {
      ...values,
      DENY_SESSIONS_FUNCTION: this.denial.denySessions.function.functionName,
      CANARY_ROLE: canaryRoleArn,
    };
    const api = new NmipFunction(this, 'RevocationApi', {
      settings,
      entry: 'register/revocation-api',
      description: 'Takes access away, and opens again what was shut',
      environmentSchema: revocationApiEnvironment,
      environment,
      memorySize: 1769,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    api.allowItems(records.register, writeItems);
    // one for both schedules: an alarm takes ten metrics
    const deadLetters = this.denial.deadLetterQueue;
    const canary = new NmipFunction(this, 'RevocationCanary', {
      settings,
      entry: 'credentials/revocation-canary',
      description: 'Measures how long a revocation takes',
      environmentSchema: revocationCanaryEnvironment,
      environment,
      memorySize: 1769,
      timeout: Duration.minutes(7),
      deadLetterQueue: deadLetters,
    });
    // its own revocation and chain; no project, person, issue or closure
    const only = (...partitions: string[]) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    canary.allowItems(
      records.register,
      ['GetItem', 'BatchGetItem', 'UpdateItem'],
      only('CANARY', 'CANARY#*'),
    );
    canary.allowItems(
      records.register,
      ['PutItem'],
      only('CANARY', 'CANARY#*', 'REVOCATIONS', 'OUTBOX', 'CHAINS'),
    );
    for (const each of [api, canary]) {
      each.allow(['lambda:InvokeFunction'], this.denial.denySessions.function.functionArn);
      each.allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], canaryRoleArn);
    }
    this.makeResearcherRole(
      'Canary',
      { roleName: canaryRole, path: names.path, description: 'Reads nothing: measures revocations' },
      [api.role, canary.role],
      this.readingOf('ReadingNothing', CANARY_ARC, 'direct', props),
    );
    new Rule(this, 'Nightly', {
      description: 'Measures how long a revocation takes',
      schedule: Schedule.cron({ minute: '30', hour: '2' }),
      targets: [new LambdaFunction(canary.function, { deadLetterQueue: deadLetters })],
    });
    return { api, canary };
  }
}
