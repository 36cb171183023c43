import { refusals } from '../platform/platform-error';
import { revocationRefusals } from './revocation-refusals.contract';

export const refuseRevocation = refusals(revocationRefusals);
