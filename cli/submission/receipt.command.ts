import { Command } from 'commander';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { verifyReceipt } from './receipt';
import { type KeysOptions, keysFor, readText } from './receipt-keys';
import { expiryLine, outcomeLine } from './submission-text';

type VerifyOptions = OutputOptions & KeysOptions;

async function verify(output: Output, path: string, options: VerifyOptions): Promise<undefined> {
  const text = await readText(path);
  const receipt = await verifyReceipt(text, await keysFor(options));
  const inParts = receipt.files.filter(({ digest }) => digest === 'parts').length;
  output.result(
    [
      `The receipt holds: ${receipt.submission}, ${plural(receipt.files.length, 'file')}, issued ${receipt.issuedAt}.`,
      outcomeLine(receipt.totals),
      ...(receipt.expired
        ? [expiryLine({ announced: receipt.expired.announcedFiles, listed: receipt.files.length })]
        : []),
      ...(inParts > 0
        ? [
            `${plural(inParts, 'file')} above 100 MB ${inParts === 1 ? 'has the digest of its' : 'have the digest of their'} parts: ` +
              'SHA-256 over the SHA-256 of each part (`digest`, `partBytes`).',
          ]
        : []),
    ].join('\n'),
    { valid: true, ...receipt },
  );
}

export function receiptCommand(): Command {
  const receipt = new Command('receipt').description('Receipts of submissions.');
  receipt
    .command('verify')
    .description('Verify signature and accounts of a receipt. Needs no sign-in; with --keys no network.')
    .argument('<file>', 'the receipt, as saved by `nmip submission`')
    .option('--keys <file>', 'public keys as a JSON Web Key Set (default: asked of the platform)')
    .option('--api <url>', 'address of the platform’s API')
    .option('--json', 'result as JSON')
    .action((file: string, options: VerifyOptions) =>
      runCommand(options, (output) => verify(output, file, options)),
    );
  return receipt;
}
