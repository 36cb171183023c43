import { join } from 'node:path';
import { ApiGateway } from './api/api-gateway';
import type { RestApi } from './api/rest-api-definition';
import { AwsGateway } from './aws/gateway';
import { IamService } from './aws/iam/iam-service';
import { LambdaService } from './aws/lambda/lambda-service';
import type { Clock } from './aws/service';
import { StsService } from './aws/sts/sts-service';
import { type DataFolder, openDataFolder } from './data-folder';
import { FrontDoor } from './front-door/front-door';
import type { PlatformStatus } from './front-door/status';
import { optOutCaller } from './opt-out/opt-out-caller';
import { OptOutService } from './opt-out/opt-out-service';
import { PlatformLog } from './platform-log';
import { type PortNames, withPortNamed } from './port-error';
import { type DrillParts, makeServices, type Services } from './services';
import { SignIn } from './sign-in/sign-in';
import { conditionValues, functionVariable, withAddresses, withVariable } from './stack/addresses';
import { type Assembly, readAssembly } from './stack/assembly';
import { type DeployedStack, deployStacks } from './stack/deploy';
import { DeploymentError } from './stack/deployment-error';
import { functionsToWarm } from './stack/functions-to-warm';
import { resourceHandlers } from './stack/resource-handlers';
import { systemClock } from './storage/clock';

/** Where the platform stands when nobody says otherwise; the `local` configuration names the same. */
export const defaultPorts = { frontDoor: 8080, aws: 8081, vpcEndpoint: 8082 } as const;

/** Ports of the three listeners; 0 lets the system choose. */
export interface Ports {
  readonly frontDoor: number;
  readonly aws: number;
  readonly vpcEndpoint: number;
}

const portNames: PortNames<Ports> = {
  frontDoor: '--port',
  aws: '--aws-port',
  vpcEndpoint: '--vpc-endpoint-port',
};

export interface PlatformOptions {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  readonly dataFolder: string;
  /** Empties the data folder first. */
  readonly fresh?: boolean;
  readonly ports?: Partial<Ports>;
  readonly clock?: Clock;
  /** Key of all pseudonyms of a new data folder, 32 bytes; absent: a random one. */
  readonly pseudonymKey?: Buffer | undefined;
  /** Bytes above which a file is de-identified in a container, where not what the app says. */
  readonly largeFileBytes?: number | undefined;
  /** How long the opt-out service takes. */
  readonly optOutDelayMilliseconds?: number;
  readonly drill?: DrillParts;
}

export interface PlatformAddresses {
  /** Status page; the API stands below `/v1`. */
  readonly frontDoor: string;
  readonly issuer: string;
  readonly aws: string;
  /** The AWS endpoint as seen through the Data Access Environment's VPC endpoint. */
  readonly vpcEndpoint: string;
}

/** A running platform. */
export interface Platform {
  readonly addresses: PlatformAddresses;
  readonly dataFolder: string;
  /** File of NHS numbers that are opted out, one a line; read at every request to the opt-out service. */
  readonly optedOutFile: string;
  readonly stacks: readonly DeployedStack[];
  readonly services: Services;
  /** Value of an environment variable of the functions, such as `DEIDENTIFIED_BUCKET`. Throws where none has it. */
  variable(name: string): string;
  status(): Promise<PlatformStatus>;
  /** Ends everything; what is under way goes on at the next start. */
  stop(): Promise<void>;
}

const origin = (port: number): string => `http://127.0.0.1:${port}`;

/** Account of the embedded platform where the assembly names none. */
const embeddedAccount = '000000000000';

/** What has to be undone, last things first. */
class Undoing {
  private readonly steps: (() => void | Promise<void>)[] = [];

  add(step: () => void | Promise<void>): void {
    this.steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) await step();
  }
}

function onlyApi(apis: ReadonlyMap<string, RestApi>): RestApi {
  const [api, ...others] = apis.values();
  if (!api || others.length > 0) {
    throw new DeploymentError(
      'RESOURCE_FAILED',
      `The front door serves one REST API; the app has ${apis.size}.`,
    );
  }
  return api;
}

function apiGateway(api: RestApi, { functions, registry }: Services, clock: Clock): ApiGateway {
  const service = 'apigateway.amazonaws.com';
  return new ApiGateway(api, {
    clock,
    invokeFunction: (sourceArn, functionArn, event) =>
      functions.invokeForService(service, sourceArn, functionArn, event),
    invokeAuthoriser: ({ credentialsRoleArn, functionArn }, sourceArn, event) =>
      credentialsRoleArn === undefined
        ? functions.invokeForService(service, sourceArn, functionArn, event)
        : functions.invoke(
            registry.callerForService(credentialsRoleArn, service, 'authoriser', { sourceArn }),
            functionArn,
            event,
          ),
  });
}

