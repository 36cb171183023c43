import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { AwsError, type Clock, type ConditionContext, type RoleSessions } from '../service';
import { accessDenied } from './access-denied';
import { type AuthorisationRequest, type Decision, evaluate } from './evaluate';
import { AWS_MANAGED_POLICIES } from './managed-policies';
import { OpenSessions } from './open-sessions';
import { type Policy, type PolicyDocument, parsePolicy } from './policy';
import { type PolicyVersion, PolicyVersions } from './policy-versions';
import { extendedContext, type RequestContext, requestContext } from './request-context';
import { parseRoleArn, type Role, type RoleDefinition } from './role';
import { type Session, type SessionCredentials, type SessionOptions, SessionSeal } from './session';
import { principalContext, SessionCaller, type SessionDecider, sessionPrincipal } from './session-caller';

/** Finds the policy of a resource; a service registers one for the ARNs that carry its name. */
export type ResourcePolicyLookup = (
  resourceArn: string,
  action: string,
) => AuthorisationRequest['resourcePolicy'] | undefined;

/** What a service adds when it takes on a role. */
export interface ServiceSessionOptions {
  /** `aws:SourceArn` for the trust policy: the resource that the service acts for. */
  readonly sourceArn?: string;
  /** Condition keys of the request that the service acts in, such as `aws:SourceVpce`. */
  readonly requestContext?: ConditionContext;
}

export interface IdentityRegistryOptions {
  readonly accountId: string;
  readonly region: string;
  /** Folder for the key that seals session tokens. */
  readonly dataFolder: string;
  readonly clock: Clock;
}

const sealFile = z.strictObject({ key: z.string() });

/** Who asks with a session, and the condition keys that every one of its requests has. */
interface SessionIdentity {
  readonly role: Role;
  readonly principal: AuthorisationRequest['principal'];
  readonly context: RequestContext;
}

/** Roles, managed policies and sessions of the account, and the decisions that follow from them. */
export class IdentityRegistry implements RoleSessions, SessionDecider {
  readonly accountId: string;
  readonly region: string;
  readonly policyVersions: PolicyVersions;
  private readonly clock: Clock;
  private readonly seal: SessionSeal;
  private readonly roles = new Map<string, Role>();
  private readonly managedPolicies = new Map<string, Policy>();
  private readonly resourcePolicies = new Map<string, ResourcePolicyLookup>();
  private readonly sessions: OpenSessions;
  private readonly identities = new WeakMap<Session, SessionIdentity>();

  constructor(options: IdentityRegistryOptions) {
    this.accountId = options.accountId;
    this.region = options.region;
    this.clock = options.clock;
    this.policyVersions = new PolicyVersions(
      join(options.dataFolder, 'iam', 'policy-versions.json'),
      options.clock,
    );
    this.seal = new SessionSeal(sealingKey(join(options.dataFolder, 'iam', 'session-seal.json')));
    this.sessions = new OpenSessions(this.seal, (arn) => this.managedPolicy(arn));
    for (const [arn, document] of Object.entries(AWS_MANAGED_POLICIES)) {
      this.managedPolicies.set(arn, parsePolicy(arn, document, 'identity'));
    }
    this.registerResourcePolicies('iam', (arn, action) => {
      const role = action.startsWith('sts:') ? this.roles.get(arn) : undefined;
      return role && { policy: role.trustPolicy, role: 'required' };
    });
  }

  /**
   * Makes or replaces a role. Inline policies put with `putInlinePolicy` stay. Throws `MalformedPolicyDocument`,
   * `ValidationError`, or `NoSuchEntity` for a managed policy that is not known.
   */
  putRole(definition: RoleDefinition): void {
    const { accountId, name } = parseRoleArn(definition.arn);
    if (accountId !== this.accountId)
      throw new AwsError('ValidationError', `${definition.arn} is not of this account`);
    const maxSessionDurationSeconds = definition.maxSessionDurationSeconds ?? 3600;
    if (maxSessionDurationSeconds < 3600 || maxSessionDurationSeconds > 43_200)
      throw new AwsError('ValidationError', `MaxSessionDuration of ${name} must lie in 3600 to 43200`);
    const boundary = definition.permissionsBoundaryArn;
    for (const arn of [...(definition.managedPolicyArns ?? []), ...(boundary ? [boundary] : [])])
      this.managedPolicy(arn);
    const inlinePolicies = new Map(this.roles.get(definition.arn)?.inlinePolicies);
    for (const [policyName, document] of Object.entries(definition.inlinePolicies ?? {}))
      inlinePolicies.set(policyName, parsePolicy(policyName, document, 'identity'));
    this.roles.set(definition.arn, {
      arn: definition.arn,
      name,
      trustPolicy: parsePolicy(`trust policy of ${name}`, definition.trustPolicy, 'trust'),
      inlinePolicies,
      managedPolicyArns: definition.managedPolicyArns ?? [],
      permissionsBoundaryArn: boundary,
      tags: definition.tags ?? {},
      maxSessionDurationSeconds,
    });
  }

