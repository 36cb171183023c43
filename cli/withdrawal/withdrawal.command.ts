import { Command } from 'commander';
import type * as z from 'zod';
import { withdrawalsPage, withdrawalView } from '../../lambda/withdrawal/withdrawal.contract';
import { ApiClient } from '../api/api-client';
import { type KeysOptions, keysFor, readText } from '../submission/receipt-keys';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural, table } from '../terminal/text';
import { verifyCertificate } from './certificate';
import { saveCertificate, untilState } from './follow-withdrawal';
import { withdrawalText } from './withdrawal-text';

interface WithdrawalOptions extends OutputOptions {
  readonly watch?: boolean;
  readonly certificate?: string;
}

async function list(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const rows = [['ID', 'STATE', 'KIND', 'REASON', 'CREATED']];
  type Page = z.infer<typeof withdrawalsPage>;
  for await (const page of client.pages<Page>('/v1/withdrawals', withdrawalsPage))
    for (const withdrawal of page.withdrawals) {
      const { id, state, kind, reason, createdAt } = withdrawal;
      if (output.json) output.result('', withdrawal);
      rows.push([id, state, kind, reason, createdAt.slice(0, 16)]);
    }
  if (!output.json) output.result(table(rows), rows);
}

async function show(output: Output, id: string, options: WithdrawalOptions): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const view = options.watch
    ? await untilState(client, id, ['prepared', 'done'], output, interruptSignal())
    : await client.get(`/v1/withdrawals/${id}`, withdrawalView);
  if (options.certificate === undefined) {
    output.result(withdrawalText(view), view);
    return exitCode.ok;
  }
  const certificate = await saveCertificate(client, id, options.certificate);
  output.result(`${withdrawalText(view)}\nCertificate: ${certificate} (signed, verified)`, {
    ...view,
    certificate,
  });
  return exitCode.ok;
}

async function verify(output: Output, path: string, options: KeysOptions): Promise<undefined> {
  const certificate = await verifyCertificate(await readText(path), await keysFor(options));
  const { withdrawal, issuedAt, studies, imageSets, notDeleted } = certificate;
  output.result(
    [
      `The certificate holds: ${withdrawal}, issued ${issuedAt}.`,
      `${plural(studies.length, 'study', 'studies')}, ${plural(imageSets.length, 'image set')} deleted.`,
      `Not deleted: ${notDeleted.length === 0 ? 'nothing' : notDeleted.join(', ')}.`,
    ].join('\n'),
    { valid: true, ...certificate },
  );
}

export function withdrawalCommand(): Command {
  const withdrawal = new Command('withdrawal')
    .description(
      'State of a withdrawal; for officers with counts, and at its end the signed certificate. ' +
        'Without an id: the withdrawals that you may see.',
    )
    .argument('[id]', 'id of the withdrawal, w-…')
    .option('--watch', 'wait until it is prepared, or done')
    .option('--certificate <file>', 'save the signed certificate there (officers)')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((id: string | undefined, options: WithdrawalOptions) =>
      runCommand(options, async (output) => {
        if (id !== undefined) return show(output, id, options);
        if (options.watch || options.certificate !== undefined)
          throw new CommandError('Which withdrawal?', exitCode.usage, { code: 'WITHDRAWAL_MISSING' });
        return (await list(output)) ?? exitCode.ok;
      }),
    );
  withdrawal
    .command('verify')
    .description('Verify signature and counts of a certificate. Needs no sign-in; with --keys no network.')
    .argument('<file>', 'the certificate')
    .option('--keys <file>', 'public keys as a JSON Web Key Set (default: asked of the platform)')
    .option('--api <url>', 'address of the platform’s API')
    .action((file: string, options: KeysOptions, command: Command) => {
      // --json may stand before or after `verify`
      const all = command.optsWithGlobals<OutputOptions & KeysOptions>();
      return runCommand(all, (output) => verify(output, file, options));
    });
  return withdrawal;
}