/** What every step of a start shares. */
interface Start {
  readonly options: PlatformOptions;
  readonly clock: Clock;
  readonly undoing: Undoing;
  readonly folder: DataFolder;
  readonly log: PlatformLog;
}

async function listen(start: Start, assembly: Assembly, endpoint: { url: string }) {
  const { options, clock, undoing, folder, log } = start;
  const ports: Ports = { ...defaultPorts, ...options.ports };
  const frontDoor = new FrontDoor();
  undoing.add(() => frontDoor.close());
  const frontDoorPort = await withPortNamed(frontDoor.listen(ports.frontDoor), ports, portNames);
  const region = assembly.stacks.find((stack) => stack.region !== undefined)?.region ?? 'eu-west-2';
  const services = await makeServices({
    dataFolder: folder.path,
    accountId: embeddedAccount,
    region,
    clock,
    endpoint: () => endpoint.url,
    log,
    hmacMaterial: options.pseudonymKey,
    drill: options.drill,
  });
  undoing.add(() => services.queues.close());
  undoing.add(() => services.functions.close());
  undoing.add(() => services.tasks.close());
  const gateway = new AwsGateway({
    registry: services.registry,
    clock,
    vpcEndpointId: conditionValues(assembly, 'aws:SourceVpce')[0] ?? 'vpce-0local0000000000',
    onFault: (signingName, requestId, error) => log.fault(`${signingName} request ${requestId}`, error),
    drill: options.drill && {
      points: options.drill.points,
      killProcess: (accessKeyId) => services.functions.killProcess(accessKeyId),
    },
  });
  // The order in which they are closed: who begins work first, who keeps data last.
  gateway.register(services.states);
  gateway.register(services.medicalImaging);
  gateway.register(new LambdaService(services.functions, region));
  gateway.register(new StsService(services.registry, services.trail));
  gateway.register(services.trail);
  gateway.register(new IamService(services.registry));
  gateway.register(services.sns);
  gateway.register(services.athena);
  gateway.register(services.kms);
  gateway.register(services.s3);
  gateway.register(services.dynamodb);
  undoing.add(() => gateway.close());
  const aws = await withPortNamed(
    gateway.listen({ port: ports.aws, vpcEndpointPort: ports.vpcEndpoint }),
    ports,
    portNames,
  );
  endpoint.url = aws.endpoint;
  const addresses: PlatformAddresses = {
    frontDoor: origin(frontDoorPort),
    issuer: `${origin(frontDoorPort)}/sign-in`,
    aws: aws.endpoint,
    vpcEndpoint: aws.vpcEndpoint,
  };
  return { frontDoor, services, addresses };
}

async function deploy(start: Start, services: Services, assembly: Assembly) {
  const handlers = resourceHandlers(services, assembly, start.folder.path);
  try {
    const stacks = await deployStacks(assembly.stacks, {
      accountId: embeddedAccount,
      defaultRegion: services.registry.region,
      handlerFor: handlers.handlerFor,
    });
    return { stacks, api: onlyApi(handlers.apis) };
  } finally {
    handlers.close();
  }
}

function startOptOut(start: Start, services: Services, exchangeBucket: string): OptOutService {
  const service = new OptOutService({
    objects: services.s3,
    caller: optOutCaller(embeddedAccount, exchangeBucket),
    exchangeBucket,
    optedOutFile: join(start.folder.path, 'opted-out.txt'),
    delayMilliseconds: start.options.optOutDelayMilliseconds ?? 250,
    drill: start.options.drill?.points,
    onFault: (error) => start.log.fault('opt-out service', error),
  });
  services.observe((event) => service.observe(event));
  start.undoing.add(() => service.close());
  return service;
}

