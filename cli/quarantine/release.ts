import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type FileReference,
  type PartView,
  releaseAnswer,
  releaseView,
} from '../../lambda/quarantine/quarantine.contract';
import { ApiClient } from '../api/api-client';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import type { Output, OutputOptions } from '../terminal/output';
import { plural, size } from '../terminal/text';
import { leftOutText, partsText } from './quarantine-text';

/** First and longest wait between two questions while a release is processed. */
const firstPollMs = 250;
const longestPollMs = 5_000;

const ended = new Set<PartView['state']>(['done', 'nothing-to-do', 'stopped']);

export interface ReleaseOptions extends OutputOptions {
  readonly code?: string;
  readonly trust?: string;
  readonly dryRun?: boolean;
  readonly again?: boolean;
  readonly watch?: boolean;
}

function requestOf(files: readonly FileReference[], options: ReleaseOptions) {
  const { code, trust, again = false, dryRun = false } = options;
  if ((code === undefined) === (files.length === 0))
    throw new CommandError('What should be released?', exitCode.usage, {
      code: 'RELEASE_WHAT',
      fix: 'Give --code CODE, or files as SUBMISSION/NUMBER, not both.',
    });
  if (trust !== undefined && code === undefined)
    throw new CommandError('--trust goes with --code.', exitCode.usage, { code: 'RELEASE_WHAT' });
  return {
    ...(code === undefined ? { files } : { code }),
    ...(trust !== undefined && { trust }),
    again,
    dryRun,
  };
}

async function untilEnded(client: ApiClient, id: string, output: Output): Promise<PartView[]> {
  const signal = interruptSignal();
  const startedAt = performance.now();
  let told = '';
  for (;;) {
    const { parts } = await client.get(`/v1/quarantine/releases/${id}`, releaseView);
    const open = parts.filter(({ state }) => !ended.has(state)).length;
    if (open === 0) return parts;
    const remark = `Release ${id}: ${parts.length - open} of ${plural(parts.length, 'replay')} done …`;
    if (remark !== told) output.remark(remark);
    told = remark;
    const pause = Math.min(longestPollMs, Math.max(firstPollMs, (performance.now() - startedAt) / 30));
    await wait(pause, undefined, { signal }).catch(() => {
      throw new CommandError('Stopped watching; the release goes on by itself.', exitCode.interrupted);
    });
  }
}

/**
 * Releases files, and with `--watch` waits for what becomes of them.
 * @returns 1 where files were quarantined again, missing, or a replay has stopped
 */
export async function release(
  output: Output,
  files: readonly FileReference[],
  options: ReleaseOptions,
): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const request = requestOf(files, options);
  const answer = await client.post('/v1/quarantine/releases', request, releaseAnswer, {
    key: randomUUID(),
  });
  const sum = `${plural(answer.files, 'file')}, ${size(answer.bytes)}, in ${plural(answer.parts.length, 'replay')}`;
  if (answer.id === undefined) {
    output.result(
      [`Would release ${sum}.`, partsText(answer.parts), ...leftOutText(answer.leftOut)].join('\n'),
      answer,
    );
    return exitCode.ok;
  }
  if (options.watch !== true) {
    const lines = [`Release ${answer.id}: ${sum}.`, partsText(answer.parts), ...leftOutText(answer.leftOut)];
    output.result(lines.join('\n'), answer);
    return exitCode.ok;
  }
  const parts = await untilEnded(client, answer.id, output);
  const lines = [`Release ${answer.id}: ${sum}.`, partsText(parts), ...leftOutText(answer.leftOut)];
  output.result(lines.join('\n'), { ...answer, parts });
  const bad = parts.some(
    ({ state, totals }) =>
      state === 'stopped' || (totals !== undefined && totals.quarantined + totals.missing > 0),
  );
  return bad ? exitCode.rejections : exitCode.ok;
}
