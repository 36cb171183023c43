import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { DeploymentError } from '../deployment-error';
import type { DeployedResource, ResolvedResource } from '../resource';

/** What a custom resource's function answers to the ResponseURL. */
const answer = z.looseObject({
  Status: z.enum(['SUCCESS', 'FAILED']),
  PhysicalResourceId: z.string().min(1),
  Reason: z.string().optional(),
  Data: z.record(z.string(), z.unknown()).default({}),
});

type Answer = z.infer<typeof answer>;

const record = z.object({
  physicalResourceId: z.string(),
  properties: z.record(z.string(), z.unknown()),
  data: z.record(z.string(), z.unknown()),
  type: z.string(),
});

const records = z.record(z.string(), record);

/** CloudFormation waits an hour for an answer; here nobody would wait so long. */
const answerLimitMilliseconds = 60_000;

export interface CustomResourceOptions {
  /** File that remembers what was made, with which properties. */
  readonly path: string;
  /** Invokes the function; resolves with its error, if it ended in one. */
  invoke(functionArn: string, event: unknown): Promise<string | undefined>;
}

/**
 * Runs custom resources by their real functions, as CloudFormation does: Create the first time, Update when the
 * properties differ from those of the last time, and nothing when they are the same.
 */
export class CustomResources {
  private readonly known: z.infer<typeof records>;
  private server: Server | undefined;
  private readonly waiting = new Map<string, (value: Answer) => void>();

  constructor(private readonly options: CustomResourceOptions) {
    this.known = records.parse(readJsonFile(options.path) ?? {});
  }

  /** @throws DeploymentError `CUSTOM_RESOURCE_FAILED` with the function's reason */
  async deploy(resource: ResolvedResource): Promise<DeployedResource> {
    const name = `${resource.stack}/${resource.logicalId}`;
    const { ServiceToken: functionArn, ...properties } = resource.properties;
    if (typeof functionArn !== 'string') {
      throw new DeploymentError('RESOURCE_PROPERTIES', `${name} names no function as its ServiceToken.`);
    }
    const before = this.known[name];
    if (before && isDeepStrictEqual(before.properties, properties)) {
      return { ref: before.physicalResourceId, attributes: before.data };
    }
    const result = await this.ask(name, functionArn, {
      RequestType: before ? 'Update' : 'Create',
      ServiceToken: functionArn,
      StackId: `arn:aws:cloudformation:${resource.region}:${resource.accountId}:stack/${resource.stack}/embedded`,
      RequestId: randomUUID(),
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ResourceProperties: { ServiceToken: functionArn, ...properties },
      ...(before
        ? { PhysicalResourceId: before.physicalResourceId, OldResourceProperties: before.properties }
        : {}),
    });
    this.known[name] = {
      physicalResourceId: result.PhysicalResourceId,
      properties,
      data: result.Data,
      type: resource.type,
    };
    writeJsonFile(this.options.path, this.known);
    return { ref: result.PhysicalResourceId, attributes: result.Data };
  }

  /** Stops listening for answers. */
  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
    this.server = undefined;
  }

  private async ask(
    name: string,
    functionArn: string,
    event: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const place = `/custom-resource/${randomUUID()}`;
    const ResponseURL = `${await this.address()}${place}`;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<Answer>((resolve, reject) => {
      this.waiting.set(place, resolve);
      const late = new DeploymentError('CUSTOM_RESOURCE_FAILED', `${name}: its function did not answer.`);
      timer = setTimeout(() => reject(late), answerLimitMilliseconds);
    });
    // The function's own failure counts only while no answer has come.
    const failed = this.options.invoke(functionArn, { ...event, ResponseURL }).then((error) => {
      if (error === undefined) return answered;
      throw new DeploymentError('CUSTOM_RESOURCE_FAILED', `${name}: ${error}`);
    });
    try {
      const result = await Promise.race([answered, failed]);
      if (result.Status === 'FAILED') {
        throw new DeploymentError('CUSTOM_RESOURCE_FAILED', `${name}: ${result.Reason ?? 'no reason given'}`);
      }
      return result;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(place);
      failed.catch(() => undefined);
    }
  }

  private async address(): Promise<string> {
    if (!this.server) {
      this.server = createServer((request, response) => {
        text(request).then(
          (body) => {
            const parsed = answer.safeParse(JSON.parse(body));
            const resolve = this.waiting.get(request.url ?? '');
            response.writeHead(parsed.success && resolve ? 200 : 400).end();
            if (parsed.success) resolve?.(parsed.data);
          },
          () => response.writeHead(400).end(),
        );
      });
      const { server } = this;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}