  /** Adds or replaces an inline policy of a role, which is given by name or ARN. */
  putInlinePolicy(roleNameOrArn: string, policyName: string, document: PolicyDocument): void {
    const role = this.requireRole(roleNameOrArn);
    const inlinePolicies = new Map(role.inlinePolicies);
    inlinePolicies.set(policyName, parsePolicy(policyName, document, 'identity'));
    this.roles.set(role.arn, { ...role, inlinePolicies });
  }

  removeInlinePolicy(roleNameOrArn: string, policyName: string): void {
    const role = this.requireRole(roleNameOrArn);
    const inlinePolicies = new Map(role.inlinePolicies);
    inlinePolicies.delete(policyName);
    this.roles.set(role.arn, { ...role, inlinePolicies });
  }

  /**
   * Makes a version of a managed policy; what is decided from now on follows the default one.
   * @throws AwsError MalformedPolicyDocument, NoSuchEntity, LimitExceeded
   */
  createPolicyVersion(arn: string, document: string, setAsDefault: boolean): PolicyVersion {
    const policy = parsePolicy(arn, document, 'identity');
    const version = this.policyVersions.create(arn, document, setAsDefault);
    if (setAsDefault) this.managedPolicies.set(arn, policy);
    return version;
  }

  /** Makes or replaces a managed policy; `roles` (names or ARNs) get it attached. */
  putManagedPolicy(arn: string, document: PolicyDocument, roles: readonly string[] = []): void {
    // Read before it is kept: a document that IAM refuses leaves nothing behind.
    parsePolicy(arn, document, 'identity');
    const inForce = this.policyVersions.deploy(arn, document);
    this.managedPolicies.set(arn, parsePolicy(arn, inForce, 'identity'));
    for (const nameOrArn of roles) {
      const role = this.requireRole(nameOrArn);
      if (role.managedPolicyArns.includes(arn)) continue;
      this.roles.set(role.arn, { ...role, managedPolicyArns: [...role.managedPolicyArns, arn] });
    }
  }

