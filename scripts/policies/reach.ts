import { conditionHolds } from '../../local/aws/iam/condition-operators';
import { type Policy, parsePolicy, type Statement } from '../../local/aws/iam/policy';
import { resolvePolicyText } from '../../local/aws/iam/policy-variables';
import { type RequestContext, requestContext } from '../../local/aws/iam/request-context';
import { markWildcards, matchesPattern } from '../../local/aws/iam/wildcards';
import type { AccountPolicies, AccountRole, PolicyDocument } from './account-policies';
import type { QuestionContext } from './question';

/** Something that somebody might come to do. */
export interface Goal {
  readonly called: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys that follow from the goal, such as the study; every other key is whatever suits the asker. */
  readonly fixed: QuestionContext;
}

/** Where a walk begins: a session with its policies, as somebody outside the platform may hold it. */
export interface WayIn {
  readonly called: string;
  readonly principal: string;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly sessionPolicy: PolicyDocument | null;
}

/** Something that a walk came to, and over whom. */
export interface Reached {
  readonly goal: string;
  readonly path: readonly string[];
}

interface Node {
  readonly path: readonly string[];
  readonly principal: string;
  readonly allowing: readonly Policy[];
  readonly narrowing: readonly Policy[];
}

function aboutRequest(statement: Statement, action: string, resource: string): boolean {
  const ofActions =
    statement.actions.patterns.some((pattern) => matchesPattern(pattern, action.toLowerCase())) !==
    statement.actions.negated;
  if (!ofActions || statement.resources === undefined) return ofActions;
  const ofResources = statement.resources.patterns.some((text) => {
    const pattern = resolvePolicyText(text, new Map(), true);
    // a variable of the request may be filled in by anything
    return (
      pattern === undefined ||
      matchesPattern(pattern, resource) ||
      matchesPattern(markWildcards(resource), pattern)
    );
  });
  return ofResources !== statement.resources.negated;
}

/** Whether a statement's conditions could hold for some request of the goal (`could`), or hold for every one (`must`). */
function conditions(statement: Statement, fixed: RequestContext, how: 'could' | 'must'): boolean {
  return statement.conditions.every((condition) =>
    fixed.has(condition.key) ? conditionHolds(condition, fixed) : how === 'could',
  );
}

function couldBeAllowed(
  policies: readonly Policy[],
  goal: Pick<Goal, 'action' | 'resource'>,
  fixed: RequestContext,
): boolean {
  const statements = policies.flatMap((policy) => policy.statements);
  return statements.some(
    (statement) =>
      statement.effect === 'Allow' &&
      aboutRequest(statement, goal.action, goal.resource) &&
      conditions(statement, fixed, 'could'),
  );
}

function isSurelyDenied(
  policies: readonly Policy[],
  goal: Pick<Goal, 'action' | 'resource'>,
  fixed: RequestContext,
): boolean {
  return policies
    .flatMap((policy) => policy.statements)
    .some(
      (statement) =>
        statement.effect === 'Deny' &&
        aboutRequest(statement, goal.action, goal.resource) &&
        conditions(statement, fixed, 'must'),
    );
}

/** Actions by which the holder of a role's program, or of the role itself, comes to act as that role. */
const programActions: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Function': [
    'lambda:InvokeFunction',
    'lambda:InvokeFunctionUrl',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
  ],
  'AWS::StepFunctions::StateMachine': [
    'states:StartExecution',
    'states:StartSyncExecution',
    'states:UpdateStateMachine',
    'states:RedriveExecution',
    'states:TestState',
  ],
  'AWS::ECS::TaskDefinition': ['ecs:RunTask', 'ecs:StartTask', 'ecs:ExecuteCommand'],
  'AWS::Events::Rule': ['events:PutTargets', 'events:PutRule'],
};

/** Actions that change who may do what: whoever may do one of them is counted as being able to do anything. */
const rulingActions = {
  role: [
    'iam:PutRolePolicy',
    'iam:AttachRolePolicy',
    'iam:DetachRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'iam:PutRolePermissionsBoundary',
    'iam:DeleteRolePermissionsBoundary',
    'iam:TagRole',
  ],
  policy: ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
  bucket: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:PutBucketReplication', 's3:CreateAccessPoint'],
  key: ['kms:PutKeyPolicy', 'kms:CreateGrant'],
  anything: [
    'iam:CreateUser',
    'iam:CreateAccessKey',
    'iam:CreateLoginProfile',
    'iam:CreateRole',
    'iam:CreateServiceLinkedRole',
    'sts:GetFederationToken',
    'lambda:CreateFunction',
    'lambda:AddPermission',
    'cloudformation:CreateStack',
    'cloudformation:UpdateStack',
    'ec2:RunInstances',
    'ssm:SendCommand',
    'medical-imaging:CreateDatastore',
  ],
} as const;

/** Runs of a role: the resources whose program acts under it. */
function programsOf(role: AccountRole, account: AccountPolicies) {
  return account.resources.filter(({ properties }) =>
    [properties.Role, properties.RoleArn, properties.TaskRoleArn, properties.ExecutionRoleArn].includes(
      role.arn,
    ),
  );
}

