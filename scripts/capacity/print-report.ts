import { sum, summarise } from './cost/cost-lines';
import type { ExampleCost } from './cost/examples';
import { largeFileNetworkUsd, largeFileUsd } from './cost/large-files';
import { prices } from './cost/prices';
import type { LimitReport, Quantiles, ScenarioReport } from './scenarios/scenario-report';

type Row = readonly string[];

function table(rows: readonly Row[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  const line = (row: Row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return rows.map(line).join('\n');
}

const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
const plain = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 2 });
const percent = (share: number | null) => (share === null ? '' : `${(share * 100).toFixed(1)} %`);
const usd = (value: number) => `$${value.toFixed(6)}`;

/** `4.6 d`, `3.2 h`, `5.1 min`, `12.0 s` */
export function duration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${(seconds / 86_400).toFixed(1)} d`;
  if (seconds >= 2 * 3_600) return `${(seconds / 3_600).toFixed(1)} h`;
  if (seconds >= 120) return `${(seconds / 60).toFixed(1)} min`;
  return `${seconds.toFixed(1)} s`;
}

const quantiles = ({ p50, p99 }: Quantiles): [string, string] => [duration(p50), duration(p99)];

function limitRow({ limit, quota, usedShare, mostAtOnce, waitHours, longestWaitSeconds }: LimitReport): Row {
  return [
    limit,
    quota,
    percent(usedShare),
    mostAtOnce === null ? '' : whole(mostAtOnce),
    waitHours.toFixed(1),
    longestWaitSeconds === null ? '' : duration(longestWaitSeconds),
  ];
}

/** A scenario's report as text. */
export function reportText(report: ScenarioReport): string {
  const { backlog, costPerUnit, unit } = report;
  const units = unit === 'study' ? 'studies' : 'image sets';
  const entries = (record: Readonly<Record<string, string | number>>) =>
    Object.entries(record).map(([name, value]) => [name, typeof value === 'number' ? plain(value) : value]);
  const paidFor =
    unit === 'study' ? `Cost of one ${unit}, ingest and first month` : `Cost of one ${unit}, its deletion`;
  return [
    `Scenario ${report.scenario}, ${report.quotas} quotas, seed ${report.seed}`,
    table(entries(report.assumed)),
    'Arrived',
    table(Object.entries(report.arrived).map(([name, value]) => [name, whole(value)])),
    `Ended: ${whole(report.finished)} ${units}, the last after ${duration(report.lastEndSeconds)}.`,
    `Backlog in ${units}`,
    table([
      ['at the end of the arrivals', whole(backlog.atEndOfArrivals)],
      ['most', whole(backlog.most)],
      ['mean', whole(backlog.mean)],
      ...Object.entries(report.mostByStage).map(([stage, most]) => [`most, ${stage}`, whole(most)]),
    ]),
    `Delay of ${units}`,
    table([
      ['', 'p50', 'p99'],
      ['to the end', ...quantiles(report.delay)],
      ['without the opt-out service', ...quantiles(report.ownDelay)],
    ]),
    'Limits',
    table([
      ['limit', 'quota', 'used', 'most at once', 'hours waited, all', 'longest wait'],
      ...report.limits.map(limitRow),
    ]),
    `Binds: ${report.binds ?? 'none'}`,
    ...(Object.keys(report.watch).length === 0 ? [] : ['To watch', table(entries(report.watch))]),
    paidFor,
    table([
      ...costPerUnit.parts.map(({ part, usd: amount }) => [part, usd(amount)]),
      ['sum', usd(costPerUnit.total)],
    ]),
  ].join('\n');
}

function shareText(mostCompressedShare: number): string {
  if (mostCompressedShare >= 1) return 'it is met whatever share of the bytes is billed';
  return `it is met while at most ${percent(mostCompressedShare)} of the bytes are billed`;
}

/** The sum of an example, every line of it, as text. */
export function exampleText(cost: ExampleCost): string {
  const { example, lines, scanning, later } = cost;
  const verdict = (met: boolean) => (met ? 'met' : 'NOT met');
  const target = `target $${example.targetUsd}`;
  return [
    `${example.name}, ${cost.alone ? 'alone in its submission' : 'among others'}: ingest and first month`,
    table([
      ['part', 'what', 'quantity', 'unit', 'USD a unit', 'USD', 'quantity is'],
      ...lines.map((line) => [
        line.part,
        line.what,
        line.quantity.toPrecision(4),
        line.unit,
        line.unitUsd.toPrecision(4),
        line.usd.toFixed(7),
        line.basis,
      ]),
      ['sum', '', '', '', '', cost.usd.toFixed(7), ''],
    ]),
    `  by part: ${summarise(lines, 1)
      .parts.map(({ part, usd: amount }) => `${part} ${usd(amount)}`)
      .join(', ')}`,
    `  ${usd(cost.usd)}: ${target} ${verdict(cost.met)}`,
    `  ${usd(cost.uncompressedUsd)} if HealthImaging cannot compress: ${target} ${verdict(cost.uncompressedMet)}; ${shareText(cost.mostCompressedShare)}`,
    `  with malware scanning (an option): ${usd(sum(scanning))} more, ${usd(cost.usd + sum(scanning))} in all`,
    `  if AWS counts the start of each Express child as a transition: ${usd(cost.childTransitionsUsd)} more`,
    `  after the first month: ${usd(sum(later.once))} once, ${usd(sum(later.monthly))} a month unread`,
  ].join('\n');
}

/** What the branch for large files costs, which is in none of the studies above. */
export function largeFilesText(): string {
  const files = [2e9, 5e9, 10e9].map((bytes) => `${bytes / 1e9} GB ${usd(largeFileUsd(bytes))}`);
  return [
    'Large files, in containers (pipeline.largeFiles: fargate)',
    `  network, a month: ${usd(largeFileNetworkUsd())}`,
    `  container of a file: ${files.join(', ')}`,
  ].join('\n');
}

/** The prices that the sums use, as text. */
export function pricesText(): string {
  return [
    'Prices: list prices, not read from a live price list',
    table(
      Object.values(prices).map(({ usd: price, per, region, source }) => [
        price.toPrecision(4),
        per,
        region,
        source,
      ]),
    ),
  ].join('\n');
}
