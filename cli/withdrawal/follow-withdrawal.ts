import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { certificateLink, withdrawalView } from '../../lambda/withdrawal/withdrawal.contract';
import type { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { httpText, isSuccess } from '../api/http-request';
import { receiptKeys } from '../submission/receipt';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { count } from '../terminal/text';
import { verifyCertificate } from './certificate';
import type { WithdrawalView } from './withdrawal-text';

/** First and longest wait between two questions: a large withdrawal takes days. */
const firstPollMs = 250;
const longestPollMs = 30_000;

/** A certificate of 100,000 image sets has some 15 MB. */
const certificateTimeoutMs = 120_000;

/**
 * Waits until a withdrawal is in one of the states.
 * @throws CommandError (exit 4) where it has stopped
 */
export async function untilState(
  client: ApiClient,
  id: string,
  states: readonly WithdrawalView['state'][],
  output: Output,
  signal: AbortSignal,
): Promise<WithdrawalView> {
  const startedAt = performance.now();
  let told = '';
  for (;;) {
    const view = await client.get(`/v1/withdrawals/${id}`, withdrawalView);
    if (states.includes(view.state)) return view;
    if (view.state === 'stopped')
      throw new CommandError(`The withdrawal ${id} has stopped.`, exitCode.network, {
        code: 'WITHDRAWAL_STOPPED',
        detail: view.stoppedAt ? `It stopped at the step ${view.stoppedAt}.` : undefined,
        fix: 'Nothing to do: the platform team starts it again. What was marked stays withheld meanwhile.',
      });
    const { progress } = view;
    const remark = `Withdrawal ${id} is ${view.state}${
      progress ? `: ${count(progress.imageSetsDeleted)} of ${count(progress.imageSets)} image sets` : ''
    } …`;
    if (remark !== told) output.remark(remark);
    told = remark;
    const pause = Math.min(longestPollMs, Math.max(firstPollMs, (performance.now() - startedAt) / 30));
    await wait(pause, undefined, { signal }).catch(() => {
      throw new CommandError('Stopped watching; the withdrawal goes on by itself.', exitCode.interrupted);
    });
  }
}

/** Fetches, verifies and saves the certificate; gives its path. */
export async function saveCertificate(client: ApiClient, id: string, file: string): Promise<string> {
  const { url } = await client.get(`/v1/withdrawals/${id}/certificate`, certificateLink);
  const answer = await httpText(url, { method: 'GET', timeoutMs: certificateTimeoutMs });
  if (!isSuccess(answer))
    throw new CommandError(`The certificate cannot be fetched (${answer.status}).`, exitCode.network, {
      fix: 'Run the same command again.',
    });
  await verifyCertificate(answer.text, await getPublic(client.session.api, '/v1/receipt-keys', receiptKeys));
  const path = resolve(file);
  await writeFile(path, answer.text);
  return path;
}
