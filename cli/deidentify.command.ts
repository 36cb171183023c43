import { Command } from 'commander';
import { deidentifyFiles } from './deidentify/deidentify-files';
import { loadDeidentifySettings } from './deidentify/deidentify-settings';
import { type ExitCode, exitCode } from './terminal/exit-code';
import { interruptSignal } from './terminal/interrupt';
import { type Output, type OutputOptions, runCommand } from './terminal/output';

interface DeidentifyOptions extends OutputOptions {
  readonly keyFile: string;
  readonly collection: string;
  readonly report: string;
  readonly trust?: string;
  readonly config?: string;
  readonly mappings?: string;
}

async function deidentify(
  output: Output,
  input: string,
  folder: string,
  options: DeidentifyOptions,
): Promise<ExitCode> {
  const settings = await loadDeidentifySettings(options);
  const totals = await deidentifyFiles(output, settings, {
    input,
    outputFolder: folder,
    reportFile: options.report,
    mappingsFolder: options.mappings ?? null,
    signal: interruptSignal(),
  });
  output.remark(`De-identified ${totals.deidentified}, quarantined ${totals.quarantined}.`);
  return totals.quarantined === 0 ? exitCode.ok : exitCode.rejections;
}

/** `nmip deidentify`: the engine alone, without the platform. Its output is not accepted as a submission. */
export function deidentifyCommand(): Command {
  return new Command('deidentify')
    .description(
      'De-identify a file or a folder on this machine, under a key of your own, to see what the platform would do. ' +
        'The output cannot be submitted.',
    )
    .argument('<in>', 'a DICOM file, or a folder of them')
    .argument('<out>', 'folder for the output: <study>/<series>/<instance>.dcm')
    .requiredOption('--key-file <path>', 'file with the key: 64 hex digits')
    .requiredOption('--collection <id>', 'collection whose policy and number apply')
    .requiredOption('--report <file>', 'outcome of every file, one line of JSON each')
    .option(
      '--trust <ods>',
      'ODS code of the trust that the files are of (default: the first of the configuration)',
    )
    .option('--config <path>', 'configuration as JSON (default: the example configuration)')
    .option('--mappings <dir>', 'also write old and new identifiers to this folder: keep it safe')
    .option('--quiet', 'no progress')
    .action((input: string, folder: string, options: DeidentifyOptions) =>
      runCommand(options, (output) => deidentify(output, input, folder, options)),
    );
}
