import type { Needle } from './identifying-needles';

/** Buckets by what may stand in them. */
export type Place = 'landing' | 'exchange' | 'quarantine' | 'deidentified' | 'image-store' | 'elsewhere';

/** What is known of the patient and the submission when something is found. */
export interface Standing {
  readonly optedOut: boolean;
  /** Whether the submission's patients have been cleared by now; null where no submission is named. */
  readonly cleared: boolean | null;
}

/**
 * Whether a needle may stand in a place. Landing is the trust's own. The exchange bucket holds NHS numbers until the
 * receipt. Quarantine holds files as they were sent, and the staging area and the image store pixels, of patients who
 * were cleared and nobody else.
 */
export function mayStand(place: Place, { kind }: Needle, { optedOut, cleared }: Standing): boolean {
  switch (place) {
    case 'landing':
      return true;
    case 'exchange':
      return kind === 'nhs-number';
    case 'quarantine':
      return !optedOut && cleared !== false;
    case 'deidentified':
    case 'image-store':
      return kind === 'pixels' && !optedOut && cleared !== false;
    case 'elsewhere':
      return false;
  }
}

/** What was found where it may not stand; no value. */
export interface FoundLeak {
  readonly where: string;
  readonly kind: Needle['kind'];
  readonly patient: number | null;
}
