import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { odsCode } from '../../lambda/platform/configuration.contract';
import { isoWeek } from '../../lambda/quality/iso-week.contract';
import { scorecardsAnswer } from '../../lambda/quality/quality.contract';
import { me } from '../../lambda/register/person.contract';
import { ApiClient } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { scorecardPage } from './scorecard-page';
import { scorecardText } from './scorecard-text';

interface Options extends OutputOptions {
  readonly trust?: string;
  readonly week?: string;
  readonly html?: string;
}

function parseTrust(text: string): string {
  if (!odsCode.safeParse(text).success) throw new InvalidArgumentError('Give an ODS code, e.g. RX1.');
  return text;
}

function parseWeek(text: string): string {
  if (!isoWeek.safeParse(text).success) throw new InvalidArgumentError('Give an ISO week, e.g. 2026-W48.');
  return text;
}

async function ownTrust(client: ApiClient): Promise<string> {
  const { trustConfiguration } = await client.get('/v1/me', me);
  if (trustConfiguration) return trustConfiguration.odsCode;
  throw new CommandError('You do not act for a trust.', exitCode.usage, {
    code: 'TRUST_NOT_NAMED',
    fix: 'Name one: --trust RX1.',
  });
}

async function show(output: Output, options: Options): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const trust = options.trust ?? (await ownTrust(client));
  const query = options.week === undefined ? '' : `?week=${options.week}`;
  const { scorecards } = await client.get(`/v1/trusts/${trust}/scorecards${query}`, scorecardsAnswer);
  // without a week the text is of the last one; page and JSON have all that were sent
  const [last] = scorecards;
  if (options.html !== undefined) await writeFile(options.html, scorecardPage(trust, scorecards));
  if (output.json) for (const card of scorecards) output.result('', card);
  else if (last !== undefined) output.result(scorecardText(last), last);
  if (last === undefined)
    output.remark(`${trust} has no scorecard yet: they are made on Mondays, for the week before.`);
  return undefined;
}

export function scorecardCommand(): Command {
  return new Command('scorecard')
    .description(
      "A trust's week: deliveries, delays, what is wrong with the images. For the trust and officers.",
    )
    .option('--trust <ods>', 'of this trust (officers); your own where not given', parseTrust)
    .option('--week <week>', 'of this ISO week, e.g. 2026-W48; the last where not given', parseWeek)
    .option('--html <file>', 'write a page, too; without --week of the last 13 weeks')
    .option('--json', 'scorecards as JSON, one a line')
    .option('--quiet', 'no remarks')
    .action((options: Options) => runCommand(options, (output) => show(output, options)));
}
