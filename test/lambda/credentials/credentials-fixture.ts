import type { Issuer } from '../../../lambda/credentials/issuer';
import type { SessionRequest } from '../../../lambda/credentials/session-maker';
import { breast, chest, type RegisterFixture } from '../register/register-fixture';

export const uidRoot = '1.3.6.1.4.1.32473.7';
export const datastoreId = 'd'.repeat(32);
export const datastoreArn = `arn:aws:medical-imaging:eu-west-2:123456789012:datastore/${datastoreId}`;
const role = (reader: string) => (arc: number, accessMode: string) =>
  `arn:aws:iam::123456789012:role/nmip/test/${reader}s/nmip-test-${reader}-${arc}-${accessMode}`;
export const researcherRole = role('researcher');
export const viewerRole = role('viewer');

/** Values that only the holder of a credential may see. */
export const secrets = { secretAccessKey: 'secret-of-the-session', sessionToken: 'token-of-the-session' };

export interface IssuerFixture extends Issuer {
  readonly asked: SessionRequest[];
  readonly lines: string[];
  /** Runs when STS is asked, before it answers. */
  onAssume: (request: SessionRequest) => Promise<void>;
  /** What STS says of every session. */
  packedPolicySize: number | null;
  fullPolicies: number;
}

/** An issuer over the register of a fixture, with sessions that are made up. */
export function makeIssuer({ table, clock }: RegisterFixture): IssuerFixture {
  const asked: SessionRequest[] = [];
  const lines: string[] = [];
  const note = (message: string, fields?: object) => {
    lines.push(JSON.stringify([message, fields]));
  };
  const issuer: IssuerFixture = {
    table,
    clock,
    asked,
    lines,
    onAssume: async () => {},
    packedPolicySize: 41,
    fullPolicies: 0,
    countFullPolicy: () => {
      issuer.fullPolicies += 1;
    },
    log: { info: note, warn: note, error: note },
    sessions: {
      assume: async (request) => {
        asked.push(request);
        await issuer.onAssume(request);
        return {
          accessKeyId: 'ASIAEXAMPLE',
          ...secrets,
          expiration: new Date(clock.now().getTime() + request.durationSeconds * 1000),
          packedPolicySize: issuer.packedPolicySize,
        };
      },
    },
    collections: [chest, breast],
    roleOf: researcherRole,
    uidRoot,
    datastoreArn,
    place: { region: 'eu-west-2', dicomwebEndpoint: 'https://dicom.example', datastoreId },
  };
  return issuer;
}
