import * as z from 'zod';

/** Lifetime of presigned URLs in seconds. */
export const urlLifetimeSeconds = 900;

/** A presigned PUT: `headers` must be sent exactly as they are (Content-Length by the client's HTTP library). */
export const presignedUpload = z.object({ url: z.url(), headers: z.record(z.string(), z.string()) });

export type PresignedUpload = z.infer<typeof presignedUpload>;
