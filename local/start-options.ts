import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { defaultPorts } from './platform';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Ends after the demonstration; exit code 0 when the accounts balance. */
  readonly once: boolean;
  /** Folder of files to send; absent: synthetic studies that the platform makes. */
  readonly input: string | undefined;
  /** File for the demonstration's figures as JSON. */
  readonly report: string | undefined;
  readonly data: string;
  readonly fresh: boolean;
  /** Key of all pseudonyms of a new data folder, 32 bytes; absent: a random one. */
  readonly pseudonymKeyFile: Buffer | undefined;
  /** False: only the platform, without the demonstration. */
  readonly demo: boolean;
  /** Bytes above which a file is de-identified in a container; absent: what the app says. */
  readonly largeFileBytes: number | undefined;
  readonly port: number;
  readonly awsPort: number;
  readonly vpcEndpointPort: number;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('a port is a number from 0 to 65535; 0 lets the system choose.');
  }
  return value;
}

function byteCount(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a number of bytes is a whole number.');
  return Number(text);
}

/** A key as `nmip deidentify --key-file` takes it too. */
function pseudonymKey(file: string): Buffer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    throw new InvalidArgumentError('the file cannot be read.');
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('the file must hold 64 hex digits.');
  return Buffer.from(text, 'hex');
}

const path = (text: string): string => resolve(text);

/** Reads the command line; says what is wrong with it and ends the process where it is. */
export function readStartOptions(parameters: readonly string[]): StartOptions {
  return new Command('npm start --')
    .description('Runs the synthesized platform on this machine and shows the whole way of an image.')
    .option('--once', 'end after the demonstration', false)
    .option('--input <folder>', 'send the files of this folder instead of synthetic studies', path)
    .option('--report <file>', "write the demonstration's figures as JSON", path)
    .option('--data <folder>', 'where everything is kept', path, resolve('.nmip'))
    .option('--fresh', 'empty the data folder first', false)
    .option(
      '--pseudonym-key-file <path>',
      'key of all pseudonyms, 64 hex digits, for a new data folder: the same files then get the same identifiers',
      pseudonymKey,
    )
    .option(
      '--large-file-bytes <number>',
      'de-identify files above this many bytes in a container, as large files are; absent: what the configuration says',
      byteCount,
    )
    .option('--no-demo', 'start the platform only')
    .option('--port <number>', 'port of the front door', port, defaultPorts.frontDoor)
    .option('--aws-port <number>', 'port of the AWS endpoint', port, defaultPorts.aws)
    .option(
      '--vpc-endpoint-port <number>',
      'port of the AWS endpoint as seen through the VPC endpoint',
      port,
      defaultPorts.vpcEndpoint,
    )
    .allowExcessArguments(false)
    .parse(parameters, { from: 'user' })
    .opts<StartOptions>();
}
