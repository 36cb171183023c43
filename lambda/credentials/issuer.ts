import type { Clock } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { Log } from '../platform/log';
import type { CollectionRoleOf } from '../platform/name-templates.contract';
import type { RegisterTable } from '../register/register-table';
import type { CredentialsResponse } from './credentials.contract';
import type { SessionMaker } from './session-maker';

/** Everything that the issue of credentials needs. */
export interface Issuer {
  readonly table: RegisterTable;
  readonly clock: Clock;
  readonly sessions: SessionMaker;
  readonly log: Log;
  /** Told of each session whose policy nearly fills what STS takes. */
  readonly countFullPolicy: () => void;
  readonly collections: readonly CollectionConfiguration[];
  readonly roleOf: CollectionRoleOf;
  readonly uidRoot: string;
  readonly datastoreArn: string;
  /** What the researcher needs beside the credential. */
  readonly place: Pick<CredentialsResponse, 'region' | 'dicomwebEndpoint' | 'datastoreId'>;
}
