/** A range of a measured value: from `from` to below `below`. */
export interface Band {
  readonly label: string;
  readonly from: number;
  readonly below: number;
}

/** Peak kilovoltage (0018,0060), in kV. Mammography stands below 50, most CT at 80 to 140. */
export const kvpBands = [
  { label: 'below 50 kV', from: 0, below: 50 },
  { label: '50 to 79 kV', from: 50, below: 80 },
  { label: '80 to 99 kV', from: 80, below: 100 },
  { label: '100 to 119 kV', from: 100, below: 120 },
  { label: '120 to 139 kV', from: 120, below: 140 },
  { label: '140 kV and above', from: 140, below: Number.POSITIVE_INFINITY },
] as const satisfies readonly Band[];

/** Magnetic field strength (0018,0087), in tesla. Scanners are sold as 0.5, 1.5, 3 and 7 T. */
export const fieldStrengthBands = [
  { label: 'below 1 T', from: 0, below: 1 },
  { label: '1 to below 2 T', from: 1, below: 2 },
  { label: '2 to below 4 T', from: 2, below: 4 },
  { label: '4 T and above', from: 4, below: Number.POSITIVE_INFINITY },
] as const satisfies readonly Band[];

/** The band of a value; null where it is not known, negative or not a number. */
export function bandOf(bands: readonly Band[], value: number | null): string | null {
  if (value === null) return null;
  return bands.find(({ from, below }) => value >= from && value < below)?.label ?? null;
}
