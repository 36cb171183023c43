import * as z from 'zod';

/** What a person may do on the platform. Roles stand in the register; a token's claims give none. */
export const role = z.enum(['uploader', 'applicant', 'reviewer', 'officer', 'auditor']);

export type Role = z.infer<typeof role>;
