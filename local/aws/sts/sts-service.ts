import type { ServerResponse } from 'node:http';
import type { CallRecorder, RecordedCall } from '../cloudtrail/trail-record';
import type { IdentityRegistry } from '../iam/identity-registry';
import { roleId } from '../iam/role';
import { SessionCaller } from '../iam/session-caller';
import { AwsError, type AwsService, type SignedRequest } from '../service';
import { readWhole } from '../signature/payload';
import { escapeXml } from '../wire-errors';
import {
  type AssumeRoleInput,
  authoriseAssumption,
  checkDuration,
  packedPolicySize,
  readAssumeRole,
  sessionOptions,
} from './assume-role';

const LARGEST_REQUEST = 256 << 10;
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS by its query protocol: AssumeRole and GetCallerIdentity. */
export class StsService implements AwsService {
  readonly signingName = 'sts';

  constructor(
    private readonly registry: IdentityRegistry,
    private readonly calls?: CallRecorder,
  ) {}

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const body = (await readWhole(request.body, LARGEST_REQUEST)).toString('utf8');
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : request.query;
    const action = parameters.get('Action') ?? '';
    switch (action) {
      case 'AssumeRole':
        send(response, request, action, this.recordedAssumeRole(request, parameters));
        return;
      case 'GetCallerIdentity':
        send(response, request, action, this.callerIdentity(request));
        return;
      default:
        throw new AwsError('InvalidAction', `The STS action "${action}" is not known here`, 400);
    }
  }

  /** Session policies are left out of the record: CloudTrail has them, and nobody here looks. */
  private recordedAssumeRole(request: SignedRequest, parameters: URLSearchParams): string {
    const input = readAssumeRole(parameters);
    const call: Omit<RecordedCall, 'error' | 'responseElements'> = {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      category: 'Management',
      readOnly: true,
      caller: request.caller,
      requestId: request.requestId,
      requestParameters: {
        roleArn: input.roleArn,
        roleSessionName: input.sessionName,
        durationSeconds: input.durationSeconds,
        ...(input.sourceIdentity !== undefined && { sourceIdentity: input.sourceIdentity }),
        ...(Object.keys(input.tags).length > 0 && { principalTags: input.tags }),
      },
      resource: { type: 'AWS::IAM::Role', arn: input.roleArn },
    };
    try {
      const { accessKeyId, expiration, answer } = this.assumeRole(request, input);
      this.calls?.record({
        ...call,
        responseElements: { credentials: { accessKeyId, expiration: expiration.toUTCString() } },
      });
      return answer;
    } catch (error) {
      this.calls?.record({ ...call, error });
      throw error;
    }
  }

  private assumeRole(request: SignedRequest, input: AssumeRoleInput) {
    const { caller } = request;
    const role = this.registry.role(input.roleArn);
    if (role === undefined)
      throw new AwsError(
        'AccessDenied',
        `User: ${caller.principalArn} is not authorized to perform: sts:AssumeRole on resource: ${input.roleArn}`,
        403,
      );
    const calling =
      caller instanceof SessionCaller ? caller.session : { tags: caller.sessionTags, transitiveTagKeys: [] };
    const options = sessionOptions(input, calling);
    authoriseAssumption(caller, input, options, role);
    checkDuration(input, role);
    for (const arn of input.policyArns) this.registry.managedPolicy(arn);
    const packed = packedPolicySize(options);
    const credentials = this.registry.createRoleSession(
      role.arn,
      input.sessionName,
      input.durationSeconds,
      options,
    );
    const arn = `arn:aws:sts::${this.registry.accountId}:assumed-role/${role.name}/${input.sessionName}`;
    const answer = [
      '<Credentials>',
      element('AccessKeyId', credentials.accessKeyId),
      element('SecretAccessKey', credentials.secretAccessKey),
      element('SessionToken', credentials.sessionToken),
      element('Expiration', credentials.expiration.toISOString()),
      '</Credentials><AssumedRoleUser>',
      element('AssumedRoleId', `${roleId(role.arn)}:${input.sessionName}`),
      element('Arn', arn),
      '</AssumedRoleUser>',
      packed === undefined ? '' : element('PackedPolicySize', String(packed)),
      options.sourceIdentity === undefined ? '' : element('SourceIdentity', options.sourceIdentity),
    ].join('');
    return { answer, accessKeyId: credentials.accessKeyId, expiration: credentials.expiration };
  }

  /** No permission is needed to ask who one is. */
  private callerIdentity({ caller }: SignedRequest): string {
    const session = caller.principalArn.slice(caller.principalArn.lastIndexOf('/') + 1);
    return [
      element('Arn', caller.principalArn),
      element('UserId', `${roleId(caller.roleArn)}:${session}`),
      element('Account', caller.accountId),
    ].join('');
  }
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function send(response: ServerResponse, request: SignedRequest, action: string, result: string): void {
  const text = `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result><ResponseMetadata>${element('RequestId', request.requestId)}</ResponseMetadata></${action}Response>`;
  response.setHeader('Content-Type', 'text/xml');
  response.setHeader('x-amzn-RequestId', request.requestId);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
