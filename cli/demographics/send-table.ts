import { createHash } from 'node:crypto';
import {
  type DemographicsAccepted,
  demographicsAccepted,
  demographicsFaults,
  demographicsUrl,
} from '../../lambda/demographics/demographics.contract';
import type { ApiClient } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { putBody } from '../upload/put-body';
import { type TableFile, tableRefusal } from './table-file';

/** A table that the end of the submission deleted before it was handed in is sent once more. */
const sendings = 2;

async function sendOnce(
  client: ApiClient,
  submissionId: string,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<DemographicsAccepted> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = `/v1/submissions/${submissionId}`;
  const { upload, ...target } = await client.post(
    `${path}/demographics-url`,
    { bytes: bytes.length, sha256 },
    demographicsUrl,
  );
  const status = await putBody(target, bytes, signal);
  // 412: the answer to an earlier attempt was lost.
  if (status !== 200 && status !== 412)
    throw new CommandError(`The store refused the demographics table (${status}).`, exitCode.network, {
      code: 'DEMOGRAPHICS_REFUSED',
      fix: 'Run the same command again.',
    });
  return client.post(`${path}/demographics`, { upload }, demographicsAccepted);
}

/**
 * Sends a table that was checked here, and has the platform check it. It replaces one that was sent before.
 * @throws CommandError (exit 2), after printing all faults, where the platform's rules are newer than the command's
 */
export async function sendTable(
  output: Output,
  client: ApiClient,
  submissionId: string,
  file: TableFile,
  signal: AbortSignal,
): Promise<DemographicsAccepted> {
  for (let sending = 1; ; sending += 1) {
    try {
      return await sendOnce(client, submissionId, file.bytes, signal);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.hints.code === 'DEMOGRAPHICS_NOT_RECEIVED' && sending < sendings) continue;
      const refused = demographicsFaults.safeParse(error.hints.problem);
      if (error.hints.code !== 'DEMOGRAPHICS_INVALID' || !refused.success) throw error;
      const { rows, errors: listed, more } = refused.data;
      throw tableRefusal(output, file.path, { rows, listed, more });
    }
  }
}
