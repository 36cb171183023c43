import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type AcknowledgementReason,
  acknowledgement,
  acknowledgementReasons,
  type LeakageFinding,
  leakageReport,
} from '../../lambda/splits/leakage.contract';
import { ApiClient } from '../api/api-client';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { isOpen, leakageText, shortId } from './leakage-text';
import { version } from './release-version';

interface AcknowledgeOptions extends OutputOptions {
  readonly finding: readonly string[];
  readonly reason: AcknowledgementReason;
}

const reportPath = (release: string): string => `/v1/leakage/${release}`;

async function show(output: Output, release: string): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const report = await client.get(reportPath(release), leakageReport);
  output.result(leakageText(report), report);
  return isOpen(report) ? exitCode.rejections : exitCode.ok;
}

/** The one finding whose id begins with these digits. */
function findingOf(findings: readonly LeakageFinding[], release: string, begins: string): LeakageFinding {
  const [found, other] = findings.filter(({ id }) => id.startsWith(begins));
  if (found !== undefined && other === undefined) return found;
  const hints = {
    code: found === undefined ? 'FINDING_NOT_FOUND' : 'FINDING_NOT_CLEAR',
    fix: `\`nmip release leakage ${release}\` lists what is to be looked at.`,
  };
  const message =
    found === undefined
      ? `No finding that is to be looked at begins with ${begins}.`
      : `Several findings begin with ${begins}.`;
  throw new CommandError(message, exitCode.usage, hints);
}

/** All ids are found before the first is put on record. */
async function acknowledge(
  output: Output,
  release: string,
  { finding: ids, reason }: AcknowledgeOptions,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { findings } = await client.get(reportPath(release), leakageReport);
  for (const { id, kind } of ids.map((begins) => findingOf(findings, release, begins))) {
    const body = { release, finding: id, reason };
    const said = await client.post('/v1/leakage/acknowledgements', body, acknowledgement);
    output.result(`On record: ${shortId({ id })} (${kind}) is ${said.reason}.`, said);
  }
  const report = await client.get(reportPath(release), leakageReport);
  output.remark(
    isOpen(report)
      ? `Still to look at: ${report.more ? 'more than can be listed' : report.findings.length}.`
      : `Nothing is left to look at. Go on: \`nmip release resume ${release}\`.`,
  );
}

function findingId(id: string, ids: readonly string[] = []): readonly string[] {
  if (!/^[0-9a-f]{8,64}$/.test(id))
    throw new InvalidArgumentError('Give the id of a finding, or its first digits (eight at least).');
  return [...ids, id];
}

/** Adds what officers do about images that stand on both sides of the split. */
export function addLeakageCommands(release: Command): void {
  release
    .command('leakage')
    .description('What stands on both sides of the split, and what to do about it (officers).')
    .argument('<version>', 'the release', version)
    .option('--json', 'the report as JSON')
    .action((name: string, options: OutputOptions) => runCommand(options, (output) => show(output, name)));
  release
    .command('acknowledge')
    .description(
      'Put on record that both sides of a finding were looked at, and why it is no leak (officers).',
    )
    .argument('<version>', 'the release', version)
    .requiredOption('--finding <id>', 'its id, or the first digits; may be repeated', findingId)
    .addOption(
      new Option('--reason <reason>', 'why it is no leak')
        .choices(Object.keys(acknowledgementReasons))
        .makeOptionMandatory(),
    )
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no remarks')
    .action((name: string, options: AcknowledgeOptions) =>
      runCommand(options, (output) => acknowledge(output, name, options)),
    );
}
