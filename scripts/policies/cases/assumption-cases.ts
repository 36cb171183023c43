import type { AccountRole } from '../account-policies';
import type { Landscape } from '../landscape';
import { type Case, judged, type Question, type QuestionContext } from '../question';
import { type Asker, assumptionMay } from '../rules/assumption-rules';

const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] as const;
const federatedActions = ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'] as const;

/** A request for a session as the issuer makes it. */
const complete: QuestionContext = {
  'aws:SecureTransport': 'true',
  'sts:RoleSessionName': 'c-01jb0000000000000000000001',
  'sts:SourceIdentity': 'person-1',
  'aws:RequestTag/ProjectId': 'p-01jb0000000000000000000001',
  'aws:RequestTag/GrantId': 'g-01jb0000000000000000000001',
  'aws:TagKeys': ['ProjectId', 'GrantId'],
};

function without(...keys: readonly string[]): QuestionContext {
  return Object.fromEntries(Object.entries(complete).filter(([key]) => !keys.includes(key)));
}

const { 'aws:RequestTag/ProjectId': projectId = '', ...withoutProjectTag } = complete;

/** Requests that lack something, carry something more, or spell a tag otherwise. */
const requests: readonly QuestionContext[] = [
  complete,
  { 'aws:SecureTransport': 'true' },
  without('aws:RequestTag/ProjectId', 'aws:RequestTag/GrantId', 'aws:TagKeys'),
  { ...without('aws:RequestTag/ProjectId'), 'aws:TagKeys': ['GrantId'] },
  { ...without('aws:RequestTag/GrantId'), 'aws:TagKeys': ['ProjectId'] },
  without('sts:SourceIdentity'),
  without('sts:SourceIdentity', 'aws:RequestTag/ProjectId', 'aws:RequestTag/GrantId', 'aws:TagKeys'),
  { ...complete, 'aws:RequestTag/Role': 'officer', 'aws:TagKeys': ['ProjectId', 'GrantId', 'Role'] },
  { ...complete, 'aws:TagKeys': ['Role'] },
  // names of tags are compared without regard to case by Null, and with regard to it among the keys
  {
    ...withoutProjectTag,
    'aws:RequestTag/projectid': projectId,
    'aws:TagKeys': ['projectid', 'GrantId'],
  },
  // of which project a tag speaks is for the issuer to know: IAM has no list of projects
  { ...complete, 'aws:RequestTag/ProjectId': 'p-01jb0000000000000000000999' },
  // tags that would go over into a next role: there is none that the session may take
  { ...complete, 'sts:TransitiveTagKeys': ['ProjectId', 'GrantId'] },
  { ...complete, 'sts:ExternalId': 'nmip', 'sts:DurationSeconds': '43200' },
];

/** Questions of one role about another; of the issuer in every variation, of others in the first two. */
export function roleAsksCases(
  asker: Asker,
  role: AccountRole,
  landscape: Landscape,
  variations: 'all' | 'few',
): readonly Case[] {
  const asked = variations === 'all' ? requests : requests.slice(0, 2);
  const questions: Question[] = asked.flatMap((context) =>
    actions.map((action) => ({ action, resource: role.arn, context })),
  );
  for (const action of federatedActions) questions.push({ action, resource: role.arn, context: complete });
  return judged(questions, (question) => assumptionMay(asker, role, question, landscape));
}

/** Services that take on roles somewhere in AWS. */
export const services = [
  'lambda.amazonaws.com',
  'states.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'medical-imaging.amazonaws.com',
  'apigateway.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
  'events.amazonaws.com',
  'ec2.amazonaws.com',
  'cloudformation.amazonaws.com',
  'glue.amazonaws.com',
] as const;

/** Questions of a service about a role: for this account and another one, for the stores and for other resources. */
export function serviceAsksCases(asker: Asker, role: AccountRole, landscape: Landscape): readonly Case[] {
  const { developmentStore, heldOutStore, accountId } = landscape;
  const foreign = '999988887777';
  const base: QuestionContext = { 'aws:PrincipalIsAWSService': 'true', 'aws:SecureTransport': 'true' };
  const own = { ...base, 'aws:SourceAccount': accountId };
  const contexts: readonly QuestionContext[] = [
    base,
    own,
    { ...base, 'aws:SourceArn': developmentStore },
    { ...own, 'aws:SourceArn': developmentStore },
    { ...own, 'aws:SourceArn': heldOutStore },
    { ...own, 'aws:SourceArn': developmentStore.replace(accountId, foreign) },
    { ...own, 'aws:SourceArn': `arn:aws:s3:::nmip-${landscape.environmentName}` },
    { ...base, 'aws:SourceAccount': foreign, 'aws:SourceArn': developmentStore.replace(accountId, foreign) },
    { ...base, 'aws:SourceAccount': foreign, 'aws:SourceArn': developmentStore },
  ];
  const questions = contexts.map((context) => ({ action: 'sts:AssumeRole', resource: role.arn, context }));
  return judged(questions, (question) => assumptionMay(asker, role, question, landscape));
}
