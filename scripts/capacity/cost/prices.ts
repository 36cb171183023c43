export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly region: 'eu-west-2' | 'us-east-1';
  /** The page to check it on. */
  readonly source: string;
}

const s3 = 'https://aws.amazon.com/s3/pricing/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const dynamodb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const stepFunctions = 'https://aws.amazon.com/step-functions/pricing/';
const kms = 'https://aws.amazon.com/kms/pricing/';
const healthImaging = 'https://aws.amazon.com/healthimaging/pricing/';
const fargate = 'https://aws.amazon.com/fargate/pricing/';
const guardDuty = 'https://aws.amazon.com/guardduty/pricing/';

/**
 * List prices in US dollars without tax or discount, first tier, a unit each. Where London's price is not known, the one
 * of Northern Virginia stands in, and London is mostly some percent dearer. None was read from a live price list: check
 * each on its page before it is quoted.
 */
export const prices = {
  s3Put: { usd: 0.0053 / 1_000, per: 'PUT, COPY or LIST request', region: 'eu-west-2', source: s3 },
  s3Get: { usd: 0.00042 / 1_000, per: 'GET request', region: 'eu-west-2', source: s3 },
  s3Standard: { usd: 0.024, per: 'GiB-month', region: 'eu-west-2', source: s3 },
  s3InstantRetrieval: { usd: 0.005, per: 'GiB-month', region: 'eu-west-2', source: s3 },
  s3Transition: {
    usd: 0.02 / 1_000,
    per: 'object moved to Glacier Instant Retrieval',
    region: 'us-east-1',
    source: s3,
  },
  lambdaArm: { usd: 0.0000133334, per: 'GiB-second, arm64', region: 'eu-west-2', source: lambda },
  lambdaRequest: { usd: 0.2 / 1e6, per: 'invocation', region: 'eu-west-2', source: lambda },
  dynamodbWrite: { usd: 0.7423 / 1e6, per: 'write unit', region: 'eu-west-2', source: dynamodb },
  dynamodbRead: { usd: 0.1485 / 1e6, per: 'read unit', region: 'eu-west-2', source: dynamodb },
  dynamodbStorage: {
    usd: 0.297 + 0.2376,
    per: 'GiB-month with recovery',
    region: 'eu-west-2',
    source: dynamodb,
  },
  stateTransition: {
    usd: 0.025 / 1_000,
    per: 'Standard transition',
    region: 'us-east-1',
    source: stepFunctions,
  },
  expressRequest: { usd: 1 / 1e6, per: 'Express execution', region: 'us-east-1', source: stepFunctions },
  expressDuration: {
    usd: 0.00001667,
    per: 'GiB-second of Express',
    region: 'us-east-1',
    source: stepFunctions,
  },
  apiRequest: {
    usd: (3.5 + 0.6) / 1e6,
    per: 'REST request with firewall',
    region: 'us-east-1',
    source: 'https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/waf/pricing/',
  },
  kmsRequest: { usd: 0.03 / 10_000, per: 'request', region: 'eu-west-2', source: kms },
  kmsSign: { usd: 0.15 / 10_000, per: 'ECC signature', region: 'eu-west-2', source: kms },
  dataEvent: {
    usd: 0.1 / 100_000,
    per: 'data event',
    region: 'eu-west-2',
    source: 'https://aws.amazon.com/cloudtrail/pricing/',
  },
  logs: {
    usd: 0.5985,
    per: 'GB of logs',
    region: 'eu-west-2',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  healthImagingFrequent: {
    usd: 0.105,
    per: 'GiB-month, Frequent Access',
    region: 'us-east-1',
    source: healthImaging,
  },
  healthImagingArchive: {
    usd: 0.006,
    per: 'GiB-month, Archive Instant Access',
    region: 'us-east-1',
    source: healthImaging,
  },
  healthImagingCall: { usd: 0.005 / 1_000, per: 'API call', region: 'us-east-1', source: healthImaging },
  fargateProcessor: { usd: 0.03238, per: 'processor-hour, arm64', region: 'us-east-1', source: fargate },
  fargateMemory: { usd: 0.00356, per: 'GB-hour, arm64', region: 'us-east-1', source: fargate },
  interfaceEndpoint: {
    usd: 0.01,
    per: 'interface endpoint, hour and zone',
    region: 'us-east-1',
    source: 'https://aws.amazon.com/privatelink/pricing/',
  },
  scannedObject: { usd: 0.215 / 1_000, per: 'object scanned', region: 'us-east-1', source: guardDuty },
  scannedBytes: { usd: 0.09, per: 'GiB scanned', region: 'us-east-1', source: guardDuty },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
