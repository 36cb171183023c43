import type { PipelineShape } from '../pipeline-shape';
import { type Demand, ingestDemands, type Work } from './demands';
import { type PriceName, prices } from './prices';

/** One line of a sum: `quantity` units at `unitUsd` are `usd`. */
export interface CostLine {
  readonly part: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly unitUsd: number;
  readonly usd: number;
  readonly basis: Demand['basis'];
}

export interface CostSummary {
  readonly parts: readonly { readonly part: string; readonly usd: number }[];
  readonly total: number;
}

export function costLine(
  line: Pick<CostLine, 'part' | 'what' | 'quantity' | 'basis'>,
  price: PriceName,
): CostLine {
  const { usd, per } = prices[price];
  return { ...line, unit: per, unitUsd: usd, usd: line.quantity * usd };
}

/** Ingest and first month of some work, line by line. */
export function ingestCost(work: Work, shape: PipelineShape): CostLine[] {
  return ingestDemands(shape).map(({ part, what, price, each, count, basis }) =>
    costLine({ part, what, quantity: count * work[each], basis }, price),
  );
}

/** Malware scanning of what lands, which is off by default (docs/adr/0011). */
export function scanningCost({ files, bytes }: Pick<Work, 'files' | 'bytes'>): CostLine[] {
  const line = { part: 'malware scanning', basis: 'code' } as const;
  return [
    costLine({ ...line, what: 'objects', quantity: files }, 'scannedObject'),
    costLine({ ...line, what: 'bytes', quantity: bytes / 2 ** 30 }, 'scannedBytes'),
  ];
}

/** What comes once after the first month, and what a later month costs that nobody reads in. */
export function laterCost(work: Pick<Work, 'files' | 'bytes' | 'billedBytes'>): {
  once: CostLine[];
  monthly: CostLine[];
} {
  const line = { part: 'later', basis: 'code' } as const;
  return {
    once: [
      costLine(
        { ...line, what: 'de-identified files to the archive class, day 30', quantity: work.files },
        's3Transition',
      ),
    ],
    monthly: [
      costLine(
        { ...line, what: 'de-identified files', quantity: work.bytes / 2 ** 30 },
        's3InstantRetrieval',
      ),
      costLine({ ...line, what: 'image sets', quantity: work.billedBytes / 2 ** 30 }, 'healthImagingArchive'),
    ],
  };
}

/** Calls that delete image sets; deletions in S3 cost nothing. */
export function withdrawalCost(imageSets: number): CostLine[] {
  return [
    costLine(
      { part: 'HealthImaging', what: 'DeleteImageSet', quantity: imageSets, basis: 'code' },
      'healthImagingCall',
    ),
  ];
}

export function sum(lines: readonly Pick<CostLine, 'usd'>[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}

/** The lines added up by part, for each of `units`. */
export function summarise(lines: readonly CostLine[], units: number): CostSummary {
  const parts = new Map<string, number>();
  for (const { part, usd } of lines) parts.set(part, (parts.get(part) ?? 0) + usd / units);
  const list = [...parts].map(([part, usd]) => ({ part, usd }));
  return { parts: list, total: sum(list) };
}
