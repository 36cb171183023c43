import type { Configuration } from '../../config/configuration';
import type { AccessMode } from '../../lambda/platform/configuration.contract';
import type { AccountPolicies, AccountResource, AccountRole } from './account-policies';

/** A collection in one access mode, as roles are cut. */
export interface ReadingPlace {
  readonly arc: number;
  readonly accessMode: AccessMode;
}

/** An environment as the rules speak of it: its account, its data, its roles. */
export interface Landscape {
  readonly environmentName: string;
  readonly accountId: string;
  readonly region: string;
  readonly uidRoot: string;
  readonly vpcEndpointId: string;
  readonly arcs: readonly number[];
  readonly places: readonly ReadingPlace[];
  readonly developmentStore: string;
  readonly heldOutStore: string;
  readonly roles: readonly AccountRole[];
  /**
   * ARN of a resource by `<stack>/<logical id>`, e.g. `storage/WorkBucket`; `landing/Bucket` and `landing/Key` are those of
   * the first trust. @throws Error where there is none
   */
  arnOf(id: string): string;
  /** All resources of a type. */
  ofType(type: string): readonly AccountResource[];
  roleArn(pathAndName: string): string;
}

/** Puts together what the configuration says and what the app makes of it. */
export function landscapeOf(configuration: Configuration, account: AccountPolicies): Landscape {
  const byId = new Map(account.resources.map((resource) => [resource.id, resource]));
  const ofFirstTrust = (type: string) =>
    account.resources.find((resource) => resource.type === type && resource.id.startsWith('landing-'));
  const landing = new Map([
    ['landing/Bucket', ofFirstTrust('AWS::S3::Bucket')],
    ['landing/Key', ofFirstTrust('AWS::KMS::Key')],
  ]);
  const arnOf = (id: string): string => {
    const found = landing.get(id) ?? byId.get(id);
    if (found === undefined) throw new Error(`The app of ${configuration.environmentName} has no ${id}.`);
    return found.arn;
  };
  return {
    environmentName: configuration.environmentName,
    accountId: account.accountId,
    region: account.region,
    uidRoot: configuration.uidRoot,
    vpcEndpointId: configuration.dataAccessEnvironment.vpcEndpointId,
    arcs: configuration.collections.map(({ arc }) => arc),
    places: configuration.collections.flatMap(({ arc, accessModes }) =>
      accessModes.map((accessMode) => ({ arc, accessMode })),
    ),
    developmentStore: arnOf('imaging/Development'),
    heldOutStore: arnOf('imaging/HeldOut'),
    roles: account.roles,
    arnOf,
    ofType: (type) => account.resources.filter((resource) => resource.type === type),
    roleArn: (pathAndName) => `arn:aws:iam::${account.accountId}:role/${pathAndName}`,
  };
}

/** Name of a reader's role as docs/architecture.md states it. */
export function readerRoleName(
  { environmentName }: Pick<Landscape, 'environmentName'>,
  reader: 'researcher' | 'viewer',
  { arc, accessMode }: ReadingPlace,
): string {
  return `nmip-${environmentName}-${reader}-${arc}-${accessMode}`;
}

/** No collection has arc 0. */
const CANARY: ReadingPlace = { arc: 0, accessMode: 'direct' };

/** What kind of role it is, by its place in the app. */
export type RoleKind =
  | { readonly kind: 'researcher' | 'viewer'; readonly place: ReadingPlace }
  /** Under the same denials as researchers; reads an arc that no collection has, to measure revocations. */
  | { readonly kind: 'canary' }
  | { readonly kind: 'function'; readonly entry: string }
  | { readonly kind: 'task'; readonly entry: string }
  | { readonly kind: 'state-machine' | 'import' | 'logs-of-api' | 'task-execution' | 'flow-log' }
  | { readonly kind: 'other' };

/** The kind of a role by its ARN (docs/architecture.md, section 6: paths and names of roles) or, without a path, its id. */
export function kindOf(role: Pick<AccountRole, 'arn' | 'id'>, landscape: Landscape): RoleKind {
  const path = role.arn.slice(role.arn.indexOf(':role/') + ':role/'.length);
  const base = `nmip/${landscape.environmentName}/`;
  for (const place of landscape.places) {
    if (path === `${base}researchers/${readerRoleName(landscape, 'researcher', place)}`)
      return { kind: 'researcher', place };
    if (path === `${base}viewers/${readerRoleName(landscape, 'viewer', place)}`)
      return { kind: 'viewer', place };
  }
  if (path === `${base}researchers/${readerRoleName(landscape, 'researcher', CANARY)}`)
    return { kind: 'canary' };
  if (path.startsWith(base)) {
    const parts = path.slice(base.length).split('/').slice(0, -1);
    const entry = parts.slice(0, 2).join('/');
    if (parts.length === 3 && parts[2] === 'task') return { kind: 'task', entry };
    if (parts.length === 2) return { kind: 'function', entry };
    return { kind: 'other' };
  }
  if (/^(pipeline|quarantine|releases|withdrawal)\/StateMachineRole$/.test(role.id))
    return { kind: 'state-machine' };
  if (role.id === 'imaging/ImportRole') return { kind: 'import' };
  if (role.id === 'api/ApiRestApiCloudWatchRole') return { kind: 'logs-of-api' };
  if (role.id === 'pipeline/LargeFilesDeidentifyBatchExecutionRole') return { kind: 'task-execution' };
  if (role.id === 'pipeline/LargeFilesNetworkFlowLogRole') return { kind: 'flow-log' };
  return { kind: 'other' };
}