/** How a trust policy meets an asker: names it (or everyone), leaves it to the account's own policies, or neither. */
function trustOf(role: AccountRole, principal: string): 'named' | 'left to the account' | 'no' {
  const trust = parsePolicy('trust', role.trustPolicy, 'trust');
  const account = principal.split(':')[4];
  let answer: 'named' | 'left to the account' | 'no' = 'no';
  for (const { effect, actions, principals } of trust.statements) {
    const assumes = actions.patterns.some((pattern) => matchesPattern(pattern, 'sts:assumerole'));
    if (effect !== 'Allow' || !assumes || principals === undefined) continue;
    for (const pattern of principals.patterns) {
      if (pattern.kind === 'everyone' || pattern.kind === 'federated') return 'named';
      if (pattern.kind === 'arn' && pattern.arn === principal) return 'named';
      if (pattern.kind === 'account' && pattern.accountId === account) answer = 'left to the account';
    }
  }
  return answer;
}

const NOTHING_FIXED: RequestContext = new Map();

/**
 * Walks from a way in over everything by which one role may come to act as another: assuming it, being handed it, running
 * or changing a program that runs under it, changing policies. Keys of the request that the goal does not fix count as
 * favourable, so the walk finds too much rather than too little. Conditions of trust policies count as met.
 */
export function reachableGoals(
  wayIn: WayIn,
  account: AccountPolicies,
  goals: readonly Goal[],
): readonly Reached[] {
  const read = (documents: readonly PolicyDocument[]) =>
    documents.map((document, index) => parsePolicy(`policy ${index}`, document, 'identity'));
  const start: Node = {
    path: [wayIn.called],
    principal: wayIn.principal,
    allowing: read(wayIn.identityPolicies),
    narrowing: wayIn.sessionPolicy === null ? [] : read([wayIn.sessionPolicy]),
  };
  const can = (node: Node, action: string, resource: string, fixed = NOTHING_FIXED): boolean => {
    const asked = { action, resource };
    const all = [...node.allowing, ...node.narrowing];
    return (
      couldBeAllowed(node.allowing, asked, fixed) &&
      (node.narrowing.length === 0 || couldBeAllowed(node.narrowing, asked, fixed)) &&
      !isSurelyDenied(all, asked, fixed)
    );
  };
  const canAny = (node: Node, actions: readonly string[], resource: string) =>
    actions.some((action) => can(node, action, resource));

  const isOwn = (node: Node) => node.principal.split(':')[4] === account.accountId;
  const takes = (node: Node, role: AccountRole): string | undefined => {
    const trust = trustOf(role, node.principal);
    const denied = isSurelyDenied(
      [...node.allowing, ...node.narrowing],
      { action: 'sts:AssumeRole', resource: role.arn },
      NOTHING_FIXED,
    );
    if (trust === 'named' && !denied) return 'assumes';
    if (trust === 'left to the account' && can(node, 'sts:AssumeRole', role.arn)) return 'assumes';
    if (!isOwn(node)) return undefined;
    if (can(node, 'iam:PassRole', role.arn)) return 'hands on';
    const program = programsOf(role, account).find(({ type, arn }) =>
      canAny(node, programActions[type] ?? [], arn),
    );
    return program && `runs ${program.id} as`;
  };
  const rules = (node: Node): string | undefined => {
    if (!isOwn(node)) return undefined;
    const places: readonly (readonly [readonly string[], readonly string[]])[] = [
      [rulingActions.role, account.roles.map(({ arn }) => arn)],
      [
        rulingActions.policy,
        account.roles.flatMap(({ identityPolicies }) =>
          identityPolicies.map(({ name }) => name).filter((name) => name.startsWith('arn:')),
        ),
      ],
      [
        rulingActions.bucket,
        account.resources.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ arn }) => arn),
      ],
      [
        rulingActions.key,
        account.resources.filter(({ type }) => type === 'AWS::KMS::Key').map(({ arn }) => arn),
      ],
      [rulingActions.anything, ['*', `arn:aws:iam::${account.accountId}:role/new`]],
    ];
    for (const [actions, resources] of places) {
      for (const resource of resources) {
        const action = actions.find((candidate) => can(node, candidate, resource));
        if (action !== undefined) return `changes who may do what (${action})`;
      }
    }
    return undefined;
  };

  const reached: Reached[] = [];
  const visited = new Set<string>();
  const waiting: Node[] = [start];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    for (const goal of goals) {
      if (
        can(node, goal.action, goal.resource, requestContext(goal.fixed)) &&
        (isOwn(node) || node !== start)
      )
        reached.push({ goal: goal.called, path: node.path });
    }
    const ruling = rules(node);
    if (ruling !== undefined) reached.push({ goal: 'anything', path: [...node.path, ruling] });
    for (const role of account.roles) {
      if (visited.has(role.arn) || (node === start && role.arn === start.principal)) continue;
      const how = takes(node, role);
      if (how === undefined) continue;
      visited.add(role.arn);
      reached.push({ goal: `role ${role.id}`, path: [...node.path, `${how} ${role.id}`] });
      waiting.push({
        path: [...node.path, `${how} ${role.id}`],
        principal: role.arn,
        allowing: read(role.identityPolicies.map(({ document }) => document)),
        narrowing: role.boundary === undefined ? [] : read([role.boundary.document]),
      });
    }
  }
  return reached;
}
