import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { withdrawalReasons } from '../../lambda/withdrawal/withdrawal.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import { runCommand } from '../terminal/output';
import { type WithdrawOptions, type WithdrawRequest, withdraw } from './withdraw';

interface PatientsOptions extends WithdrawOptions {
  readonly subjects: string;
  readonly patientIds?: boolean;
  readonly trust?: string;
}

interface StudiesOptions extends WithdrawOptions {
  readonly collection: string;
}

/** The list, and what tells it from another without a trace of what it holds. */
async function readList(file: string): Promise<{ list: Buffer; sameAs: (string | number)[] | null }> {
  if (file === '-') return { list: await buffer(process.stdin), sameAs: null };
  try {
    const [list, { mtimeMs, size }] = await Promise.all([readFile(file), stat(file)]);
    return { list, sameAs: [resolve(file), size, mtimeMs] };
  } catch {
    throw new CommandError(`Cannot read ${file}.`, exitCode.usage, { code: 'FILE_NOT_READABLE' });
  }
}

async function patientsRequest(options: PatientsOptions): Promise<WithdrawRequest> {
  const { list, sameAs } = await readList(options.subjects);
  if (list.length === 0)
    throw new CommandError('The list of patients is empty.', exitCode.usage, { code: 'LIST_EMPTY' });
  const identifiers = options.patientIds ? 'patient-id' : 'nhs-number';
  const { trust, reason } = options;
  return {
    list,
    sameAs: sameAs && ['patients', identifiers, trust ?? '', reason, ...sameAs],
    body: {
      kind: 'patients',
      identifiers,
      ...(trust === undefined ? {} : { trust }),
      subjects: { bytes: list.length, sha256: createHash('sha256').update(list).digest('hex') },
    },
  };
}

function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'why').choices(withdrawalReasons).default('patient-request'))
    .addOption(
      new Option('--dry-run', 'count what would be deleted, and delete nothing (the default)').conflicts(
        'confirm',
      ),
    )
    .option('--confirm', 'delete')
    .option('--watch', 'wait for the end')
    .option('--certificate <file>', 'wait for the end and save the signed certificate (officers)')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no progress');
}

export function withdrawCommand(): Command {
  const command = new Command('withdraw').description(
    'Withdraw patients, studies or a whole trust: all of it is deleted, and withheld when it is sent again. ' +
      'Counts first; deletes with --confirm. Run the same command again after a stop: it goes on where it stopped.',
  );
  withCommonOptions(
    command
      .command('patients')
      .description('Patients by their NHS numbers, one a line: what any trust sent of them goes.')
      .requiredOption('--subjects <file>', 'the list; - reads it from standard input')
      .option('--patient-ids', 'the lines are Patient IDs of one trust, of patients without an NHS number')
      .option('--trust <ods>', 'whose Patient IDs they are (officers)'),
  ).action((options: PatientsOptions) =>
    runCommand(options, async (output) => withdraw(output, await patientsRequest(options), options)),
  );
  withCommonOptions(
    command
      .command('studies')
      .description('Studies by their UIDs in the platform (officers).')
      .argument('<uids...>', 'Study Instance UIDs')
      .requiredOption('--collection <id>', 'their collection'),
  ).action((studies: string[], options: StudiesOptions) =>
    runCommand(options, (output) => {
      const { collection, reason } = options;
      const body = { kind: 'studies', collection, studies };
      return withdraw(output, { body, sameAs: ['studies', collection, reason, ...studies] }, options);
    }),
  );
  withCommonOptions(
    command
      .command('trust')
      .description('Everything that a trust sent (officers).')
      .argument('<ods>', 'ODS code of the trust'),
  ).action((trust: string, options: WithdrawOptions) =>
    runCommand(options, (output) =>
      withdraw(output, { body: { kind: 'trust', trust }, sameAs: ['trust', trust, options.reason] }, options),
    ),
  );
  return command;
}
