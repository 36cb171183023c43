import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { instant } from '../register/identifiers.contract';

/** `RELEASES` / `WITHDRAWN#<release>`: studies of a release that were withdrawn since. */
export const withdrawnCountRecord = z.object({ studies: shownCount, countedAt: instant });
