import { createHash } from 'node:crypto';
import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import type { RouteContracts } from '../platform/route.contract';
import { instant, sha256 } from '../register/identifiers.contract';
import { releaseVersion } from '../releases/release.contract';
import { setName } from './evaluation-set.contract';

/**
 * Public commitments to what is held out: the SHA-256 of a text that is kept back. Whoever is shown the text later sees
 * that it stood when the hash was published (`sha256sum` says so); until then the hash tells nothing of it.
 */

/** What a commitment is to. */
export const commitmentSubject = z.discriminatedUnion('kind', [
  /** All held-out studies of a release. */
  z.strictObject({ kind: z.literal('held-out'), release: releaseVersion }),
  z.strictObject({
    kind: z.literal('evaluation-set'),
    release: releaseVersion,
    name: setName,
    setVersion: z.number().int().min(1).max(9999),
  }),
]);

export type CommitmentSubject = z.infer<typeof commitmentSubject>;

export const commitment = z.object({
  subject: commitmentSubject,
  people: shownCount,
  studies: shownCount,
  sha256,
  committedAt: instant,
});

export type Commitment = z.infer<typeof commitment>;

/** Name of a commitment, by what it is to: `held-out#2026.4`, `evaluation-set#chest-2026#0001`. */
export const commitmentName = (subject: CommitmentSubject): string =>
  subject.kind === 'held-out'
    ? `held-out#${subject.release}`
    : `evaluation-set#${subject.name}#${String(subject.setVersion).padStart(4, '0')}`;

export const COMMITMENT_PREFIX = 'COMMITMENT#';

/** `PUBLIC` / `COMMITMENT#<name>`. */
export const commitmentRecord = commitment.extend({
  pk: z.literal('PUBLIC'),
  sk: z.string().startsWith(COMMITMENT_PREFIX),
});

const form = 'nmip/commitment/1';

/**
 * The text that is committed to: its form, what it is, the salt, and a line a study (collection and Study Instance UID),
 * each once, sorted by code units. UTF-8, every line ended by a line feed.
 *
 * The pseudonyms and UIDs are keyed, so that nobody guesses a list; the salt is there for those who know one. Whoever
 * ever held a list, or the list of an earlier release, could otherwise test by the hash whether it is still the same, and
 * by trying a few changes who has come or gone.
 */
export function committedText(
  subject: CommitmentSubject,
  salt: string,
  studies: readonly { readonly collection: string; readonly study: string }[],
): string {
  const lines = [...new Set(studies.map(({ collection, study }) => `${collection} ${study}`))].sort();
  return [form, commitmentName(subject), salt, ...lines, ''].join('\n');
}

export const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

export type CommitmentVerdict =
  | { readonly holds: true; readonly studies: number }
  | { readonly holds: false; readonly reason: 'HASH_DIFFERS' | 'OTHER_SUBJECT' | 'NOT_A_COMMITMENT' };

/** Whether a text that was shown is the one committed to. */
export function verifyCommitment(
  { subject, sha256: published }: Pick<Commitment, 'subject' | 'sha256'>,
  text: string,
): CommitmentVerdict {
  const [first, name, , ...rest] = text.split('\n');
  if (first !== form || rest.at(-1) !== '') return { holds: false, reason: 'NOT_A_COMMITMENT' };
  if (sha256Of(text) !== published) return { holds: false, reason: 'HASH_DIFFERS' };
  if (name !== commitmentName(subject)) return { holds: false, reason: 'OTHER_SUBJECT' };
  return { holds: true, studies: rest.length - 1 };
}

export const commitmentsAnswer = z.object({ commitments: z.array(commitment) });

/** The route that shows commitments, of public-register-api. */
export const commitmentRoutes = {
  listCommitments: {
    id: 'listCommitments',
    method: 'GET',
    path: '/v1/commitments',
    summary: 'Hashes of the held-out list of each release and of each evaluation set, the latest first.',
    roles: 'public',
    open: 'A commitment binds only where everybody can see it; it holds hashes and rounded counts.',
    rateLimit: { perSecond: 50, burst: 100 },
    answer: commitmentsAnswer,
    refusals: {},
  },
} as const satisfies RouteContracts;
