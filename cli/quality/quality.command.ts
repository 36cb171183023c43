import { Command } from 'commander';
import { qualityAnswer } from '../../lambda/quality/quality.contract';
import { ApiClient } from '../api/api-client';
import { type OutputOptions, runCommand } from '../terminal/output';
import { qualityText } from './quality-text';

export function qualityCommand(): Command {
  return new Command('quality')
    .description(
      'What is wrong with the images of a collection, by trust, as the last scorecards found it (officers; auditors see rounded counts).',
    )
    .argument('<collection>', 'id of the collection')
    .option('--json', 'result as JSON')
    .action((collection: string, options: OutputOptions) =>
      runCommand(options, async (output) => {
        const client = await ApiClient.signedIn();
        const answer = await client.get('/v1/quality', qualityAnswer, { collection });
        output.result(qualityText(answer), answer);
        return undefined;
      }),
    );
}
