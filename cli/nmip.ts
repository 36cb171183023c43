import { Command, CommanderError } from 'commander';
import packageJson from '../package.json';
import { type CommandName, commands } from './commands';
import { exitCode } from './terminal/exit-code';

/** Name of the subcommand on the command line: the first word that is not an option. */
function requestedCommand(words: readonly string[]): CommandName | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const name = first === 'help' ? second : first;
  return name !== undefined && Object.hasOwn(commands, name) ? (name as CommandName) : undefined;
}

/** Errors of usage exit with 2, as in all commands; help and version with 0. */
function exitWithOurCodes(command: Command): Command {
  command.exitOverride((error) => {
    throw error;
  });
  command.showHelpAfterError('(add --help for the options)');
  for (const child of command.commands) exitWithOurCodes(child);
  return command;
}

/**
 * The command with only the asked subcommand loaded: the others stand in the help by name, so that a start costs
 * what the one subcommand needs.
 */
async function buildProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('nmip')
    .description('National Medical Imaging Platform: send images, ask for access, read images.')
    .version(packageJson.version);
  const requested = requestedCommand(words);
  for (const [name, { summary, load }] of Object.entries(commands)) {
    if (name === requested) program.addCommand(await load());
    else program.command(name).summary(summary).description(summary);
  }
  return exitWithOurCodes(program);
}

async function main(): Promise<void> {
  // A reader that closes the pipe (`nmip … | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.ok);
    throw error;
  });
  const words = process.argv.slice(2);
  const program = await buildProgram(words);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
}

void main();
