import { createHash } from 'node:crypto';
import * as z from 'zod';
import { chainHead } from '../../lambda/register/event.contract';
import { readIfPresent, statePath, writePrivateFile } from '../state/state-folder';

/** The last head over all that was verified on this machine. */
const verifiedHead = z.object({ api: z.string(), head: chainHead, verifiedAt: z.string() });

type Head = z.infer<typeof chainHead>;

function pathOf(api: string): string {
  return statePath('audit', `${createHash('sha256').update(api).digest('hex').slice(0, 16)}.json`);
}

/** What was verified of a platform before, or null. */
export async function rememberedHead(api: string): Promise<Head | null> {
  const text = await readIfPresent(pathOf(api));
  return text === null ? null : verifiedHead.parse(JSON.parse(text)).head;
}

export async function rememberHead(api: string, head: Head): Promise<void> {
  await writePrivateFile(pathOf(api), JSON.stringify({ api, head, verifiedAt: new Date().toISOString() }));
}
