import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { CollectionRoleOf } from '../platform/name-templates.contract';
import type { Closures } from '../register/closure.contract';
import { isShut } from '../register/closures';
import type { Project } from '../register/project.contract';
import { endOfGrant, isRunning } from './issue-decision';

/** DICOMweb operations that a viewer's token opens: those that HealthImaging authorises with the study's UID. */
export const viewerOperations = [
  'GetDICOMInstance',
  'GetDICOMInstanceMetadata',
  'GetDICOMInstanceFrames',
  'GetDICOMSeriesMetadata',
  'GetDICOMBulkdata',
] as const;

/** Projects whose grants were read: the one that the token names, or all of the person's. */
export interface ViewerFacts {
  readonly now: Date;
  readonly projects: readonly Project[];
  readonly closures: Closures;
  readonly collections: readonly CollectionConfiguration[];
  readonly roleOf: CollectionRoleOf;
}

export type ViewerDecision =
  | { readonly outcome: 'allow'; readonly roleArn: string; readonly grantIds: readonly string[] }
  | {
      readonly outcome: 'refuse';
      readonly code: 'NO_ACTIVE_GRANT' | 'GRANT_AMBIGUOUS' | 'ROLE_NOT_CONFIGURED';
    };

/**
 * Chooses the role for a viewer's request. HealthImaging says neither study nor project, and the role is all it takes for
 * an answer, so a choice is made only where there is nothing to choose: every running grant leads to one role. Grants of
 * two collections, or of one in two access modes, are refused until a token names the project.
 */
export function chooseViewerRole(facts: ViewerFacts): ViewerDecision {
  const { now, collections } = facts;
  const running = facts.projects
    .filter(({ status }) => status === 'active')
    .flatMap(({ grants }) => grants)
    .filter((grant) => isRunning(grant, now))
    // The role is of the whole collection, and nothing can narrow it to listed studies.
    .filter(({ scope }) => scope.kind === 'collection')
    .filter(({ collection }) => isShut(facts.closures, collection) === null)
    .filter((grant) => {
      const collection = collections.find((each) => each.id === grant.collection);
      return collection !== undefined && collection.arc === grant.arc && now <= endOfGrant(grant, collection);
    });
  const [first] = running;
  if (first === undefined) return { outcome: 'refuse', code: 'NO_ACTIVE_GRANT' };
  if (
    running.some((grant) => grant.collection !== first.collection || grant.accessMode !== first.accessMode)
  ) {
    return { outcome: 'refuse', code: 'GRANT_AMBIGUOUS' };
  }
  const collection = collections.find((each) => each.id === first.collection);
  if (collection?.accessModes.includes(first.accessMode) !== true)
    return { outcome: 'refuse', code: 'ROLE_NOT_CONFIGURED' };
  const roleArn = facts.roleOf(first.arc, first.accessMode);
  return { outcome: 'allow', roleArn, grantIds: running.map((grant) => grant.id) };
}
