import { refusals } from '../platform/platform-error';
import { registerRefusals } from './register-refusals.contract';

/** Makes a refusal of the register. */
export const refuseRegister = refusals(registerRefusals);
