/** What the fake platform holds and is sent, as far as it reads it. */

export interface ManifestEntry {
  readonly ordinal: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly group: number;
  readonly archived?: { readonly archive: number; readonly member: number };
  readonly parts?: { readonly bytes: number; readonly sha256: readonly string[] };
}

export type ManifestArchive = Pick<ManifestEntry, 'bytes' | 'sha256' | 'parts'> & {
  readonly archive: number;
};

/** A part as the store received it; its bytes are not kept. */
export interface FakePart {
  readonly bytes: number;
  readonly sha256: string;
}

export interface FakeSubmission {
  readonly id: string;
  readonly collection: string;
  readonly fileCount: number;
  readonly totalBytes: number;
  state: 'open' | 'processing' | 'done';
  readonly entries: Map<number, ManifestEntry>;
  readonly received: Map<number, Buffer>;
  readonly archives: Map<number, ManifestArchive>;
  readonly receivedArchives: Map<number, Buffer>;
  /** Multipart uploads by ordinal; those of archives by their number below zero. */
  readonly uploads: Map<number, { uploadId: string; parts: Map<number, FakePart>; completed: boolean }>;
  subjects: string | null;
  /** It ended because it was not completed in time. */
  expired?: true;
  /** Demographics table as sent last. */
  demographics: Buffer | null;
}

/** Bodies that the command sends, as far as the fake reads them. */
export interface ApiBody {
  readonly collection: string;
  readonly fileCount: number;
  readonly totalBytes: number;
  readonly idempotencyKey: string;
  readonly entries: readonly ManifestEntry[];
  readonly ordinals: readonly number[];
  /** Of a manifest page, or numbers in a request for URLs. */
  readonly archives?: readonly (number | ManifestArchive)[];
  readonly sha256: string;
  readonly after?: number;
  readonly limit?: number;
}

/** What came with a request to the API. */
export interface SentRequest {
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
