import { refusals } from '../platform/platform-error';
import { historyRefusals } from './history-routes.contract';

export const refuseHistory = refusals(historyRefusals);
