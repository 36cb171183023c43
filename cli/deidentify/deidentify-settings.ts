import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Configuration } from '../../config/configuration';
import { ConfigurationError, checkConfiguration, loadConfiguration } from '../../config/load-configuration';
import type { DeidentificationContext } from '../../dicom/deidentify/deidentify-instance';
import { derivePseudonymKeys } from '../../dicom/deidentify/pseudonym-keys';
import { policyOf } from '../../dicom/policy/policy';
import { CommandError, exitCode } from '../terminal/exit-code';

export interface SettingsOptions {
  readonly keyFile: string;
  readonly collection: string;
  readonly trust?: string | undefined;
  readonly config?: string | undefined;
}

const usage = (message: string, code: string, fix: string): CommandError =>
  new CommandError(message, exitCode.usage, { code, fix });

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw usage(
      `Cannot read the ${what} ${path}.`,
      'FILE_NOT_READABLE',
      'Give a file that exists and that you may read.',
    );
  }
}

/** The key of a key file: 32 bytes as 64 hex digits, with or without a line end. */
async function readKey(path: string): Promise<Buffer> {
  const text = (await readText(path, 'key file')).trim();
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw usage(
      'The key file does not hold a key.',
      'KEY_INVALID',
      'It must hold 64 hex digits, e.g. from: openssl rand -hex 32',
    );
  }
  return Buffer.from(text, 'hex');
}

async function readConfiguration(path: string | undefined): Promise<Configuration> {
  try {
    if (path === undefined) return loadConfiguration('example');
    return checkConfiguration(JSON.parse(await readText(path, 'configuration')) as unknown, path);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw usage(error.message, 'CONFIGURATION_INVALID', 'Correct the fields named above.');
    }
    if (error instanceof SyntaxError) {
      throw usage(`${path} is not JSON.`, 'CONFIGURATION_INVALID', 'Give a configuration as JSON.');
    }
    throw error;
  }
}

/**
 * What the engine is told, from a key file and a configuration. Every patient is admitted: the opt-out is the
 * platform's to ask, and what is written here goes nowhere.
 */
export async function loadDeidentifySettings(options: SettingsOptions): Promise<DeidentificationContext> {
  const key = await readKey(options.keyFile);
  const configuration = await readConfiguration(options.config);
  const trust =
    options.trust === undefined
      ? configuration.trusts[0]
      : configuration.trusts.find(({ odsCode }) => odsCode === options.trust);
  if (trust === undefined) {
    throw usage(
      'The configuration has no such trust.',
      'TRUST_UNKNOWN',
      'Give the ODS code of one of its trusts.',
    );
  }
  const collection = configuration.collections.find(({ id }) => id === options.collection);
  if (collection === undefined) {
    throw usage(
      'The configuration has no such collection.',
      'COLLECTION_UNKNOWN',
      `Give one of: ${configuration.collections.map(({ id }) => id).join(', ')}.`,
    );
  }
  return {
    policy: policyOf(collection.policy),
    keys: await derivePseudonymKeys((message) => createHmac('sha256', key).update(message).digest()),
    trust,
    collection: {
      id: collection.id,
      arc: collection.arc,
      patientsWithoutNhsNumber: 'accept',
      acceptedPixelKinds: collection.acceptedPixelKinds,
    },
    uidRoot: configuration.uidRoot,
    heldOutShare: configuration.heldOutShare,
    admit: () => 'admit',
    digestSource: true,
  };
}
