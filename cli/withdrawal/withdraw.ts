import { createHash, randomUUID } from 'node:crypto';
import { withdrawalCreated, withdrawalView } from '../../lambda/withdrawal/withdrawal.contract';
import { ApiClient } from '../api/api-client';
import { readIfPresent, removeFile, statePath, writePrivateFile } from '../state/state-folder';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import type { Output, OutputOptions } from '../terminal/output';
import { PutConnections } from '../upload/presigned-put';
import { saveCertificate, untilState } from './follow-withdrawal';
import { withdrawalText } from './withdrawal-text';

export interface WithdrawOptions extends OutputOptions {
  readonly reason: string;
  readonly confirm?: boolean;
  readonly watch?: boolean;
  readonly certificate?: string;
}

/** What is asked for, and the list of patients where it is patients. */
export interface WithdrawRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly list?: Buffer;
  /** What makes the same command the same withdrawal; null where that cannot be told, as of standard input. */
  readonly sameAs: readonly (string | number)[] | null;
}

/** The key under which the same command asks again; kept until the withdrawal is done. */
async function rememberedKey(
  api: string,
  { sameAs }: WithdrawRequest,
): Promise<{ key: string; forget: () => Promise<void> }> {
  if (sameAs === null) return { key: randomUUID(), forget: async () => {} };
  const name = createHash('sha256')
    .update(JSON.stringify([api, ...sameAs]))
    .digest('hex');
  const path = statePath('withdrawals', name);
  const known = (await readIfPresent(path))?.trim();
  const key = known ? known : randomUUID();
  if (!known) await writePrivateFile(path, `${key}\n`);
  return { key, forget: () => removeFile(path) };
}

async function sendList(
  upload: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  list: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const connections = new PutConnections(1);
  try {
    const { status } = await connections.put(upload, list, signal);
    // 412: an earlier run has sent it
    if (status !== 200 && status !== 412)
      throw new CommandError(`The list of patients was not taken (${status}).`, exitCode.network, {
        code: 'LIST_NOT_TAKEN',
        fix: 'Run the same command again.',
      });
  } finally {
    connections.close();
  }
}

/**
 * Asks for a withdrawal, shows what it would delete, and with `--confirm` deletes it. The same command again goes on with the
 * same withdrawal.
 */
export async function withdraw(
  output: Output,
  request: WithdrawRequest,
  options: WithdrawOptions,
): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const signal = interruptSignal();
  const { key, forget } = await rememberedKey(client.session.api, request);
  const created = await client.post(
    '/v1/withdrawals',
    { ...request.body, reason: options.reason, idempotencyKey: key },
    withdrawalCreated,
  );
  const { id } = created;
  if (created.upload && request.list) await sendList(created.upload, request.list, signal);
  if (created.state === 'open') await client.post(`/v1/withdrawals/${id}/prepare`, {}, withdrawalView);
  const prepared = await untilState(client, id, ['prepared', 'withdrawing', 'done'], output, signal);
  if (prepared.state === 'prepared' && !options.confirm) {
    output.result(
      `${withdrawalText(prepared)}\nNothing has been deleted. Run the same command with --confirm to delete.`,
      prepared,
    );
    return exitCode.ok;
  }
  if (prepared.state === 'prepared') {
    output.remark(withdrawalText(prepared));
    await client.post(`/v1/withdrawals/${id}/confirm`, {}, withdrawalView);
  }
  if (!options.watch && options.certificate === undefined) {
    const view = await client.get(`/v1/withdrawals/${id}`, withdrawalView);
    output.result(`${withdrawalText(view)}\nFollow it: nmip withdrawal ${id} --watch`, view);
    return exitCode.ok;
  }
  const done = await untilState(client, id, ['done'], output, signal);
  const certificate =
    options.certificate === undefined ? undefined : await saveCertificate(client, id, options.certificate);
  await forget();
  output.result(
    certificate === undefined
      ? withdrawalText(done)
      : `${withdrawalText(done)}\nCertificate: ${certificate} (signed, verified)`,
    { ...done, ...(certificate === undefined ? {} : { certificate }) },
  );
  return exitCode.ok;
}
