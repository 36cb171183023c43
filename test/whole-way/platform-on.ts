import { join } from 'node:path';
import type { Clock } from '../../local/aws/service';
import { type Platform, type PlatformOptions, startPlatform } from '../../local/platform';
import { synthesise } from '../../local/stack/synthesise';
import { projectFolder } from './demonstration';

/** Starts the platform in this process on a data folder that may have a history, on free ports. */
export async function platformOn(
  dataFolder: string,
  clock?: Clock,
  options: Pick<PlatformOptions, 'largeFileBytes' | 'drill' | 'fresh'> = {},
): Promise<Platform> {
  const { assembly } = await synthesise({
    projectFolder,
    assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
    environment: 'local',
    today: new Date(),
  });
  return startPlatform({
    assembly,
    dataFolder,
    ports: { frontDoor: 0, aws: 0, vpcEndpoint: 0 },
    ...(clock && { clock }),
    ...options,
  });
}
