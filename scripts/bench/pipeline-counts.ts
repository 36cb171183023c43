import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the pipeline did in a data folder of the embedded platform. */
export interface PipelineCounts {
  /** States entered by executions of the pipeline: what Step Functions counts as transitions of Standard workflows. */
  readonly stateTransitions: number;
  /** Calls of the functions of the pipeline, those of batches included. */
  readonly functionCalls: number;
}

const entered = /"type":"\w+StateEntered"/g;
const reported = /"type":"platform\.report"/g;

async function countIn(paths: readonly string[], pattern: RegExp): Promise<number> {
  let found = 0;
  for (const path of paths) found += (await readFile(path, 'utf8')).match(pattern)?.length ?? 0;
  return found;
}

/** Counts from the histories of executions and the logs of functions. */
export async function countPipeline(dataFolder: string): Promise<PipelineCounts> {
  const executions = join(dataFolder, 'states', 'machines', 'nmip-local-pipeline', 'executions');
  const histories = (await readdir(executions)).map((name) => join(executions, name, 'history.ndjson'));
  const logs = join(dataFolder, 'logs');
  const functions = (await readdir(logs)).filter((name) => name.startsWith('nmip-local-pipeline-'));
  return {
    stateTransitions: await countIn(histories, entered),
    functionCalls: await countIn(
      functions.map((name) => join(logs, name)),
      reported,
    ),
  };
}
