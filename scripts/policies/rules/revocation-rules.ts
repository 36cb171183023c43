import { CANARY_ARC, type Revocation } from '../../../lambda/register/revocation.contract';
import type { Landscape } from '../landscape';
import { keyValue, type Question } from '../question';
import { type Reader, readerMay } from './reader-rules';

/** A session may still be made so long after a revocation, from an issue that stood in the register before it. */
const STILL_MADE_SECONDS = 60;

/** Whether a session is one of those that a revocation takes away. */
function concerns(revocation: Revocation, { place }: Reader, { context }: Question): boolean {
  const project = keyValue(context, 'aws:PrincipalTag/ProjectId');
  switch (revocation.kind) {
    case 'member':
      return (
        keyValue(context, 'aws:SourceIdentity') === revocation.person && project === revocation.projectId
      );
    case 'grant':
    case 'canary':
      return keyValue(context, 'aws:PrincipalTag/GrantId') === revocation.grantId;
    case 'project':
      return project === revocation.projectId;
    case 'collection':
      return place.arc === revocation.arc && place.arc !== CANARY_ARC;
    case 'everything':
      return true;
  }
}

/** Made before the revocation, or so shortly after it that its issue may be older. STS tells whole seconds. */
function isFromBefore({ at }: Revocation, { context }: Question): boolean {
  const made = Date.parse(keyValue(context, 'aws:TokenIssueTime') ?? '');
  return made < Math.ceil(Date.parse(at) / 1000) * 1000 + STILL_MADE_SECONDS * 1000;
}

/**
 * Whether a reader may do what a request asks once access was revoked: sessions of what was revoked, made before, may do
 * nothing; all others what they might before.
 */
export function readerMayAfter(
  revocations: readonly Revocation[],
  reader: Reader,
  question: Question,
  landscape: Landscape,
): boolean {
  const revoked = revocations.some(
    (each) => concerns(each, reader, question) && isFromBefore(each, question),
  );
  return !revoked && readerMay(reader, question, landscape);
}
