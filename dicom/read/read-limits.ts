/**
 * Bounds of what is kept in memory of one file. Everything that is not pixel data is kept, so these bound memory
 * whatever a file declares of itself.
 */
export const readLimits = {
  /** Bytes of the data set without pixel data; the largest enhanced multi-frame headers in practice are about 40 MB. */
  headerBytes: 64 * 1024 * 1024,
  /** A top-level value above this is passed over and never kept: nothing but raw vendor data is that large. */
  keptValueBytes: 16 * 1024 * 1024,
  /** Elements at all levels; a 20,000-frame enhanced image has about a million. */
  elements: 1_000_000,
  /** Nested sequences. The standard's deepest information objects (structured reports) stay below 20. */
  depth: 64,
  /** Bytes of file meta information. */
  fileMetaBytes: 64 * 1024,
  /** What a deflated data set may inflate to; HealthImaging takes files of 10 GB, deflated ones are header-heavy. */
  inflatedBytes: 2 * 1024 * 1024 * 1024,
} as const;
