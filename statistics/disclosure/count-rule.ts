import { type CountWindow, protectCount, windowOf } from './protect-count';
import { publishCount, publishedWindow } from './published-count';
import type { ShownCount } from './shown-count.contract';

/** How a count is shown, and what is known of it from what is shown. */
export interface CountRule {
  readonly show: (count: number) => ShownCount;
  readonly windowOf: (shown: ShownCount) => CountWindow;
}

/** Counts that answer a question. */
export const answeredCounts: CountRule = { show: protectCount, windowOf };

/** Counts in the documents of a release. */
export const publishedCounts: CountRule = { show: publishCount, windowOf: publishedWindow };
