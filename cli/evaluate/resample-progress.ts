import type { Output } from '../terminal/output';
import { count, duration } from '../terminal/text';

/** Time between two lines of progress. */
const lineIntervalMs = 10_000;

/** Tells on standard error, every ten seconds, how many resamples are done. */
export function resampleProgress(output: Output, resamples: number): (done: number) => void {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return (done) => {
    const now = performance.now();
    if (now - toldAt < lineIntervalMs || done === resamples) return;
    toldAt = now;
    const left = ((now - startedAt) / 1000 / done) * (resamples - done);
    output.remark(
      output.json
        ? JSON.stringify({ progress: 'Resampled', resamples: done, totalResamples: resamples })
        : `Resampled ${count(done)} of ${count(resamples)}, ${duration(left)} left`,
    );
  };
}
