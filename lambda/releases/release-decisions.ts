import { canonicalDigest } from '../platform/canonical-json';
import type { ReleaseReason, ReleaseRecord, ReleaseState } from './release-record.contract';

/** From which states a release comes into another. */
const comesFrom: Readonly<Record<ReleaseState, readonly ReleaseState[]>> = {
  draft: [],
  building: ['draft', 'stopped', 'building'],
  stopped: ['draft', 'building', 'stopped'],
  published: ['building'],
  abandoned: ['draft', 'stopped'],
};

export function mayBecome(from: ReleaseState, to: ReleaseState): boolean {
  return comesFrom[to].includes(from);
}

/** Whether it can still change; one at a time may. */
export function isUnderWay(state: ReleaseState): boolean {
  return state !== 'published' && state !== 'abandoned';
}

/** By what a list of findings is known, whatever their order. */
export function findingsDigest(findings: readonly unknown[]): string {
  return canonicalDigest(findings.map((finding) => canonicalDigest(finding)).sort());
}

/**
 * Whether findings hold a release back: they do unless an officer has given a reason for just these. One more finding, and
 * the reason is about another list.
 */
export function reasonNeeded(findings: readonly unknown[], reasons: readonly ReleaseReason[]): string | null {
  if (findings.length === 0) return null;
  const digest = findingsDigest(findings);
  return reasons.some((reason) => reason.digest === digest) ? null : digest;
}

/** Name of the execution that makes the release; the same name is never run twice. */
export function executionName({ release, attempt }: Pick<ReleaseRecord, 'release' | 'attempt'>): string {
  return `${release}-${attempt}`;
}