async function countSubmissions(services: Services, ledger: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const item of services.dynamodb.items(ledger)) {
    if (item.sk?.S !== 'SUBMISSION' || item.pk?.S?.startsWith('SUBMISSION#') !== true) continue;
    const state = item.state?.S ?? 'unknown';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

function withLargeFileBytes(assembly: Assembly, bytes: number | undefined): Assembly {
  return bytes === undefined ? assembly : withVariable(assembly, 'LARGE_FILE_BYTES', String(bytes));
}

async function startOn(start: Start): Promise<Platform> {
  const { options, clock, undoing, folder, log } = start;
  const startedAt = clock.now().toISOString();
  const synthesised = readAssembly(options.assembly);
  const { frontDoor, services, addresses } = await listen(start, synthesised, { url: '' });
  const assembly = withAddresses(
    withLargeFileBytes(synthesised, options.largeFileBytes),
    new Map([
      [origin(defaultPorts.frontDoor), addresses.frontDoor],
      [origin(defaultPorts.aws), addresses.aws],
      [origin(defaultPorts.vpcEndpoint), addresses.vpcEndpoint],
    ]),
  );
  undoing.add(() => services.bus.close());
  // Before the deployment: a function may already ask for the issuer's keys.
  const signIn = await SignIn.create({
    dataFolder: folder.path,
    issuer: functionVariable(assembly, 'OIDC_ISSUER') ?? addresses.issuer,
    audience: functionVariable(assembly, 'OIDC_AUDIENCE') ?? 'nmip',
    portalOrigin: addresses.frontDoor,
  });
  const { stacks, api } = await deploy(start, services, assembly);

  const variable = (name: string): string => {
    const value = services.functions.variable(name);
    if (value === undefined)
      throw new DeploymentError('REFERENCE_UNKNOWN', `No function has the variable ${name}.`);
    return value;
  };
  const folders = (): PlatformStatus['folders'] => [
    ...['DEIDENTIFIED_BUCKET', 'QUARANTINE_BUCKET', 'WORK_BUCKET', 'CATALOGUE_BUCKET'].map((name) => ({
      name: `${name.split('_')[0]?.toLowerCase()} bucket`,
      path: services.s3.objectsFolder(variable(name)),
    })),
    { name: 'logs of the functions', path: join(folder.path, 'logs') },
    { name: 'everything', path: folder.path },
  ];
  const status = async (): Promise<PlatformStatus> => ({
    startedAt,
    dataFolder: folder.path,
    addresses: [
      { name: 'This page', url: addresses.frontDoor, browsable: true },
      { name: 'REST API', url: `${addresses.frontDoor}/v1`, browsable: false },
      {
        name: 'Sign-in (OIDC discovery)',
        url: `${addresses.issuer}/.well-known/openid-configuration`,
        browsable: true,
      },
      { name: 'AWS endpoint', url: addresses.aws, browsable: false },
      {
        name: 'AWS endpoint through the VPC endpoint of the Data Access Environment',
        url: addresses.vpcEndpoint,
        browsable: false,
      },
    ],
    submissions: await countSubmissions(services, variable('LEDGER_TABLE')),
    functions: [...services.functions.status(), ...services.tasks.status()],
    queues: services.queues.status(),
    folders: folders(),
    stacks: stacks.map(({ name, resources }) => ({ name, resources: resources.size })),
  });

  const optOut = startOptOut(start, services, variable('EXCHANGE_BUCKET'));
  const gateway = apiGateway(api, services, clock);
  frontDoor.open({
    api: (request, response) => gateway.handle(request, response),
    signIn: (request, response) => signIn.handle(request, response),
    status,
    onFault: (error) => log.fault('front door', error),
  });
  const executions = services.states.resumeExecutions();
  const importJobs = services.medicalImaging.resumeJobs();
  services.functions.resume();
  services.s3.announceLastObjects();
  await optOut.resume();
  const awaited = functionsToWarm(api, services.states.functionsOf(variable('PIPELINE_ARN')));
  services.functions.warmUp(awaited).catch((error: unknown) => log.fault('warming up', error));
  log.info('platform is up', { addresses, executions, importJobs });
  return {
    addresses,
    dataFolder: folder.path,
    optedOutFile: join(folder.path, 'opted-out.txt'),
    stacks,
    services,
    variable,
    status,
    stop: () => undoing.run(),
  };
}

/**
 * Starts the platform: takes the data folder and the ports, creates what the assembly declares, and goes on with what
 * an earlier run left unfinished.
 * @throws DataFolderError, PortTaken, DeploymentError; nothing is left running then
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const undoing = new Undoing();
  const folder = openDataFolder(options.dataFolder, options.fresh ?? false);
  undoing.add(() => folder.release());
  const log = new PlatformLog(folder.path);
  undoing.add(() => log.close());
  try {
    return await startOn({ options, clock: options.clock ?? systemClock, undoing, folder, log });
  } catch (error) {
    log.fault('start', error);
    await undoing.run();
    throw error;
  }
}
