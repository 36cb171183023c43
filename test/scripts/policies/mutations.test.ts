import { example } from '../../../config/example';
import { checkConfiguration } from '../../../config/load-configuration';
import type {
  AccountPolicies,
  AccountRole,
  PolicyDocument,
} from '../../../scripts/policies/account-policies';
import { heldOutGoals } from '../../../scripts/policies/held-out-goals';
import { landscapeOf } from '../../../scripts/policies/landscape';
import { disagreements } from '../../../scripts/policies/platform-verdict';
import {
  assumptionEntries,
  functionEntries,
  type ProofEntry,
  readerEntries,
  revokedEntries,
} from '../../../scripts/policies/proof';
import { reachableGoals } from '../../../scripts/policies/reach';
import { faultsOfResourcePolicies } from '../../../scripts/policies/resource-policy-rules';
import { synthesisePolicies } from '../../../scripts/policies/synthesise-app';
import { waysIn } from '../../../scripts/policies/ways-in';

/**
 * Holes planted into the policies of the app, each of which the proof must find. Without them nobody knew whether it could
 * find any.
 */

const configuration = checkConfiguration(example, 'config/example.ts');
let account: AccountPolicies;

beforeAll(async () => {
  account = await synthesisePolicies(configuration);
});

type StatementJson = PolicyDocument['Statement'][number];

const differs = (entries: readonly ProofEntry[]) => disagreements(entries).next().done !== true;

/** The parts of the proof, and whether each finds something. */
const parts = {
  people: (changed) => differs(readerEntries(landscapeOf(configuration, changed))),
  assumptions: (changed) => differs(assumptionEntries(landscapeOf(configuration, changed))),
  functions: (changed) => differs(functionEntries(landscapeOf(configuration, changed))),
  resources: (changed) => faultsOfResourcePolicies(changed).length > 0,
  walk: (changed) => {
    const landscape = landscapeOf(configuration, changed);
    const goals = heldOutGoals(landscape);
    return waysIn(landscape).some((wayIn) => reachableGoals(wayIn, changed, goals).length > 0);
  },
} satisfies Record<string, (changed: AccountPolicies) => boolean>;

type Part = keyof typeof parts;

const chest = 'credentials/Researcherchestdaeonly';
const viewer = 'dicomweb-authoriser/Viewerchestdaeonly';

function withRole(id: string, change: (role: AccountRole) => AccountRole): AccountPolicies {
  expect(account.roles.map((role) => role.id)).toContain(id);
  return { ...account, roles: account.roles.map((role) => (role.id === id ? change(role) : role)) };
}

function withStatements(
  id: string,
  change: (statement: StatementJson) => StatementJson | undefined,
): AccountPolicies {
  return withRole(id, (role) => ({
    ...role,
    identityPolicies: role.identityPolicies.map((policy) => ({
      ...policy,
      document: {
        ...policy.document,
        Statement: policy.document.Statement.map(change).filter((statement) => statement !== undefined),
      },
    })),
  }));
}

function withMore(id: string, statement: StatementJson): AccountPolicies {
  const document = { Version: '2012-10-17', Statement: [statement] };
  return withRole(id, (role) => ({
    ...role,
    identityPolicies: [...role.identityPolicies, { name: 'planted', document }],
  }));
}

function withTrust(id: string, change: (statement: StatementJson) => StatementJson): AccountPolicies {
  return withRole(id, (role) => ({
    ...role,
    trustPolicy: { ...role.trustPolicy, Statement: role.trustPolicy.Statement.map(change) },
  }));
}

function missing(id: string): never {
  throw new Error(`The app has no ${id}.`);
}

const isAllow = ({ Effect }: StatementJson) => Effect === 'Allow';
const arnOf = (id: string) =>
  account.resources.find((resource) => resource.id === id)?.arn ??
  account.roles.find((role) => role.id === id)?.arn ??
  missing(id);
const dropping = (id: string, sid: string) =>
  withStatements(id, (statement) => (statement.Sid === sid ? undefined : statement));
const allowing = (changes: StatementJson, id = chest) =>
  withStatements(id, (statement) => (isAllow(statement) ? { ...statement, ...changes } : statement));
const withoutCondition = (name: string) => (statement: StatementJson) => {
  const condition = { ...(statement.Condition as Record<string, Record<string, unknown>>) };
  for (const operator of Object.keys(condition)) {
    const { [name]: _, ...rest } = condition[operator] ?? {};
    condition[operator] = rest;
  }
  return { ...statement, Condition: condition };
};
const pattern = (uid: string) => ({
  Condition: {
    StringLike: { 'medical-imaging:StudyInstanceUID': uid },
    Bool: { 'aws:SecureTransport': 'true' },
  },
});

