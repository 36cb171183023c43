import { Command } from 'commander';
import { type KeysOptions, keysFor } from '../submission/receipt-keys';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { type DiffOptions, diffReleases } from './diff-releases';
import { addLeakageCommands } from './leakage-commands';
import { addPlatformCommands } from './platform-releases';
import { verifyRelease } from './release-folder';

type VerifyOptions = OutputOptions & KeysOptions;

async function verify(output: Output, folder: string, options: VerifyOptions): Promise<undefined> {
  const { release, files, notHere } = await verifyRelease(folder, await keysFor(options));
  const { version, address, issued } = release;
  output.result(`The release holds: ${version}, ${plural(files, 'file')}, issued ${issued}, ${address}.`, {
    valid: true,
    version,
    address,
    issued,
    files,
    notHere,
  });
  if (notHere.length > 0)
    output.remark(
      `Not in the folder, and so not verified: ${notHere.join(', ')}. \`nmip release download --manifest\` fetches it.`,
    );
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
    .option('--api <url>', 'address of the platform’s API; else NMIP_API or that of the last sign-in')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no remarks')
    .action((folder: string, options: VerifyOptions) =>
      runCommand(options, (output) => verify(output, folder, options)),
    );
  release
    .command('diff')
    .description(
      'What changed between two releases: studies, figures, and who is missing. Studies of a release from the platform need a sign-in.',
    )
    .argument('<before>', 'the earlier release: its version, e.g. 2026.3, or a folder with its files')
    .argument('<after>', 'the later release')
    .option('--api <url>', 'address of the platform’s API; else NMIP_API or that of the last sign-in')
    .option('--json', 'result as JSON, with every study')
    .option('--quiet', 'no remarks')
    .action((before: string, after: string, options: DiffOptions) =>
      runCommand(options, (output) => diffReleases(output, before, after, options)),
    );
  return release;
}
