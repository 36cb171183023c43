import { httpRefusals } from './http-refusals.contract';
import { refusals } from './platform-error';

/** Makes a refusal that does not belong to a capability. */
export const refuseRequest = refusals(httpRefusals);
