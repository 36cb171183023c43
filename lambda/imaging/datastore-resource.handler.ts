import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createLog } from '../platform/log';
import { type CustomResourceEnvelope, customResourceEnvelope } from './datastore.contract';
import { answerDatastoreRequest, type CustomResourceResult } from './datastore-resource';
import { HealthImagingDatastores } from './datastores';
import { createMedicalImagingClient } from './medical-imaging-client';

const log = createLog('datastore-resource');
const datastores = new HealthImagingDatastores(createMedicalImagingClient());

/** CloudFormation shows the first thousand characters or so of a reason. */
const reasonLength = 1_000;

/** Attempts to deliver an answer: without one CloudFormation waits for an hour. */
const deliveryAttempts = 5;

async function deliver(request: CustomResourceEnvelope, result: CustomResourceResult): Promise<void> {
  const body = JSON.stringify({
    Status: result.status,
    ...(result.status === 'FAILED'
      ? { Reason: result.reason.slice(0, reasonLength) }
      : { Data: result.data }),
    PhysicalResourceId: result.physicalResourceId,
    StackId: request.StackId,
    RequestId: request.RequestId,
    LogicalResourceId: request.LogicalResourceId,
  });
  for (let attempt = 1; ; attempt += 1) {
    // The URL is signed for an empty content type.
    const response = await fetch(request.ResponseURL, {
      method: 'PUT',
      body,
      headers: { 'content-type': '' },
    }).catch(() => null);
    if (response?.ok === true) return;
    if (attempt === deliveryAttempts) throw new Error('CloudFormation did not take the answer');
    await pause(500 * 2 ** attempt);
  }
}

export async function handler(event: unknown, context: Context): Promise<void> {
  const request = customResourceEnvelope.parse(event);
  const result = await answerDatastoreRequest(
    {
      datastores,
      pause: (milliseconds) => pause(milliseconds),
      remaining: () => context.getRemainingTimeInMillis(),
    },
    request,
  );
  log.info('data store request answered', {
    request: request.RequestType,
    status: result.status,
    physicalResourceId: result.physicalResourceId,
  });
  await deliver(request, result);
}
