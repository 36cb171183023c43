import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { obtainProject } from '../../local/demo/demo-access';
import { personOf, signInDemoPeople } from '../../local/demo/demo-people';
import type { DemoPerson } from '../../local/demo/demo-person';
import { type Platform, startPlatform } from '../../local/platform';
import { synthesise } from '../../local/stack/synthesise';

/** An embedded platform whose register knows a project, without images. */
export interface AccessPlatform {
  readonly platform: Platform;
  readonly projectId: string;
  readonly researcher: DemoPerson;
  readonly officer: DemoPerson;
  /** Access token of the researcher, good for longer than the bench takes. */
  readonly token: string;
  stop(): Promise<void>;
}

const projectFolder = join(__dirname, '..', '..');

/** The command as `npm run build:cli` builds it. */
export const command = join(projectFolder, 'dist', 'nmip.cjs');

const collection = 'any-kind';

const sessionFile = z.object({ session: z.object({ accessToken: z.string() }) });

/** Starts it in this process, on free ports. */
export async function startAccessPlatform(folder: string): Promise<AccessPlatform> {
  const { assembly } = await synthesise({
    projectFolder,
    assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
    environment: 'local',
    today: new Date(),
  });
  const platform = await startPlatform({
    assembly,
    dataFolder: join(folder, 'data'),
    ports: { frontDoor: 0, aws: 0, vpcEndpoint: 0 },
  });
  const people = await signInDemoPeople({
    command,
    api: platform.addresses.frontDoor,
    homes: join(folder, 'homes'),
    signal: new AbortController().signal,
  });
  const projectId = await obtainProject(people, collection);
  const researcher = personOf(people, 'applicant-1');
  const stored: unknown = JSON.parse(await readFile(join(researcher.stateFolder, 'session.json'), 'utf8'));
  return {
    platform,
    projectId,
    researcher,
    officer: personOf(people, 'officer-1'),
    token: sessionFile.parse(stored).session.accessToken,
    stop: () => platform.stop(),
  };
}
