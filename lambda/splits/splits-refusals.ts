import { refusals } from '../platform/platform-error';
import { splitsRefusals } from './splits-refusals.contract';

/** Makes a refusal of evaluation sets and acknowledgements. */
export const refuseSplits = refusals(splitsRefusals);
