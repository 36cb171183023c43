import type { Configuration, ConfigurationInput } from '../../config/configuration';
import { example } from '../../config/example';
import { checkConfiguration } from '../../config/load-configuration';
import type { AccessMode } from '../../lambda/platform/configuration.contract';

/** Arcs that begin each other, and that end in the digits of the splits, so that a pattern without its points shows. */
const ARCS: readonly { arc: number; accessModes: AccessMode[] }[] = [
  { arc: 1, accessModes: ['direct'] },
  { arc: 2, accessModes: ['direct'] },
  { arc: 7, accessModes: ['dae-only', 'direct'] },
  { arc: 70, accessModes: ['direct'] },
  { arc: 77, accessModes: ['dae-only'] },
];

/** Many collections in both access modes, arcs that are prefixes of each other, and an account of their own. */
export function richConfiguration(): Configuration {
  const [collection] = example.collections;
  if (collection === undefined) throw new Error('config/example.ts names no collection');
  const rich: ConfigurationInput = {
    ...example,
    environmentName: 'rich',
    account: '444455556666',
    uidRoot: '1.3.6.1.4.1.32473.1',
    collections: ARCS.map(({ arc, accessModes }) => ({
      ...collection,
      id: `collection-${arc}`,
      arc,
      accessModes,
    })),
  };
  return checkConfiguration(rich, 'scripts/policies/rich-configuration.ts');
}
