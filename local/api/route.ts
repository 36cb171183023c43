import type { ApiMethod, ApiResource, RestApi } from './rest-api-definition';

/** Where a request goes. */
export interface Route {
  readonly resource: ApiResource;
  /** `/submissions/{id}`. */
  readonly resourcePath: string;
  readonly method: ApiMethod;
  /** As they were sent: a REST API hands them to functions percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Path of a resource with its variables in braces. */
export function resourcePath(api: RestApi, resource: ApiResource): string {
  const parent = resource.parentId === undefined ? undefined : api.resources.get(resource.parentId);
  if (!parent) return '/';
  return `${resourcePath(api, parent).replace(/\/$/, '')}/${resource.pathPart}`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

interface Found {
  readonly resource: ApiResource;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A fixed segment goes before a variable one, and that before a greedy one, at every level. */
function descend(
  api: RestApi,
  resource: ApiResource,
  segments: readonly string[],
  method: string,
): Found | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    return methodOf(api, resource.id, method) ? { resource, parameters: {} } : undefined;
  }
  const children = [...api.resources.values()].filter((child) => child.parentId === resource.id);
  const fixed = children.find((child) => child.pathPart === decode(segment));
  const found = fixed && descend(api, fixed, rest, method);
  if (found) return found;
  const variable = children.find((child) => /^\{[^+]+\}$/.test(child.pathPart));
  const below = variable && descend(api, variable, rest, method);
  if (variable && below) {
    return {
      ...below,
      parameters: { [variable.pathPart.slice(1, -1)]: segment, ...below.parameters },
    };
  }
  const greedy = children.find((child) => /^\{.+\+\}$/.test(child.pathPart));
  if (greedy && methodOf(api, greedy.id, method)) {
    return {
      resource: greedy,
      parameters: { [greedy.pathPart.slice(1, -2)]: segments.join('/') },
    };
  }
  return undefined;
}

function methodOf(api: RestApi, resourceId: string, method: string): ApiMethod | undefined {
  const own = api.methods.filter((candidate) => candidate.resourceId === resourceId);
  return (
    own.find(({ httpMethod }) => httpMethod === method) ?? own.find(({ httpMethod }) => httpMethod === 'ANY')
  );
}

/** Finds the route of a path below the stage; `undefined` where the API has none. */
export function findRoute(api: RestApi, method: string, path: string): Route | undefined {
  const root = api.resources.get(api.rootResourceId);
  if (!root) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '');
  const found = descend(api, root, segments, method);
  const declared = found && methodOf(api, found.resource.id, method);
  if (!found || !declared) return undefined;
  return {
    resource: found.resource,
    resourcePath: resourcePath(api, found.resource),
    method: declared,
    pathParameters: found.parameters,
  };
}
