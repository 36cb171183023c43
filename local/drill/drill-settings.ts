import type { Ports } from '../platform';
import type { AnswerFault } from './sending-faults';

/** What the process of the platform is told by the drill that starts it. */
export interface DrillSettings {
  /** Of the drill; the platform's data are in a folder of their own. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly assembly: string;
  readonly ports: Ports;
  readonly seed: string;
  readonly files: number;
  readonly platformFaults: number;
  readonly expectedRequests: number;
  readonly answers: readonly (AnswerFault | null)[];
}

/** What the drill asks of the platform's process. */
export type Order =
  | { readonly do: 'begin-faults' }
  | { readonly do: 'end-faults' }
  | { readonly do: 'pass-time'; readonly milliseconds: number }
  /** As an operator does (docs/runbook.md, submission-stopped). */
  | { readonly do: 'start-execution'; readonly submission: string; readonly name: string }
  | { readonly do: 'claims' }
  | { readonly do: 'busy' }
  | { readonly do: 'stop' };

export interface NumberedOrder {
  readonly number: number;
  readonly order: Order;
}

/** An instance's claim in the ledger. */
export interface HeldClaim {
  readonly sopInstanceUid: string;
  readonly submission: string;
  readonly ordinal: number;
}

export type ProcessMessage =
  | { readonly kind: 'up'; readonly addresses: PlatformPlaces }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly number: number; readonly result: unknown }
  | { readonly kind: 'refused'; readonly number: number; readonly message: string };

/** Where the drill finds the platform and, on the disk, what it holds. */
export interface PlatformPlaces {
  readonly frontDoor: string;
  readonly aws: string;
  readonly vpcEndpoint: string;
  readonly buckets: Readonly<
    Record<'work' | 'exchange' | 'quarantine' | 'deidentified' | 'catalogue', string>
  >;
  readonly pipeline: string;
}
