import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type AssuranceSettings, levelOf, rolesAtLevel } from '../platform/assurance.contract';
import type { Log } from '../platform/log';
import { findPerson, rolesOf } from './people';
import type { AuthorisedPerson, Person } from './person.contract';
import type { RegisterTable } from './register-table';
import { TokenRefused, type TokenVerifier, type VerifiedToken } from './token-verifier';

/** What the authoriser of the REST API asks. */
export interface RequestAuthority {
  readonly verifier: TokenVerifier;
  readonly table: RegisterTable;
  /** Which sign-ins are strong, null where any is. */
  readonly assurance: AssuranceSettings | null;
  readonly firstOfficers: readonly string[];
  readonly log: Log;
}

/** API Gateway turns exactly this message into a 401. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}

/** The token of the only `Authorization: Bearer` header (RFC 6750 §2.1), or null. */
function bearerToken({
  headers,
  multiValueHeaders,
}: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'multiValueHeaders'>): string | null {
  const isAuthorization = (name: string) => name.toLowerCase() === 'authorization';
  const values = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    isAuthorization(name) && value !== undefined ? [value] : [],
  );
  // Of a header sent twice `headers` has the last alone, and somebody on the way may have looked at the first.
  const sent = Object.entries(multiValueHeaders ?? {}).flatMap(([name, all]) =>
    isAuthorization(name) ? (all ?? []) : [],
  );
  if (values.length !== 1 || sent.length > 1) return null;
  return /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(values[0] ?? '')?.[1] ?? null;
}

/**
 * What a machine may call: enough to send images and follow their fate. Whoever copied its key can withdraw nothing,
 * read no project and no application, whatever the register says of its subject.
 */
const routesOfMachines = [
  'GET/v1/me',
  '*/v1/submissions',
  '*/v1/submissions/*',
  'GET/v1/quarantine',
  'GET/v1/quarantine/*',
];

/** Routes of the stage of `arn:…:execute-api:<region>:<account>:<api>/<stage>/<verb>/<path>`: all of them, for a person. */
function routesOf(methodArn: string, machine: boolean): string[] {
  const [api, stage] = methodArn.split('/');
  if (api === undefined || stage === undefined) throw new Unauthorized();
  return (machine ? routesOfMachines : ['*']).map((route) => `${api}/${stage}/${route}`);
}

/**
 * Who the register takes the holder of a token for. A client's own token is good for a machine's record alone and a
 * person's for a person's: one issuer might give a client and a person the same name (RFC 9068 §5).
 */
function personOf(
  { assurance, firstOfficers }: RequestAuthority,
  token: VerifiedToken,
  record: Person | null,
): AuthorisedPerson {
  const level = levelOf(assurance, token.claims);
  const fits = token.machine === (record?.kind === 'machine');
  const { roles, withheldRoles } = rolesAtLevel(
    level,
    fits ? rolesOf(record, token.subject, firstOfficers) : [],
  );
  return {
    pseudonym: record?.pseudonym ?? null,
    ...(record?.kind && { kind: record.kind }),
    roles,
    trust: record?.trust,
    organisation: record?.organisation,
    signIn: { level, withheldRoles },
  };
}

/**
 * Verifies the token and adds what the register knows of the person. Somebody whom it does not know is let in without
 * roles: they may see `/v1/me`, and every other route asks for a role or a membership.
 *
 * @throws Error `Unauthorized` for any token that is not taken
 */
export async function authoriseRequest(
  authority: RequestAuthority,
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> {
  const token = bearerToken(event);
  if (token === null) {
    authority.log.info('token refused', { code: 'TOKEN_MISSING' });
    throw new Unauthorized();
  }
  try {
    const verified = await authority.verifier.verify(token);
    const { subject, machine } = verified;
    const record = await findPerson(authority.table, subject);
    const person = personOf(authority, verified, record);
    return {
      // Access logs hold the principal, so it is the pseudonym.
      principalId: record?.pseudonym ?? 'unknown',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: routesOf(event.methodArn, machine) },
        ],
      },
      context: { subject, person: JSON.stringify(person) },
    };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    authority.log.info('token refused', { code: error.code });
    throw new Unauthorized();
  }
}
