import * as z from 'zod';
import { gateFinding } from '../../statistics/representativeness/gate.contract';

/** `releases/<release>/gate.json`: groups that are not shown to be represented as the configuration asks. */
export const gateFile = z.object({ findings: z.array(gateFinding) });
