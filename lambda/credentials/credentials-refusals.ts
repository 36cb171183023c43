import { refusals } from '../platform/platform-error';
import { credentialsRefusals } from './credentials-refusals.contract';

/** Makes a refusal of a credential. */
export const refuseCredentials = refusals(credentialsRefusals);
