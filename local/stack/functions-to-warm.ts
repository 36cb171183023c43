import type { RestApi } from '../api/rest-api-definition';

/**
 * ARNs of the functions that somebody waits for, each once: those that admit and answer requests to the API, then the
 * steps of the pipeline. All others run by the clock, after an event, or rarely; their first invocation starts them.
 */
export function functionsToWarm(api: RestApi, stepsOfPipeline: readonly string[]): readonly string[] {
  const admitting = [...api.authorisers.values()].map(({ functionArn }) => functionArn);
  const answering = api.methods.flatMap(({ integration }) =>
    integration.kind === 'lambda-proxy' ? [integration.functionArn] : [],
  );
  return [...new Set([...admitting, ...answering, ...stepsOfPipeline])];
}