it.each(Object.entries(parts))('%s: nothing is found in the policies as they are', (_, finds) => {
  expect(finds(account)).toBe(false);
});

const holes: readonly (readonly [string, Part, () => AccountPolicies])[] = [
  [
    'any data store',
    'people',
    () => allowing({ Resource: arnOf('imaging/Development').replace(/[^/]+$/, '*') }),
  ],
  [
    'the held-out store beside the other',
    'walk',
    () => allowing({ Resource: [arnOf('imaging/Development'), arnOf('imaging/HeldOut')] }),
  ],
  [
    'the held-out store, for viewers',
    'people',
    () => allowing({ Resource: arnOf('imaging/HeldOut') }, viewer),
  ],
  ['a pattern without the split', 'walk', () => allowing(pattern('1.3.6.1.4.1.32473.7.7.*'))],
  [
    'a pattern without the point after the split',
    'people',
    () => allowing(pattern('1.3.6.1.4.1.32473.7.7.1*')),
  ],
  ['a pattern without the point after the arc', 'people', () => allowing(pattern('1.3.6.1.4.1.32473.7.7*'))],
  ['the pattern of another collection', 'people', () => allowing(pattern('1.3.6.1.4.1.32473.7.8.1.*'))],
  ['a pattern with a wildcard for the arc', 'people', () => allowing(pattern('1.3.6.1.4.1.32473.7.*.1.*'))],
  ['no condition on the study', 'walk', () => allowing({ Condition: {} })],
  [
    'StringLikeIfExists in place of StringLike',
    'people',
    () =>
      allowing({
        Condition: {
          StringLikeIfExists: { 'medical-imaging:StudyInstanceUID': '1.3.6.1.4.1.32473.7.7.1.*' },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      }),
  ],
  [
    'requests that do not say how they came',
    'people',
    () => withStatements(chest, (one) => (isAllow(one) ? withoutCondition('aws:SecureTransport')(one) : one)),
  ],
  ['all of HealthImaging', 'people', () => allowing({ Action: 'medical-imaging:*' })],
  [
    'one search more',
    'people',
    () =>
      withMore(chest, {
        Effect: 'Allow',
        Action: 'medical-imaging:SearchDICOMStudies',
        Resource: arnOf('imaging/Development'),
      }),
  ],
  ['a Deny of everything else dropped', 'people', () => dropping(chest, 'NothingElse')],
  ['a Deny of plain HTTP dropped', 'people', () => dropping(chest, 'OnlyByTls')],
  ['a Deny of other networks dropped', 'people', () => dropping(chest, 'OnlyInTheDataAccessEnvironment')],
  ['the same, of viewers', 'people', () => dropping(viewer, 'OnlyInTheDataAccessEnvironment')],
  [
    'another endpoint',
    'people',
    () =>
      withStatements(chest, (one) =>
        one.Sid === 'OnlyInTheDataAccessEnvironment'
          ? { ...one, Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-*' } } }
          : one,
      ),
  ],
  [
    'a Deny for those endpoints alone that are named',
    'people',
    () =>
      withStatements(chest, (one) =>
        one.Sid === 'OnlyInTheDataAccessEnvironment'
          ? {
              ...one,
              Condition: {
                ...(one.Condition as Record<string, unknown>),
                Null: { 'aws:SourceVpce': 'false' },
              },
            }
          : one,
      ),
  ],
  [
    'a researcher who may assume another role',
    'people',
    () => withMore(chest, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }),
  ],
  [
    'the same, where the other role trusts the researcher',
    'assumptions',
    () =>
      withTrust('imaging/ImportRole', (one) => ({ ...one, Principal: { AWS: arnOf(chest) }, Condition: {} })),
  ],
  [
    'a researcher’s role that trusts everyone',
    'assumptions',
    () => withTrust(chest, (one) => ({ ...one, Principal: { AWS: '*' } })),
  ],
  [
    'the same, seen from another account',
    'walk',
    () => withTrust(chest, (one) => ({ ...one, Principal: '*' })),
  ],
  [
    'a researcher’s role that trusts the account',
    'assumptions',
    () =>
      withTrust(chest, (one) => ({ ...one, Principal: { AWS: `arn:aws:iam::${account.accountId}:root` } })),
  ],
  [
    'a trust without project',
    'assumptions',
    () => withTrust(chest, withoutCondition('aws:RequestTag/ProjectId')),
  ],
  [
    'a trust without grant',
    'assumptions',
    () => withTrust(chest, withoutCondition('aws:RequestTag/GrantId')),
  ],
  [
    'a trust without the person',
    'assumptions',
    () => withTrust(chest, withoutCondition('sts:SourceIdentity')),
  ],
  ['a trust that takes any tag', 'assumptions', () => withTrust(chest, withoutCondition('aws:TagKeys'))],
  [
    'a viewer’s role for any account’s stores',
    'assumptions',
    () => withTrust(viewer, (one) => ({ ...one, Condition: {} })),
  ],
  [
    'a function’s role that another service may take',
    'assumptions',
    () =>
      withTrust('api/CatalogueApiRole', (one) => ({
        ...one,
        Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] },
      })),
  ],
  [
    'the catalogue’s API reads de-identified files',
    'functions',
    () =>
      withMore('api/CatalogueApiRole', {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: `${arnOf('storage/DeidentifiedBucket')}/*`,
      }),
  ],
  [
    'the catalogue’s API searches images',
    'functions',
    () =>
      withMore('api/CatalogueApiRole', { Effect: 'Allow', Action: 'medical-imaging:Search*', Resource: '*' }),
  ],
  [
    'a step uses every key',
    'functions',
    () =>
      withMore('pipeline/FunctionsplansubmissionRole', {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: '*',
      }),
  ],
  [
    'the issuer takes viewers’ roles too',
    'functions',
    () =>
      withMore('credentials/CredentialsApiRole', {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: `arn:aws:iam::${account.accountId}:role/nmip/*`,
      }),
  ],
  [
    'a function changes policies',
    'functions',
    () => withMore('api/RegisterApiRole', { Effect: 'Allow', Action: 'iam:Put*', Resource: '*' }),
  ],
  [
    'a role that the rules do not know reads images',
    'functions',
    () => ({
      ...account,
      roles: [
        ...account.roles,
        {
          id: 'api/ReportRole',
          arn: `arn:aws:iam::${account.accountId}:role/nmip/example/report/report-api/report`,
          trustPolicy:
            account.roles.find(({ id }) => id === 'api/CatalogueApiRole')?.trustPolicy ?? missing('role'),
          identityPolicies: [
            {
              name: 'planted',
              document: {
                Version: '2012-10-17',
                Statement: [{ Effect: 'Allow', Action: 'medical-imaging:GetImageFrame', Resource: '*' }],
              },
            },
          ],
        },
      ],
    }),
  ],
  [
    'a bucket’s policy lets a researcher in',
    'resources',
    () => ({
      ...account,
      resourcePolicies: account.resourcePolicies.map((policy) =>
        policy.id === 'storage/DeidentifiedBucketPolicy'
          ? {
              ...policy,
              document: {
                ...policy.document,
                Statement: [
                  ...policy.document.Statement,
                  {
                    Effect: 'Allow',
                    Principal: { AWS: arnOf(chest) },
                    Action: 's3:GetObject',
                    Resource: '*',
                  },
                ],
              },
            }
          : policy,
      ),
    }),
  ],
  [
    'a function may be called by anybody',
    'resources',
    () => ({
      ...account,
      resourcePolicies: account.resourcePolicies.map((policy) =>
        policy.id === 'dicomweb-authoriser/AuthoriseDicomwebFunctionHealthImaging'
          ? {
              ...policy,
              document: {
                ...policy.document,
                Statement: policy.document.Statement.map((one) => ({ ...one, Principal: '*' })),
              },
            }
          : policy,
      ),
    }),
  ],
];

it.each(holes)('%s: found by %s', (_, part, plant) => {
  expect(parts[part](plant())).toBe(true);
});

it('a denial that is left out is found in each set of revocations that concerns the role', () => {
  const entries = revokedEntries(landscapeOf(configuration, account));
  const without = entries.map((entry) => ({
    ...entry,
    identityPolicies: entry.identityPolicies.slice(0, -1),
  }));
  const found = new Set([...disagreements(without)].map(({ entry }) => entry));
  const unconcerned = /, (nothing revoked|a collection with a longer arc revoked)$/;
  expect([...found].sort()).toEqual(
    entries
      .map(({ name }) => name)
      .filter((name) => !unconcerned.test(name))
      .sort(),
  );
});
