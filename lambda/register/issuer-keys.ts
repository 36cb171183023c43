import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Clock } from '../platform/clock';

/** Keys are read again after this. */
const FRESH_MILLISECONDS = 600_000;

/** A key id that is not known makes the keys be read again, but not sooner after the last time. */
const UNKNOWN_KEY_MILLISECONDS = 30_000;

/** An issuer that failed is left alone for this long, so that its recovery does not begin with a flood. */
const FAILED_MILLISECONDS = 5_000;

/** While the issuer cannot be asked, its last keys count for this long. */
const LONGEST_MILLISECONDS = 3_600_000;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Loopback may do without TLS: the embedded platform's issuer stands there. */
function demandSafeAddress(address: string): void {
  const { protocol, hostname } = new URL(address);
  const loopback = protocol === 'http:' && hostname === '127.0.0.1';
  if (protocol !== 'https:' && !loopback) throw new Error('the issuer must be reached over https');
}

export interface IssuerKeysSettings {
  /** As its discovery document spells it. */
  readonly issuer: string;
  readonly clock: Clock;
  /** Longest wait for each of discovery and keys. */
  readonly timeoutMilliseconds: number;
}

/**
 * The issuer's public keys. However many tokens come, and whatever key they name, the issuer is asked by one caller at a
 * time and seldom: a storm of forged tokens must not become one of requests to the issuer.
 */
export class IssuerKeys {
  private held: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  private failed: { readonly error: unknown; readonly at: number } | undefined;
  private asking: Promise<JWTVerifyGetKey> | undefined;

  constructor(private readonly settings: IssuerKeysSettings) {}

  /**
   * The key of a token's header, for `jwtVerify`.
   * @throws JWKSNoMatchingKey for a key that the issuer does not have; other errors mean that it could not be asked
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const find = await this.current();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.ageOfHeld() < UNKNOWN_KEY_MILLISECONDS)
        throw error;
      return (await this.renewed(find))(header, token);
    }
  };

  private now(): number {
    return this.settings.clock.now().getTime();
  }

  private ageOfHeld(): number {
    return this.held === undefined ? Number.POSITIVE_INFINITY : this.now() - this.held.at;
  }

  private async current(): Promise<JWTVerifyGetKey> {
    const { held } = this;
    if (held === undefined) return this.ask();
    if (this.ageOfHeld() <= FRESH_MILLISECONDS) return held.find;
    if (this.ageOfHeld() > LONGEST_MILLISECONDS) return this.ask();
    return this.renewed(held.find);
  }

  /** New keys, or those held where the issuer cannot be asked. */
  private async renewed(held: JWTVerifyGetKey): Promise<JWTVerifyGetKey> {
    return this.ask().catch(() => held);
  }

  private ask(): Promise<JWTVerifyGetKey> {
    if (this.failed !== undefined && this.now() - this.failed.at < FAILED_MILLISECONDS)
      return Promise.reject(this.failed.error);
    this.asking ??= this.read()
      .then((find) => {
        this.held = { find, at: this.now() };
        this.failed = undefined;
        return find;
      })
      .catch((error: unknown) => {
        this.failed = { error, at: this.now() };
        throw error;
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  private async read(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.settings;
    const document = discoveryDocument.parse(
      await this.readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    );
    // OpenID Connect Discovery §4.3: the document must name the issuer that was asked.
    if (document.issuer !== issuer) throw new Error('discovery names another issuer');
    return createLocalJWKSet((await this.readJson(document.jwks_uri)) as JSONWebKeySet);
  }

  private async readJson(address: string): Promise<unknown> {
    demandSafeAddress(address);
    const response = await fetch(address, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(this.settings.timeoutMilliseconds),
    });
    if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
    return response.json();
  }
}
