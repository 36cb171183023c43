import { refusals } from '../platform/platform-error';
import { lakeRefusals } from './lake-refusals.contract';
import { QueryError } from './query-error';

const refuse = refusals(lakeRefusals);

/** A lake that is busy is no fault of the request: it may come again. */
export const catalogueBusy = (): Error => refuse('CATALOGUE_BUSY');

/**
 * Does work that asks the lake on behalf of a request.
 * @throws PlatformError `CATALOGUE_BUSY` where the lake is slow, or its files were replaced at every attempt
 */
export async function answerInTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof QueryError && (error.reason === 'TIMED_OUT' || error.reason === 'FILES_CHANGED'))
      throw catalogueBusy();
    throw error;
  }
}
