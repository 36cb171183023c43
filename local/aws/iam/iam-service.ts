import type { ServerResponse } from 'node:http';
import { AwsError, type AwsService, type SignedRequest } from '../service';
import { readWhole } from '../signature/payload';
import { escapeXml } from '../wire-errors';
import type { IdentityRegistry } from './identity-registry';
import type { PolicyVersion } from './policy-versions';

const LARGEST_REQUEST = 256 << 10;
const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

/** IAM by its query protocol: the operations on versions of a customer-managed policy. A change is in force at once. */
export class IamService implements AwsService {
  readonly signingName = 'iam';

  constructor(private readonly registry: IdentityRegistry) {}

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const parameters = new URLSearchParams((await readWhole(request.body, LARGEST_REQUEST)).toString('utf8'));
    const action = parameters.get('Action') ?? '';
    const operation = this.operations[action];
    if (operation === undefined)
      throw new AwsError('InvalidAction', `The IAM action "${action}" is not known here`, 400);
    const arn = required(parameters, 'PolicyArn');
    request.caller.authorise(`iam:${action}`, arn);
    send(response, request.requestId, action, operation(arn, parameters));
  }

  private readonly operations: Readonly<
    Record<string, (arn: string, parameters: URLSearchParams) => string>
  > = {
    GetPolicy: (arn) => {
      const current = this.registry.policyVersions.list(arn).find(({ isDefault }) => isDefault);
      return `<Policy>${element('Arn', arn)}${element('PolicyName', arn.slice(arn.lastIndexOf('/') + 1))}${element('DefaultVersionId', current?.id ?? '')}</Policy>`;
    },
    GetPolicyVersion: (arn, parameters) => {
      const version = this.registry.policyVersions.get(arn, required(parameters, 'VersionId'));
      return `<PolicyVersion>${described(version)}${element('Document', encodeURIComponent(version.document))}</PolicyVersion>`;
    },
    ListPolicyVersions: (arn) => {
      const members = this.registry.policyVersions
        .list(arn)
        .map((version) => `<member>${described(version)}</member>`);
      return `<Versions>${members.join('')}</Versions><IsTruncated>false</IsTruncated>`;
    },
    CreatePolicyVersion: (arn, parameters) => {
      const setAsDefault = parameters.get('SetAsDefault') === 'true';
      const document = required(parameters, 'PolicyDocument');
      return `<PolicyVersion>${described(this.registry.createPolicyVersion(arn, document, setAsDefault))}</PolicyVersion>`;
    },
    DeletePolicyVersion: (arn, parameters) => {
      this.registry.policyVersions.delete(arn, required(parameters, 'VersionId'));
      return '';
    },
  };
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value === null || value === '') throw new AwsError('ValidationError', `${name} is missing`, 400);
  return value;
}

function described({ id, isDefault, createdAt }: PolicyVersion): string {
  return [
    element('VersionId', id),
    element('IsDefaultVersion', String(isDefault)),
    element('CreateDate', createdAt),
  ].join('');
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function send(response: ServerResponse, requestId: string, action: string, result: string): void {
  const text = `<${action}Response xmlns="${NAMESPACE}">${result === '' ? '' : `<${action}Result>${result}</${action}Result>`}<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${action}Response>`;
  response.setHeader('Content-Type', 'text/xml');
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
