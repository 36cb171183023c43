import type { AccountRole } from '../account-policies';
import { kindOf, type Landscape, type RoleKind } from '../landscape';
import { keyValue, keyValues, type Question } from '../question';

/** Who asks for a role: a role of the account (by its ARN), or a service of AWS. */
export type Asker =
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'service'; readonly service: string };

/** The service that takes on a role in its own account; `anyStore`: for any data store of it. */
interface ServiceTrust {
  readonly service: string;
  /** The service must say that it acts for this account. */
  readonly ownAccount: boolean;
  /** The service must say for which of these resources it acts. */
  readonly sources?: readonly string[] | 'any data store';
}

/**
 * Which service takes on which role, by docs/architecture.md, section 6: functions run under Lambda, containers under ECS,
 * and so on; HealthImaging imports for the two stores and reads for viewers.
 */
function serviceOf(role: AccountRole, landscape: Landscape): ServiceTrust | undefined {
  const { kind } = kindOf(role, landscape);
  switch (kind) {
    case 'function':
      return { service: 'lambda.amazonaws.com', ownAccount: false };
    case 'task':
    case 'task-execution':
      return { service: 'ecs-tasks.amazonaws.com', ownAccount: true };
    case 'state-machine':
      return { service: 'states.amazonaws.com', ownAccount: true };
    case 'logs-of-api':
      return { service: 'apigateway.amazonaws.com', ownAccount: false };
    case 'flow-log':
      return { service: 'vpc-flow-logs.amazonaws.com', ownAccount: true };
    case 'import':
      return {
        service: 'medical-imaging.amazonaws.com',
        ownAccount: true,
        sources: [landscape.developmentStore, landscape.heldOutStore],
      };
    case 'viewer':
      return { service: 'medical-imaging.amazonaws.com', ownAccount: true, sources: 'any data store' };
    case 'researcher':
    case 'canary':
    case 'other':
      return undefined;
  }
}

/** Functions that take roles: the issuer those of researchers; who measures revocations the one that reads nothing. */
export const takersOf: Readonly<Partial<Record<RoleKind['kind'], readonly string[]>>> = {
  researcher: ['credentials/credentials-api'],
  canary: ['register/revocation-api', 'credentials/revocation-canary'],
};

/** Whether the request carries just the tags ProjectId and GrantId, and names who asks. */
function saysForWhom({ context }: Question): boolean {
  const keys = keyValues(context, 'aws:TagKeys') ?? [];
  return (
    keyValue(context, 'aws:RequestTag/ProjectId') !== undefined &&
    keyValue(context, 'aws:RequestTag/GrantId') !== undefined &&
    keyValue(context, 'sts:SourceIdentity') !== undefined &&
    keys.every((key) => key === 'ProjectId' || key === 'GrantId')
  );
}

function serviceMay(trust: ServiceTrust, { action, context }: Question, landscape: Landscape): boolean {
  if (action.toLowerCase() !== 'sts:assumerole') return false;
  if (trust.ownAccount && keyValue(context, 'aws:SourceAccount') !== landscape.accountId) return false;
  if (trust.sources === undefined) return true;
  const source = keyValue(context, 'aws:SourceArn') ?? '';
  return trust.sources === 'any data store'
    ? source.startsWith(`arn:aws:medical-imaging:${landscape.region}:${landscape.accountId}:datastore/`)
    : trust.sources.includes(source);
}

/**
 * Whether somebody may do what a request asks with a role, by docs/adr/0008: a researcher's role is taken by the issuer of
 * credentials alone, who must say for which project, which grant and whom, and nothing else; the one that measures revocations
 * alike, by those who measure; every other role by the service
 * that runs what it belongs to. Nobody else assumes, tags or hands on anything.
 */
export function assumptionMay(
  asker: Asker,
  role: AccountRole,
  question: Question,
  landscape: Landscape,
): boolean {
  if (asker.kind === 'service') {
    const trust = serviceOf(role, landscape);
    return trust?.service === asker.service && serviceMay(trust, question, landscape);
  }
  const asking = landscape.roles.find(({ arn }) => arn === asker.arn);
  const kind = asking && kindOf(asking, landscape);
  const takers = takersOf[kindOf(role, landscape).kind] ?? [];
  return (
    kind?.kind === 'function' &&
    takers.includes(kind.entry) &&
    ['sts:assumerole', 'sts:tagsession', 'sts:setsourceidentity'].includes(question.action.toLowerCase()) &&
    saysForWhom(question)
  );
}
