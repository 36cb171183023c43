import * as z from 'zod';
import { drawnStratum, type StratifyingAttribute } from '../../lambda/splits/evaluation-set.contract';
import { CommandError } from '../terminal/exit-code';
import { stratumName } from './stratum-text';

const quotasNotMet = z.object({ strata: z.array(drawnStratum).min(1) });
const usesExhausted = z.object({ uses: z.number().int(), limit: z.number().int() });

/** A refusal with the figures that the service sent beside it: which strata are short, how many uses there were. */
export function explained(error: unknown, stratify: readonly StratifyingAttribute[]): unknown {
  if (!(error instanceof CommandError)) return error;
  const say = (detail: string) => new CommandError(error.message, error.exitCode, { ...error.hints, detail });
  const { code, problem } = error.hints;
  if (code === 'QUOTAS_NOT_MET') {
    const refused = quotasNotMet.safeParse(problem);
    if (!refused.success) return error;
    return say(
      refused.data.strata
        .map(({ group, pool, minimum }) => `${stratumName(stratify, group)}: ${pool} of at least ${minimum}`)
        .join('\n'),
    );
  }
  if (code === 'USES_EXHAUSTED') {
    const refused = usesExhausted.safeParse(problem);
    if (refused.success) return say(`Used ${refused.data.uses} times; ${refused.data.limit} are allowed.`);
  }
  return error;
}
