import { MOST_STUDIES } from './credentials.contract';
import { developmentPrefix, uidAwareReads } from './study-scope.contract';

/** Plaintext characters of the policies passed to AssumeRole, the service's limit. */
export const LONGEST_SESSION_POLICY = 2_048;

const STUDY_KEY = 'medical-imaging:StudyInstanceUID';

export interface SessionPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly [
    {
      readonly Effect: 'Allow';
      readonly Action: readonly string[];
      readonly Resource: string;
      readonly Condition:
        | { readonly StringLike: { readonly [STUDY_KEY]: string } }
        | { readonly StringEquals: { readonly [STUDY_KEY]: readonly string[] } };
    },
  ];
}

export interface PolicyScope {
  readonly uidRoot: string;
  /** ARN of the development data store. */
  readonly datastoreArn: string;
  readonly studies?: readonly string[] | null;
}

/**
 * The session policy of a credential: the five UID-aware reads, on the development data store, on the studies of the
 * grant's arc or on the listed ones.
 *
 * @throws RangeError where a study lies outside the grant, more than 20 are listed, or the text would be too long: the
 *   caller has checked this and never gets here with it
 */
export function buildSessionPolicy(grant: { readonly arc: number }, scope: PolicyScope): string {
  const prefix = developmentPrefix(scope.uidRoot, grant.arc);
  const { studies } = scope;
  if (studies && (studies.length === 0 || studies.length > MOST_STUDIES)) {
    throw new RangeError(`a session policy lists 1 to ${MOST_STUDIES} studies`);
  }
  if (studies && !studies.every((study) => /^[0-9.]{1,64}$/.test(study) && study.startsWith(prefix))) {
    throw new RangeError('a study lies outside the grant');
  }
  const policy: SessionPolicy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: uidAwareReads,
        Resource: scope.datastoreArn,
        Condition: studies
          ? { StringEquals: { [STUDY_KEY]: studies } }
          : { StringLike: { [STUDY_KEY]: `${prefix}*` } },
      },
    ],
  };
  const text = JSON.stringify(policy);
  if (text.length > LONGEST_SESSION_POLICY) throw new RangeError('the session policy is too long');
  return text;
}
