import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  RequestAuthorizer,
  RequestValidator,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../config/configuration';
import { acknowledge, resourceOf } from '../constructs/acknowledge';
import type { FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { addGatewayProblems } from './gateway-problems';
import { type Route, routes } from './routes';

export interface PlatformApiProps {
  readonly configuration: Configuration;
  readonly settings: FunctionSettings;
  readonly authoriser: NmipFunction;
  readonly handlers: Readonly<Record<Route['handler'], LambdaFunction>>;
}

/** Half of what API Gateway gives an account and Region, so that another API beside this one stays alive. */
const throttling = { throttlingRateLimit: 5000, throttlingBurstLimit: 2500 } as const;

/** Routes that are limited more strictly than the API as a whole, by path and method. */
const methodLimits = Object.fromEntries(
  routes.flatMap(({ path, method, rateLimit }) =>
    rateLimit === undefined
      ? []
      : [
          [
            `${path}/${method}`,
            { throttlingRateLimit: rateLimit.perSecond, throttlingBurstLimit: rateLimit.burst },
          ],
        ],
  ),
);

/** Route, status and time; neither path nor address nor person: paths hold subjects. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    method: '$context.httpMethod',
    route: '$context.resourcePath',
    status: '$context.status',
    error: '$context.error.responseType',
    milliseconds: '$context.responseLatency',
    bytes: '$context.responseLength',
  }),
);

/** The REST API: a method for each route, each asking the authoriser but those that are open. */
export class PlatformApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: PlatformApiProps) {
    super(scope, id);
    const { configuration, settings } = props;
    this.api = new RestApi(this, 'RestApi', {
      description: 'NMIP: submissions, quarantine, register, catalogue, credentials',
      restApiName: `nmip-${configuration.environmentName}`,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: configuration.environmentName,
        ...throttling,
        methodOptions: methodLimits,
        tracingEnabled: true,
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            encryptionKey: settings.logKey,
            retention: settings.logRetention,
            removalPolicy: RemovalPolicy.RETAIN,
          }),
        ),
        accessLogFormat,
      },
      defaultCorsPreflightOptions: {
        allowOrigins: [configuration.portalOrigin],
        allowMethods: ['GET', 'POST', 'PUT'],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
        maxAge: Duration.hours(1),
      },
    });
    const resource = resourceOf(this.api) as CfnRestApi;
    resource.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    resource.endpointAccessMode = 'STRICT';
    this.addRoutes(props);
    addGatewayProblems(this.api, configuration.portalOrigin);
    this.acknowledgeFindings();
  }

  private addRoutes({ authoriser, handlers }: PlatformApiProps): void {
    const authorizer = new RequestAuthorizer(this, 'Authoriser', {
      handler: authoriser.function,
      identitySources: [IdentitySource.header('Authorization')],
      // a revoked role ends with the next request
      resultsCacheTtl: Duration.seconds(0),
    });
    const requestValidator = new RequestValidator(this, 'Validator', {
      restApi: this.api,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    for (const route of routes) {
      const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const method = this.api.root
        .resourceForPath(route.path)
        .addMethod(route.method, new LambdaIntegration(handlers[route.handler], { allowTestInvoke: false }), {
          requestValidator,
          requestParameters: Object.fromEntries(
            parameters.map((name) => [`method.request.path.${name}`, true]),
          ),
          ...(route.open
            ? { authorizationType: AuthorizationType.NONE }
            : { authorizationType: AuthorizationType.CUSTOM, authorizer }),
        });
      if (route.open !== undefined) {
        acknowledge(method, { 'AwsSolutions-APIG4': route.open, 'NMIP-AuthorisedMethod': route.open });
      }
    }
  }

  private acknowledgeFindings(): void {
    const executionLogs =
      'Execution logs write paths and headers, which hold subjects. The access log has route, status and time of every ' +
      'request, the functions log what they refuse, and traces follow a request.';
    acknowledge(this.api, {
      'AwsSolutions-APIG6': executionLogs,
      'NIST.800.53.R5-APIGWExecutionLoggingEnabled': executionLogs,
      'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted':
        'Answers differ by person and change with the register: a cache would show one person the answer of another.',
      'NIST.800.53.R5-APIGWSSLEnabled':
        'The backend is Lambda, called under IAM. A client certificate is for backends reached over HTTP.',
      'AwsSolutions-COG4':
        'People sign in with the OIDC issuer of the configuration (NHS CIS2 for trusts); the Lambda authoriser checks its ' +
        'tokens and adds what the register says. Cognito knows neither.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The account-wide role of API Gateway for access logs, which AWS describes by this policy.',
    });
  }
}