  removeRole(arn: string): void {
    this.roles.delete(arn);
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  /** Names the policies of resources whose ARN carries this service name (`s3`, `kms`). */
  registerResourcePolicies(service: string, lookup: ResourcePolicyLookup): void {
    this.resourcePolicies.set(service, lookup);
  }

  /** Identity policies of a role, inline and managed, and its boundary: what `evaluate` takes. */
  policiesOf(role: Role): Pick<AuthorisationRequest, 'identityPolicies' | 'boundary'> {
    return {
      identityPolicies: [
        ...role.inlinePolicies.values(),
        ...role.managedPolicyArns.map((arn) => this.managedPolicy(arn)),
      ],
      boundary:
        role.permissionsBoundaryArn === undefined
          ? undefined
          : this.managedPolicy(role.permissionsBoundaryArn),
    };
  }

  decide(
    session: Session,
    action: string,
    resource: string,
    contexts: readonly ConditionContext[],
  ): Decision {
    const role = this.roles.get(session.roleArn);
    if (role === undefined) return { decision: 'implicit-deny', matched: [], missing: 'identity' };
    const { principal, context } = this.identityOf(session, role);
    return evaluate({
      principal,
      action,
      resource,
      context: extendedContext(context, [this.timeContext(), ...contexts]),
      ...this.policiesOf(role),
      sessionPolicies: this.sessions.policiesOf(session),
      resourcePolicy: this.resourcePolicies.get(resource.split(':', 3)[2] ?? '')?.(resource, action),
    });
  }

  /**
   * A caller for a role that a service takes on. Throws `AccessDenied` where the role is not there or its trust policy
   * does not name the service.
   */
  callerForService(
    roleArn: string,
    servicePrincipal: string,
    sessionName: string,
    options: ServiceSessionOptions = {},
  ): SessionCaller {
    this.requireTrust(roleArn, servicePrincipal, options);
    const session = this.newSession(roleArn, sessionName, 3600, {});
    return new SessionCaller(session, this, options.requestContext ?? {});
  }

  /**
   * Credentials of a role that a service hands to its worker, as Lambda does. With `servicePrincipal` the trust policy
   * must name it. The duration is not held against the role's maximum: services are free of it.
   */
  createRoleSession(
    roleArn: string,
    sessionName: string,
    durationSeconds: number,
    options: SessionOptions & ServiceSessionOptions & { readonly servicePrincipal?: string } = {},
  ): SessionCredentials {
    if (options.servicePrincipal !== undefined) this.requireTrust(roleArn, options.servicePrincipal, options);
    return this.seal.credentials(this.newSession(roleArn, sessionName, durationSeconds, options));
  }

  /**
   * The session behind an access key id and its token, with the secret key that must have signed. Throws
   * `InvalidClientTokenId` where they do not belong together or the role is gone, `ExpiredToken` after its end.
   */
  openSession(
    accessKeyId: string,
    token: string | undefined,
  ): { readonly session: Session; readonly secretAccessKey: string } {
    const invalid = (message: string) => new AwsError('InvalidClientTokenId', message, 403);
    if (token === undefined) throw invalid('Requests are signed with the credentials of a role session');
    const session = this.sessions.open(token);
    if (session === undefined) throw invalid('The security token included in the request is invalid');
    if (session.accessKeyId !== accessKeyId || !this.roles.has(session.roleArn))
      throw invalid('The security token included in the request is invalid');
    if (session.expiresAt * 1000 <= this.clock.now().getTime())
      throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
    return { session, secretAccessKey: this.seal.secretAccessKey(accessKeyId) };
  }

  /** A caller for a session within one request, with the request's condition keys. */
  callerForSession(session: Session, context: ConditionContext): SessionCaller {
    return new SessionCaller(session, this, context);
  }

  /** The document of a managed policy. Throws `NoSuchEntity`. */
  managedPolicy(arn: string): Policy {
    const policy = this.managedPolicies.get(arn);
    if (policy === undefined) throw new AwsError('NoSuchEntity', `Managed policy ${arn} is not known`, 404);
    return policy;
  }

  /** What follows from a session and its role alone, made once for as long as the role is the same. */
  private identityOf(session: Session, role: Role): SessionIdentity {
    let identity = this.identities.get(session);
    if (identity?.role !== role) {
      const context = requestContext(this.accountContext(), principalContext(session, role.tags));
      identity = { role, principal: sessionPrincipal(session), context };
      this.identities.set(session, identity);
    }
    return identity;
  }

  private accountContext(): ConditionContext {
    return {
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': this.region,
      'aws:ResourceAccount': this.accountId,
    };
  }

  private timeContext(): ConditionContext {
    const now = this.clock.now();
    return {
      'aws:CurrentTime': now.toISOString(),
      'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
    };
  }

  private requireTrust(roleArn: string, servicePrincipal: string, options: ServiceSessionOptions): void {
    const role = this.roles.get(roleArn);
    const decision: Decision = role
      ? evaluate({
          principal: { kind: 'service', service: servicePrincipal },
          action: 'sts:AssumeRole',
          resource: roleArn,
          context: requestContext(this.accountContext(), this.timeContext(), {
            'aws:PrincipalIsAWSService': 'true',
            'aws:PrincipalServiceName': servicePrincipal,
            'aws:SourceAccount': this.accountId,
            ...(options.sourceArn === undefined ? {} : { 'aws:SourceArn': options.sourceArn }),
          }),
          identityPolicies: [],
          resourcePolicy: { policy: role.trustPolicy, role: 'required' },
        })
      : { decision: 'implicit-deny', matched: [], missing: 'resource' };
    if (decision.decision !== 'allow')
      throw accessDenied(servicePrincipal, 'sts:AssumeRole', roleArn, decision);
  }

  private newSession(
    roleArn: string,
    sessionName: string,
    durationSeconds: number,
    options: SessionOptions,
  ): Session {
    if (!this.roles.has(roleArn))
      throw new AwsError('NoSuchEntity', `The role ${roleArn} cannot be found`, 404);
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    const { inlinePolicy } = options;
    return {
      accessKeyId: this.seal.newAccessKeyId(),
      roleArn,
      sessionName,
      issuedAt,
      expiresAt: issuedAt + durationSeconds,
      tags: { ...options.tags },
      transitiveTagKeys: [...(options.transitiveTagKeys ?? [])],
      sourceIdentity: options.sourceIdentity,
      inlinePolicy:
        inlinePolicy === undefined || typeof inlinePolicy === 'string'
          ? inlinePolicy
          : JSON.stringify(inlinePolicy),
      policyArns: [...(options.policyArns ?? [])],
    };
  }

  private requireRole(nameOrArn: string): Role {
    const role =
      this.roles.get(nameOrArn) ?? [...this.roles.values()].find((candidate) => candidate.name === nameOrArn);
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role ${nameOrArn} cannot be found`, 404);
    return role;
  }
}

function sealingKey(path: string): Buffer {
  const stored = readJsonFile(path);
  if (stored !== undefined) return Buffer.from(sealFile.parse(stored).key, 'base64');
  const key = randomBytes(32);
  writeJsonFile(path, { key: key.toString('base64') }, 0o600);
  return key;
}
