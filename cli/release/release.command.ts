import { Command } from 'commander';
import { releaseDiff } from '../../lambda/releases/release-diff.contract';
import { type KeysOptions, keysFor } from '../submission/receipt-keys';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { diffText } from './diff-text';
import { addLeakageCommands } from './leakage-commands';
import { addPlatformCommands } from './platform-releases';
import { readRelease, verifyRelease } from './release-folder';

type VerifyOptions = OutputOptions & KeysOptions;

async function verify(output: Output, folder: string, options: VerifyOptions): Promise<undefined> {
  const { release, files } = await verifyRelease(folder, await keysFor(options));
  output.result(
    `The release holds: ${release.version}, ${plural(files, 'file')}, issued ${release.issued}, ${release.address}.`,
    { valid: true, version: release.version, address: release.address, issued: release.issued, files },
  );
}

async function diff(output: Output, before: string, after: string): Promise<undefined> {
  const [first, second] = await Promise.all([readRelease(before), readRelease(after)]);
  try {
    const found = releaseDiff(first, second);
    output.result(diffText(found), found);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandError('The first release must be the earlier one.', exitCode.usage, {
      code: 'RELEASES_OUT_OF_ORDER',
      fix: `Name them the other way round: ${second.release.version} is not after ${first.release.version}.`,
    });
  }
}

export function releaseCommand(): Command {
  const release = new Command('release').description(
    'Releases of the catalogue: list, fetch, verify and compare them, and make them (officers).',
  );
  addPlatformCommands(release);
  addLeakageCommands(release);
  release
    .command('verify')
    .description('Verify signature and checksums of a release. Needs no sign-in; with --keys no network.')
    .argument('<folder>', 'folder with the files of the release')
    .option('--keys <file>', 'public keys as a JSON Web Key Set (default: asked of the platform)')
    .option('--api <url>', 'address of the platform’s API')
    .option('--json', 'result as JSON')
    .action((folder: string, options: VerifyOptions) =>
      runCommand(options, (output) => verify(output, folder, options)),
    );
  release
    .command('diff')
    .description('What changed between two releases: studies, figures, and who is missing.')
    .argument('<before>', 'folder of the earlier release')
    .argument('<after>', 'folder of the later release')
    .option('--json', 'result as JSON, with every study')
    .action((before: string, after: string, options: OutputOptions) =>
      runCommand(options, (output) => diff(output, before, after)),
    );
  return release;
}
