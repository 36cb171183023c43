import type { Output } from './output';
import { count, duration, size } from './text';

/** Time between two lines of progress where there is no terminal. */
const lineIntervalMs = 10_000;

export interface Progress {
  /** Adds files and bytes that are done. */
  advance(files: number, bytes: number): void;
  stop(): void;
}

const silent: Progress = { advance: () => {}, stop: () => {} };

/** Files and bytes on the way: a bar on a terminal, a line every ten seconds elsewhere, nothing when quiet. */
export async function startProgress(
  output: Output,
  label: string,
  total: { readonly files: number; readonly bytes: number },
): Promise<Progress> {
  if (output.quiet || total.files === 0) return silent;
  return process.stderr.isTTY && !output.json ? bar(label, total) : lines(output, label, total);
}

function rates(
  total: { bytes: number },
  doneBytes: number,
  startedAt: number,
): { rate: number; left: number } {
  const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
  const rate = doneBytes / seconds;
  return { rate, left: rate > 0 ? (total.bytes - doneBytes) / rate : 0 };
}

async function bar(label: string, total: { files: number; bytes: number }): Promise<Progress> {
  const { SingleBar } = await import('cli-progress');
  const startedAt = performance.now();
  let files = 0;
  let bytes = 0;
  const view = () => {
    const { rate, left } = rates(total, bytes, startedAt);
    return {
      files: `${count(files)}/${count(total.files)} files`,
      bytes: `${size(bytes)}/${size(total.bytes)}`,
      rate: `${size(rate)}/s`,
      left: duration(left),
    };
  };
  const single = new SingleBar({
    format: `${label}  [{bar}]  {files}  {bytes}  {rate}  ETA {left}`,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    barsize: 24,
    hideCursor: true,
    stream: process.stderr,
    gracefulExit: false,
  });
  single.start(Math.max(1, total.bytes), 0, view());
  return {
    advance: (doneFiles, doneBytes) => {
      files += doneFiles;
      bytes += doneBytes;
      single.update(bytes, view());
    },
    stop: () => single.stop(),
  };
}

function lines(output: Output, label: string, total: { files: number; bytes: number }): Progress {
  const startedAt = performance.now();
  let files = 0;
  let bytes = 0;
  const timer = setInterval(() => {
    const { rate, left } = rates(total, bytes, startedAt);
    const done = `${count(files)} of ${count(total.files)} files, ${size(bytes)} of ${size(total.bytes)}`;
    output.remark(
      output.json
        ? JSON.stringify({ progress: label, files, totalFiles: total.files, bytes, totalBytes: total.bytes })
        : `${label} ${done}, ${size(rate)}/s, ${duration(left)} left`,
    );
  }, lineIntervalMs);
  timer.unref();
  return {
    advance: (doneFiles, doneBytes) => {
      files += doneFiles;
      bytes += doneBytes;
    },
    stop: () => clearInterval(timer),
  };
}
