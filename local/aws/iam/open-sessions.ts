import { type Policy, parsePolicy } from './policy';
import type { Session, SessionSeal } from './session';

/** Tokens that stay opened; the oldest are dropped above this count. */
const MOST_TOKENS = 5000;

/** Sessions whose token was opened and whose policies were read, so that a client's next request costs neither again. */
export class OpenSessions {
  private readonly byToken = new Map<string, Session>();
  private readonly policies = new WeakMap<Session, readonly Policy[]>();

  constructor(
    private readonly seal: SessionSeal,
    private readonly managedPolicy: (arn: string) => Policy,
  ) {}

  /** The session in a token; `undefined` where the token is not one of this account. */
  open(token: string): Session | undefined {
    let session = this.byToken.get(token);
    if (session === undefined) {
      session = this.seal.unseal(token);
      if (session === undefined) return undefined;
      const oldest = this.byToken.size >= MOST_TOKENS ? this.byToken.keys().next().value : undefined;
      if (oldest !== undefined) this.byToken.delete(oldest);
      this.byToken.set(token, session);
    }
    return session;
  }

  /** The policies that were passed when the session was made: the inline one and the managed ones. */
  policiesOf(session: Session): readonly Policy[] {
    let policies = this.policies.get(session);
    if (policies === undefined) {
      const inline = session.inlinePolicy;
      policies = [
        ...(inline === undefined ? [] : [parsePolicy('session policy', inline, 'identity')]),
        ...session.policyArns.map((arn) => this.managedPolicy(arn)),
      ];
      this.policies.set(session, policies);
    }
    return policies;
  }
}
