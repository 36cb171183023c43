/** A REST API as its template declares it, gathered from RestApi, Resource, Method and their companions. */

export interface ApiResource {
  readonly id: string;
  /** Absent: the root. */
  readonly parentId: string | undefined;
  /** `submissions`, `{id}` or `{proxy+}`. */
  readonly pathPart: string;
}

/** A response that no function gives. */
export interface FixedResponse {
  readonly statusCode: string;
  /** Header name → value. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Integration =
  | { readonly kind: 'lambda-proxy'; readonly functionArn: string; readonly timeoutMilliseconds: number }
  | { readonly kind: 'mock'; readonly response: FixedResponse };

export interface ApiMethod {
  readonly resourceId: string;
  /** `GET` … or `ANY`. */
  readonly httpMethod: string;
  readonly authorisation: 'NONE' | 'CUSTOM';
  readonly authoriserId: string | undefined;
  readonly integration: Integration;
  readonly validatorId: string | undefined;
  /** `method.request.querystring.page` … that must be there. */
  readonly requiredParameters: readonly string[];
}

export interface ApiAuthoriser {
  readonly id: string;
  readonly type: 'REQUEST' | 'TOKEN';
  readonly functionArn: string;
  /** `method.request.header.Authorization`, … */
  readonly identitySources: readonly string[];
  /** Only for TOKEN: a token that does not fit is refused without asking the function. */
  readonly identityValidation: RegExp | undefined;
  /** 0 turns the cache off. */
  readonly resultTtlSeconds: number;
  /** Role that invokes the function; absent: the function's resource policy decides. */
  readonly credentialsRoleArn: string | undefined;
}

/** What API Gateway checks before the function is asked. Bodies are checked by models, and no method here has one. */
export interface RequestValidator {
  readonly parameters: boolean;
}

/** Types of the responses that API Gateway gives itself, with status and message as AWS has them. */
export const gatewayResponses = {
  ACCESS_DENIED: {
    statusCode: 403,
    message: 'User is not authorized to access this resource with an explicit deny',
  },
  API_CONFIGURATION_ERROR: { statusCode: 500, message: 'Internal server error' },
  AUTHORIZER_CONFIGURATION_ERROR: { statusCode: 500, message: null },
  AUTHORIZER_FAILURE: { statusCode: 500, message: null },
  BAD_REQUEST_PARAMETERS: { statusCode: 400, message: 'Missing required request parameters' },
  INTEGRATION_FAILURE: { statusCode: 502, message: 'Internal server error' },
  INTEGRATION_TIMEOUT: { statusCode: 504, message: 'Endpoint request timed out' },
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 403, message: 'Missing Authentication Token' },
  REQUEST_TOO_LARGE: { statusCode: 413, message: 'Request Too Long' },
  THROTTLED: { statusCode: 429, message: 'Too Many Requests' },
  UNAUTHORIZED: { statusCode: 401, message: 'Unauthorized' },
} as const;

export type GatewayResponseType = keyof typeof gatewayResponses;

/** How a template changes a response that API Gateway gives itself. */
export interface GatewayResponseChange {
  readonly statusCode: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

export interface Throttle {
  /** Requests a second. */
  readonly rate: number;
  readonly burst: number;
}

export interface RestApi {
  readonly id: string;
  readonly region: string;
  readonly accountId: string;
  readonly rootResourceId: string;
  readonly binaryMediaTypes: readonly string[];
  readonly resources: Map<string, ApiResource>;
  readonly methods: ApiMethod[];
  readonly authorisers: Map<string, ApiAuthoriser>;
  readonly validators: Map<string, RequestValidator>;
  readonly gatewayResponses: Map<string, GatewayResponseChange>;
  stage:
    | {
        readonly name: string;
        readonly variables: Readonly<Record<string, string>>;
        /** By method and path: `GET /v1/me`; `* /*` for every method that has none of its own. */
        readonly throttles: ReadonlyMap<string, Throttle>;
      }
    | undefined;
}

/** An API before its resources are added. */
export function newRestApi(
  base: Pick<RestApi, 'id' | 'region' | 'accountId' | 'rootResourceId' | 'binaryMediaTypes'>,
): RestApi {
  return {
    ...base,
    resources: new Map([
      [base.rootResourceId, { id: base.rootResourceId, parentId: undefined, pathPart: '' }],
    ]),
    methods: [],
    authorisers: new Map(),
    validators: new Map(),
    gatewayResponses: new Map(),
    stage: undefined,
  };
}
