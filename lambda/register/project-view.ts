import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { Closures } from './closure.contract';
import { isShut } from './closures';
import { daysBetween, lastDayOf } from './grant-time';
import type { Project, ProjectView } from './project.contract';

/** What a project's standing depends on beside its own record. */
export interface ViewFacts {
  readonly now: Date;
  readonly collections: readonly CollectionConfiguration[];
  readonly closures: Closures;
}

/**
 * A project as it stands at a moment: over with the last day of access, its own or that of the legal basis, whatever is
 * stored; and whether its collection is shut for everybody.
 */
export function projectViewAt(found: Project, { now, collections, closures }: ViewFacts): ProjectView {
  const today = londonDay(now);
  const lastDay = found.grants
    .filter((grant) => grant.status === 'active')
    .map((grant) => lastDayOf(grant, collections))
    .sort()
    .at(-1);
  // a project whose grants a person took away keeps its day, but has none left
  const over = lastDay === undefined ? found.endsOn < today : lastDay < today;
  const active = found.status === 'active' && !over;
  return {
    ...found,
    status: found.status === 'active' && over ? 'ended' : found.status,
    daysLeft: active && lastDay !== undefined ? daysBetween(today, lastDay) : null,
    accessShut: active ? isShut(closures, found.collection) : null,
  };
}
