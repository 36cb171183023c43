import { isRetryableStatus, retrying } from '../api/http-retry';
import { type PresignedPut, type PutAnswer, PutConnections } from './presigned-put';

/** Puts a small body to a presigned URL, again where the store asks for it; gives the last status. */
export async function putBody(target: PresignedPut, body: Buffer, signal: AbortSignal): Promise<number> {
  const connections = new PutConnections(1);
  try {
    const { status } = await retrying<PutAnswer>(async () => {
      const answer = await connections.put(target, body, signal);
      return isRetryableStatus(answer.status)
        ? { retry: new Error(`status ${answer.status}`) }
        : { done: answer };
    }, signal);
    return status;
  } finally {
    connections.close();
  }
}
