import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { httpRefusals } from '../../../lambda/platform/http-refusals.contract';
import { routes } from '../../../lib/api/routes';
import { actionsOf, statementsOfRole, templateOf } from '../synthesized-stage';

const template = templateOf('api');
const methods = Object.values(template.findResources('AWS::ApiGateway::Method')).map(
  ({ Properties }) => Properties,
);
const open = methods.filter(
  ({ HttpMethod, AuthorizationType }) => HttpMethod !== 'OPTIONS' && AuthorizationType === 'NONE',
);

describe('routes', () => {
  it('each has a method of its own, none catches all', () => {
    expect(methods.filter(({ HttpMethod }) => HttpMethod !== 'OPTIONS')).toHaveLength(routes.length);
    expect(methods.filter(({ HttpMethod }) => HttpMethod === 'ANY')).toEqual([]);
    const parts = Object.values(template.findResources('AWS::ApiGateway::Resource')).map(
      ({ Properties }) => Properties.PathPart,
    );
    expect(parts.filter((part: string) => part.includes('+'))).toEqual([]);
  });

  it('only the keys of receipts, the public register, commitments, published releases and the address of the sign-in are open', () => {
    expect(routes.filter((route) => route.open).map(({ path }) => path)).toEqual([
      '/v1/receipt-keys',
      '/v1/register',
      '/v1/register.csv',
      '/v1/register/{project}',
      '/v1/commitments',
      '/v1/releases',
      '/v1/releases/{version}',
      '/v1/releases/{version}/representativeness',
      '/v1/releases/{version}/collections/{collection}/representativeness',
      '/v1/releases/{version}/files/{name}',
      '/v1/sign-in',
    ]);
    expect(open).toHaveLength(11);
  });

  it('are those of the architecture', () => {
    const page = readFileSync(join(__dirname, '../../../docs/architecture.md'), 'utf8');
    const section = page.slice(page.indexOf('## 5. HTTP API'), page.indexOf('## 6.'));
    for (const { path } of routes) {
      const [, collection] = /^\/v1\/([\w-]+)/.exec(path) ?? [];
      expect(section).toContain(`/v1/${collection}`);
    }
  });

  it('demand their path parameters', () => {
    const withPage = methods.find(
      ({ RequestParameters = {} }) => 'method.request.path.page' in RequestParameters,
    );
    expect(withPage?.RequestParameters).toEqual({
      'method.request.path.id': true,
      'method.request.path.page': true,
    });
  });
});

describe('API', () => {
  it('asks the authoriser at every request', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: 'method.request.header.Authorization',
    });
  });

  it('takes TLS 1.2 with forward secrecy or later', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      SecurityPolicy: Match.stringLikeRegexp('TLS13_1_2_PFS'),
      EndpointAccessMode: 'STRICT',
    });
  });

  it('is behind a firewall with a limit by address', () => {
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({ Statement: { RateBasedStatement: Match.anyValue() } })]),
    });
  });

  it('logs neither path nor address nor person', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const format: string = stage?.Properties.AccessLogSetting.Format;
    for (const leak of ['$context.path', 'identity', 'authorizer', 'sourceIp', 'querystring']) {
      expect(format).not.toContain(leak);
    }
    const [settings] = stage?.Properties.MethodSettings ?? [];
    expect(settings).toMatchObject({ DataTraceEnabled: false, ThrottlingRateLimit: 5000 });
  });

  it('answers browsers of the portal only', () => {
    const origins = methods
      .filter(({ HttpMethod }) => HttpMethod === 'OPTIONS')
      .map(({ Integration }) => Integration.IntegrationResponses[0].ResponseParameters)
      .map((parameters) => parameters['method.response.header.Access-Control-Allow-Origin']);
    expect(new Set(origins)).toEqual(new Set(["'https://nmip.example.nhs.uk'"]));
  });

  it('answers by itself with problems that have a code', () => {
    const responses = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse'));
    for (const { Properties } of responses) {
      expect(Properties.ResponseParameters['gatewayresponse.header.Content-Type']).toBe(
        "'application/problem+json'",
      );
      const problem = JSON.parse(Properties.ResponseTemplates['application/json']);
      expect(problem.status).toBe(Number(Properties.StatusCode));
      expect(problem).toMatchObject(httpRefusals[problem.code as keyof typeof httpRefusals]);
    }
    const types = responses.map(({ Properties }) => Properties.ResponseType);
    expect(types).toEqual(
      expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'THROTTLED', 'WAF_FILTERED']),
    );
  });

  it('limits more strictly what needs no token, and credentials', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const settings: Record<string, unknown>[] = stage?.Properties.MethodSettings ?? [];
    const own = settings.slice(1);
    expect(
      own
        .map(({ HttpMethod, ResourcePath }) => `${HttpMethod} ${String(ResourcePath).replaceAll('~1', '/')}`)
        .sort(),
    ).toEqual([
      'GET //v1/commitments',
      'GET //v1/receipt-keys',
      'GET //v1/register',
      'GET //v1/register.csv',
      'GET //v1/register/{project}',
      'GET //v1/releases',
      'GET //v1/releases/{version}',
      'GET //v1/releases/{version}/collections/{collection}/representativeness',
      'GET //v1/releases/{version}/files/{name}',
      'GET //v1/releases/{version}/representativeness',
      'GET //v1/sign-in',
      'POST //v1/projects/{id}/credentials',
    ]);
    expect(own.every(({ ThrottlingRateLimit }) => Number(ThrottlingRateLimit) <= 50)).toBe(true);
    const [firewall] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const rules: { Statement: Record<string, unknown> }[] = firewall?.Properties.Rules ?? [];
    const strict = rules.find(({ Statement }) => JSON.stringify(Statement).includes('"Limit":300,'));
    for (const end of ['/v1/receipt-keys', '/v1/sign-in', '/v1/register', '/credentials']) {
      expect(JSON.stringify(strict?.Statement)).toContain(`"SearchString":"${end}"`);
    }
  });
});

describe('submission API', () => {
  const statements = statementsOfRole('api', 'SubmissionApi');
  const onLanding = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('-landing-'));

  it('signs URLs to put into landing buckets and can read none', () => {
    const actions = actionsOf(onLanding).filter((action) => action.startsWith('s3:'));
    // of a file in parts it sees which have come, and by its key that it is there
    const ofParts = ['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload', 's3:ListBucket'];
    expect(new Set(actions)).toEqual(new Set(['s3:PutObject', ...ofParts]));
  });

  it('starts the pipeline and cannot stop it', () => {
    expect(actionsOf(statements).filter((action) => action.startsWith('states:'))).toEqual([
      'states:StartExecution',
    ]);
  });
});
