import { createHash } from 'node:crypto';
import { buildSessionPolicy } from '../../lambda/credentials/session-policy';
import type { PolicyDocument } from './account-policies';
import { type Landscape, readerRoleName } from './landscape';
import type { Reader } from './rules/reader-rules';

/** A reader with the role and, for a researcher, the session policy under which the requests are made. */
export interface ReaderSession extends Reader {
  /** Name of the role. */
  readonly role: string;
  /** What of a grant the session is for. */
  readonly scope: string;
  readonly roleArn: string;
  readonly sessionPolicy: PolicyDocument | null;
}

const UID_LENGTH = 64;

/** A UID of a collection and split; the digits follow from the seed. */
export function generatedUid(landscape: Landscape, arc: number, split: 1 | 2, seed: string): string {
  const prefix = `${landscape.uidRoot}.${arc}.${split}.`;
  const digest = createHash('sha256').update(`${seed}\n${arc}\n${split}`).digest('hex');
  return (
    prefix +
    BigInt(`0x1${digest}`)
      .toString()
      .slice(0, UID_LENGTH - prefix.length)
  );
}

/** Studies of a generated grant. */
function generatedStudies(landscape: Landscape, arc: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    generatedUid(landscape, arc, 1, `study ${index} of ${count}`),
  );
}

const scopes = [
  { called: 'whole collection', studies: null, narrowed: true },
  { called: '1 study', studies: 1, narrowed: true },
  { called: '20 studies', studies: 20, narrowed: true },
  // the issuer always passes a policy; a session without one would still be held by the role
  { called: 'no session policy', studies: null, narrowed: false },
] as const;

/** Sessions of all researchers' roles, one of each scope of a grant, and of all viewers' roles, which have no scope. */
export function readerSessions(landscape: Landscape): readonly ReaderSession[] {
  const base = `nmip/${landscape.environmentName}`;
  return landscape.places.flatMap((place) => {
    const researcher = readerRoleName(landscape, 'researcher', place);
    const viewer = readerRoleName(landscape, 'viewer', place);
    return [
      ...scopes.map(({ called, studies: count, narrowed }): ReaderSession => {
        const studies = count === null ? null : generatedStudies(landscape, place.arc, count);
        const policy = buildSessionPolicy(
          { arc: place.arc },
          { uidRoot: landscape.uidRoot, datastoreArn: landscape.developmentStore, studies },
        );
        return {
          role: researcher,
          scope: called,
          reader: 'researcher',
          place,
          studies,
          roleArn: landscape.roleArn(`${base}/researchers/${researcher}`),
          sessionPolicy: narrowed ? (JSON.parse(policy) as PolicyDocument) : null,
        };
      }),
      {
        role: viewer,
        scope: 'bearer token',
        reader: 'viewer',
        place,
        studies: null,
        roleArn: landscape.roleArn(`${base}/viewers/${viewer}`),
        sessionPolicy: null,
      },
    ];
  });
}
