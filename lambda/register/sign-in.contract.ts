import * as z from 'zod';

/**
 * Answer of `GET /v1/sign-in`: the issuer whose access tokens the API takes, for those who hold none yet; the scope by which
 * the issuer is asked for such a token, where it needs one; and what to ask it for to sign in with a second factor.
 */
export const signInService = z.object({
  issuer: z.url(),
  scope: z.string().optional(),
  strong: z.object({ acrValues: z.array(z.string()).min(1) }).optional(),
});

export type SignInService = z.infer<typeof signInService>;
