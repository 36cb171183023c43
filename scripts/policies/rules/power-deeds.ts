import type { AccountRole } from '../account-policies';
import { kindOf, type Landscape } from '../landscape';
import type { QuestionContext } from '../question';
import { ask, type Deeds } from './deed';
import { asText, buckets, keys, type MachineThing, machines } from './things';

/** Functions that are the steps of a state machine (docs/architecture.md, the tables of the state machines). */
const stepsOf: Readonly<Record<MachineThing, readonly string[]>> = {
  pipeline: [
    'plansubmission',
    'clearsubjects',
    'deidentifybatch',
    'quarantinebatch',
    'settlesubmission',
    'awaitimport',
    'reconcileimport',
    'cataloguesubmission',
    'applydemographics',
    'writereceipt',
    'recordfailure',
  ].map((name) => `pipeline/Functions${name}Function`),
  replay: ['quarantine/ReplayPartFunction'],
  withdrawal: [
    'preparewithdrawal',
    'beginwithdrawal',
    'erasesubmission',
    'deleteimagesets',
    'scrublake',
    'endwithdrawal',
    'stopwithdrawal',
  ].map((name) => `withdrawal/Functions${name}Function`),
  release: [
    'takeseries',
    'guardrelease',
    'commitheldout',
    'measurerelease',
    'writedocuments',
    'publishrelease',
    'stoprelease',
  ].map((name) => `releases/Functions${name}Function`),
};

const DENY_SESSIONS = 'credentials/DenialDenySessionsFunction';

function invokeDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const action = ['lambda:InvokeFunction'];
  const ofMachines = asText(machines).map((thing) => ({
    right: `run-steps-of ${thing}` as const,
    questions: ask(
      action,
      stepsOf[thing].map((id) => landscape.arnOf(id)),
      base,
    ),
  }));
  const steps = new Set(Object.values(stepsOf).flat());
  const others = landscape.ofType('AWS::Lambda::Function').filter(({ id }) => !steps.has(id));
  const rest = others.filter(({ id }) => id !== DENY_SESSIONS);
  return [
    ...ofMachines,
    ...others
      .filter(({ id }) => id === DENY_SESSIONS)
      .map(({ arn }) => ({ right: 'invoke deny-sessions' as const, questions: ask(action, [arn], base) })),
    {
      right: 'invoke other-functions',
      questions: ask(
        action,
        rest.map(({ arn }) => arn),
        base,
      ),
    },
  ];
}

function machineDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return asText(machines).flatMap((thing) => {
    const machine = landscape.arnOf(machines[thing]);
    return [
      { right: `start ${thing}` as const, questions: ask(['states:StartExecution'], [machine], base) },
      { right: `answer ${thing}` as const, questions: ask(['states:SendTaskSuccess'], [machine], base) },
      { right: `change ${thing}` as const, questions: ask(['states:UpdateStateMachine'], [machine], base) },
    ];
  });
}

const policyActions = ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion'];

/** Managed policies of the account; the one that denies what was revoked holds nothing but denials. */
function rewriteDeeds({ roles, accountId }: Landscape, base: QuestionContext): Deeds[] {
  const managed = new Map(
    roles
      .flatMap(({ identityPolicies }) => identityPolicies)
      .filter(({ name }) => name.startsWith(`arn:aws:iam::${accountId}:policy/`))
      .map(({ name, document }) => [name, document.Statement.every(({ Effect }) => Effect === 'Deny')]),
  );
  return [...managed].flatMap(([arn, denies]): Deeds[] => [
    {
      right: denies ? 'rewrite denials' : 'rewrite other-policies',
      questions: ask(policyActions, [arn], base),
    },
    {
      right: 'rule the-account',
      questions: ask(['iam:SetDefaultPolicyVersion', 'iam:DeletePolicy'], [arn], base),
    },
  ]);
}

function takenBy(
  role: AccountRole,
  landscape: Landscape,
): 'researcher-roles' | 'canary-roles' | 'other-roles' {
  const { kind } = kindOf(role, landscape);
  return kind === 'researcher' || kind === 'canary' ? `${kind}-roles` : 'other-roles';
}

function assumeDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return landscape.roles.map((role) => ({
    right: `assume ${takenBy(role, landscape)}` as const,
    questions: ask(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], [role.arn], base),
  }));
}

function passDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const named = { 'imaging/ImportRole': ['import-role', 'medical-imaging.amazonaws.com'] } as const;
  return landscape.roles.map((role) => {
    const [what, service] =
      role.id in named
        ? named['imaging/ImportRole']
        : /^pipeline\/LargeFilesDeidentifyBatch(Execution)?Role$/.test(role.id)
          ? (['task-roles', 'ecs-tasks.amazonaws.com'] as const)
          : (['other-roles', 'lambda.amazonaws.com'] as const);
    return {
      right: `pass ${what}` as const,
      questions: ask(['iam:PassRole'], [role.arn], { ...base, 'iam:PassedToService': service }),
    };
  });
}

/** Rights over state machines, functions, roles and policies. */
export function powerDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return [
    ...machineDeeds(landscape, base),
    ...invokeDeeds(landscape, base),
    ...passDeeds(landscape, base),
    ...assumeDeeds(landscape, base),
    ...rewriteDeeds(landscape, base),
  ];
}

/** What would let a role take another one's power. */
export function rulingDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const roles = landscape.roles.map(({ arn }) => arn);
  const programs = landscape.ofType('AWS::Lambda::Function').map(({ arn }) => arn);
  const bucketArns = Object.values(buckets).map((id) => landscape.arnOf(id));
  const keyArns = Object.values(keys).map(([id]) => landscape.arnOf(id));
  return [
    {
      right: 'rule the-account',
      questions: [
        ...ask(['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy'], roles, base),
        ...ask(['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'], programs, base),
        ...ask(['s3:PutBucketPolicy'], bucketArns, base),
        ...ask(['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], keyArns, base),
        ...ask(['iam:CreateUser', 'iam:CreatePolicyVersion', 'lambda:CreateFunction'], ['*'], base),
      ],
    },
  ];
}
