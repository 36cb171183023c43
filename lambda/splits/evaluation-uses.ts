import * as z from 'zod';
import { absent } from '../platform/document-table';
import { newId } from '../platform/ids';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RequestPerson } from '../platform/request-person';
import { platformChain } from '../register/close-access';
import { RepeatableRequest } from '../register/idempotency';
import { type People, readActor } from '../register/people';
import { changeRegister } from '../register/register-change';
import { atVersion, projectKey } from '../register/register-table';
import {
  type EvaluationUse,
  evaluationUse,
  projectUses,
  type useInput,
  type usesPage,
} from './evaluation-set.contract';
import { readVersion } from './evaluation-sets';
import { projectUsesKey, setPartition, useKey } from './splits-places';
import { refuseSplits } from './splits-refusals';

export interface EvaluationUsePorts extends People {
  /** Times that models of one project may see one set, all of its versions together. */
  readonly usesPerProject: number;
}

/**
 * Records that a model is about to see a version of a set; without it nobody gets the list. The count of the project
 * and the record come in one transaction, so that of two officers at once none is missed.
 *
 * @throws PlatformError ROLE_REQUIRED, SET_NOT_FOUND, PROJECT_NOT_FOUND, USES_EXHAUSTED, IDEMPOTENCY_KEY_REUSED,
 *   REGISTER_BUSY
 */
export async function recordUse(
  ports: EvaluationUsePorts,
  requester: RequestPerson,
  { name, setVersion }: { name: string; setVersion: number },
  input: z.infer<typeof useInput>,
  idempotencyKey?: string,
): Promise<EvaluationUse> {
  const { table, clock, usesPerProject } = ports;
  const { pseudonym: by } = await readActor(ports, requester, ['officer']);
  await readVersion(ports, name, setVersion);
  if ((await table.get(projectKey(input.project), z.object({ id: z.string() }))) === null)
    throw refuseSplits('PROJECT_NOT_FOUND');
  const request = RepeatableRequest.of(requester.subject, idempotencyKey, {
    route: 'recordUse',
    name,
    setVersion,
    input,
  });
  return changeRegister<EvaluationUse>(table, platformChain, async () => {
    const earlier = await request.earlierResult(table);
    const known = earlier === null ? null : await table.get(useKey(name, earlier), evaluationUse);
    if (known !== null) return { unchanged: known };
    const countKey = projectUsesKey(name, input.project);
    const before = (await table.get(countKey, projectUses))?.version ?? 0;
    if (before >= usesPerProject)
      throw refuseSplits('USES_EXHAUSTED', { extensions: { uses: before, limit: usesPerProject } });
    const at = clock.now();
    const result: EvaluationUse = {
      ...input,
      id: newId('u', clock),
      name,
      setVersion,
      by,
      at: at.toISOString(),
      ofProject: before + 1,
    };
    const { project, model, reason } = input;
    return {
      writes: [
        { put: { ...countKey, version: before + 1 }, condition: atVersion(before) },
        { put: { ...useKey(name, result.id), ...result }, condition: absent },
        ...request.remember(result.id, clock),
      ],
      facts: [
        {
          type: 'evaluation-set-used',
          data: { use: result.id, set: name, setVersion, project, model, reason },
        },
      ],
      actor: by,
      at,
      result,
    };
  });
}

/**
 * Holds the list of a version to a use of it that the same officer recorded.
 * @throws PlatformError ROLE_REQUIRED, USE_NOT_FOUND
 */
export async function checkUse(
  ports: EvaluationUsePorts,
  requester: RequestPerson,
  { name, setVersion, use }: { name: string; setVersion: number; use: string },
): Promise<void> {
  const { pseudonym } = await readActor(ports, requester, ['officer']);
  const recorded = await ports.table.get(useKey(name, use), evaluationUse);
  if (recorded?.setVersion !== setVersion || recorded.by !== pseudonym) throw refuseSplits('USE_NOT_FOUND');
}

/** Uses of a set, all versions, the latest first. */
export async function listUses(
  { table }: Pick<EvaluationUsePorts, 'table'>,
  name: string,
  { limit, next }: { limit: number; next?: string | undefined },
): Promise<z.infer<typeof usesPage>> {
  const pk = setPartition(name);
  const position = z.object({ sk: z.string().startsWith('USE#').max(100) });
  const after = next === undefined ? undefined : { pk, sk: decodePageToken(next, position).sk };
  const page = await table.query(
    { pk, skPrefix: 'USE#', limit, descending: true, ...(after && { after }) },
    evaluationUse,
  );
  return { uses: page.items, ...(page.next && { next: encodePageToken({ sk: page.next.sk }) }) };
}
