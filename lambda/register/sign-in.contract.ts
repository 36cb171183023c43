import * as z from 'zod';

/** Answer of `GET /v1/sign-in`: the issuer whose access tokens the API takes, for those who hold none yet. */
export const signInService = z.object({ issuer: z.url() });
