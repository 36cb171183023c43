import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { count } from './text';

/** `about 9,920`, `fewer than 8`. */
export const aboutText = (shown: ShownCount): string =>
  shown.kind === 'shown' ? `about ${count(shown.value)}` : 'fewer than 8';
