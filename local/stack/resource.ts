import type { z } from 'zod';
import { DeploymentError } from './deployment-error';

/** A resource of a template with every expression resolved. */
export interface ResolvedResource {
  readonly type: string;
  readonly logicalId: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly retained: boolean;
}

/** What a resource is to the rest of the template. */
export interface DeployedResource {
  /** Value of `Ref`. */
  readonly ref: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Creates or updates one resource. Called at every start, so it must find its own earlier work and keep the data. */
export type ResourceHandler = (resource: ResolvedResource) => DeployedResource | Promise<DeployedResource>;

/** Handlers by resource type. */
export type ResourceHandlers = Readonly<Record<string, ResourceHandler>>;

/**
 * Reads the properties of a resource. A strict schema makes the platform refuse, by name, a property it does not know.
 * @throws DeploymentError `RESOURCE_PROPERTIES`
 */
export function readProperties<T>(resource: ResolvedResource, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || resource.type}: ${issue.message}`,
  );
  throw new DeploymentError(
    'RESOURCE_PROPERTIES',
    `${resource.stack}/${resource.logicalId} (${resource.type}) says what the embedded platform does not know: ${issues.join('; ')}`,
  );
}
