import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { getPublic } from '../api/api-client';
import { readSession } from '../sign-in/session-store';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { receiptKeys, verifyReceipt } from './receipt';
import { expiryLine, outcomeLine } from './submission-text';

interface VerifyOptions extends OutputOptions {
  readonly keys?: string;
  readonly api?: string;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new CommandError(`Cannot read ${path}.`, exitCode.usage, { code: 'FILE_NOT_READABLE' });
  }
}

async function keysFor(options: VerifyOptions) {
  if (options.keys !== undefined) {
    const text = await readText(options.keys);
    try {
      return receiptKeys.parse(JSON.parse(text));
    } catch {
      throw new CommandError(`${options.keys} is not a JSON Web Key Set.`, exitCode.usage, {
        code: 'KEYS_NOT_JWKS',
      });
    }
  }
  const api = options.api ?? process.env.NMIP_API ?? (await readSession())?.api;
  if (api === undefined)
    throw new CommandError('Where are the platform’s public keys?', exitCode.usage, {
      code: 'API_MISSING',
      fix: 'Add --api URL, or --keys FILE.',
    });
  return getPublic(api.replace(/\/+$/, ''), '/v1/receipt-keys', receiptKeys);
}

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
