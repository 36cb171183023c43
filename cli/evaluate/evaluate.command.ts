import { readFile, stat, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { evaluateScores, TooMuchToResample } from '../../statistics/fairness/evaluate-scores';
import type { ComparisonKind } from '../../statistics/fairness/evaluation';
import type { ScoredRow, ThresholdRule } from '../../statistics/fairness/evaluation-data';
import { showEvaluation } from '../../statistics/fairness/shown-evaluation';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { count, table, visibleName } from '../terminal/text';
import type { EvaluationContext } from './evaluation-notes';
import { evaluationText } from './evaluation-text';
import { type InputFault, inputFaultReasons } from './input-faults';
import { evaluationPage } from './page/evaluation-page';
import { readInput } from './read-input';
import { byteLimit } from './read-records';
import { resampleProgress } from './resample-progress';
import { plain } from './table-columns';
import { readThresholdsFile } from './thresholds-file';

interface ScoresOptions extends OutputOptions {
  readonly labels: string;
  readonly groups?: readonly string[];
  readonly intersections?: readonly (readonly [string, string])[];
  readonly id?: string;
  readonly threshold?: number;
  readonly thresholdsFile?: string;
  readonly scores: 'probability' | 'any';
  readonly compare: ComparisonKind;
  readonly seed: number;
  readonly resamples: number;
  readonly internal?: true;
  readonly html?: string;
}

/** Threshold of probabilities unless one is given. */
const usualThreshold = 0.5;

function parseThreshold(text: string): number {
  const threshold = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(threshold)) throw new InvalidArgumentError('Give a number.');
  return threshold;
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Give a whole number from ${count(least)} to ${count(most)}.`);
    return value;
  };
}

function parseNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  // a column that stood here twice would be tested twice, and Holm's correction count it twice
  if (names.some((name) => name === '') || new Set(names.map(plain)).size < names.length)
    throw new InvalidArgumentError('Give names of columns, each once, with commas between them.');
  return names;
}

function parsePair(
  text: string,
  before: readonly (readonly [string, string])[] | undefined,
): readonly (readonly [string, string])[] {
  const [first, second, ...others] = parseNames(text);
  if (first === undefined || second === undefined || others.length > 0)
    throw new InvalidArgumentError('Give two columns with a comma between them.');
  const columnsOf = (pair: readonly [string, string]) => pair.map(plain).sort().join();
  if (before?.some((pair) => columnsOf(pair) === columnsOf([first, second])))
    throw new InvalidArgumentError('Give each pair of columns once, in whatever order.');
  return [...(before ?? []), [first, second]];
}

/** The bytes of a table; of one that is too large only so many that it is seen to be. */
async function readBytes(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile())
    throw new CommandError(`Cannot use ${visibleName(path)}: it is no file.`, exitCode.usage, {
      code: 'FILE_NOT_USABLE',
      fix: 'Name a CSV.',
    });
  return found.size > byteLimit ? Buffer.alloc(byteLimit + 1) : readFile(path);
}

function faultsText(faults: readonly InputFault[]): string {
  const rows = faults.map(({ table: name, code, column, expected, count: times, lines }) => {
    const listed = lines.map((line) => count(line)).join(', ');
    return [
      name,
      listed === '' ? 'file' : `line ${listed}${times > lines.length ? ', …' : ''}`,
      column === null ? '' : visibleName(column),
      `${count(times)} ×`,
      code,
      `${inputFaultReasons[code].happened} Expected: ${visibleName(expected)}`,
    ];
  });
  const fixes = [...new Set(faults.map(({ code }) => code))].map(
    (code) => `${code}: ${inputFaultReasons[code].fix}`,
  );
  return [table(rows), '', ...fixes].join('\n');
}

/** Prints all that is wrong with the tables, and gives the error to end with. */
function inputRefusal(output: Output, faults: readonly InputFault[]): CommandError {
  const listed = faults.map((fault) => ({ ...fault, ...inputFaultReasons[fault.code] }));
  output.result(faultsText(faults), { faults: listed });
  return new CommandError('The tables cannot be judged as they are.', exitCode.usage, {
    code: 'EVALUATION_INPUT_INVALID',
    fix: 'Correct what is listed, then run the same command again.',
  });
}

async function thresholdRule(options: ScoresOptions): Promise<ThresholdRule | null> {
  const { threshold, thresholdsFile, scores } = options;
  if (thresholdsFile !== undefined) return readThresholdsFile(thresholdsFile);
  if (threshold !== undefined) return { kind: 'one', threshold };
  return scores === 'any' ? null : { kind: 'one', threshold: usualThreshold };
}

/** The attributes that options name and the evaluation does not have. */
function checkAttributes(
  attributes: readonly string[],
  rule: ThresholdRule | null,
  intersections: readonly (readonly [string, string])[],
): void {
  const asked = [...intersections.flat(), ...(rule?.kind === 'by group' ? [rule.attribute] : [])];
  const missing = asked.filter((name) => !attributes.includes(name));
  if (missing.length > 0)
    throw new CommandError(
      `${missing.map(visibleName).join(', ')}: not among the groups that are judged.`,
      exitCode.usage,
      { code: 'EVALUATION_ATTRIBUTE_UNKNOWN', fix: `Name it in --groups too.` },
    );
}

/** A threshold that no score can reach, or thresholds of values that no row has: all figures would be of another model. */
function checkThresholds(
  output: Output,
  rule: ThresholdRule | null,
  areProbabilities: boolean,
  rows: readonly ScoredRow[],
  attributes: readonly string[],
): void {
  if (rule === null) return;
  if (rule.kind === 'one') {
    if (!areProbabilities || (rule.threshold >= 0 && rule.threshold <= 1)) return;
    throw new CommandError('The threshold is below 0 or above 1.', exitCode.usage, {
      code: 'EVALUATION_THRESHOLD_RANGE',
      fix: 'Give the threshold of a probability, or add --scores any where scores are other numbers.',
    });
  }
  const index = attributes.indexOf(rule.attribute);
  const there = new Set(rows.map(({ groups }) => groups[index]));
  const unused = [...rule.thresholds.keys()].filter((value) => !there.has(value));
  if (unused.length === 0) return;
  const listed = unused.slice(0, 20).map(visibleName).join(', ');
  if (unused.length === rule.thresholds.size)
    throw new CommandError(
      `No row has a value of ${rule.attribute} for which there is a threshold.`,
      exitCode.usage,
      {
        code: 'EVALUATION_THRESHOLDS_UNUSED',
        detail: `Thresholds are given for ${listed}.`,
        fix: 'Write the values as they stand in the labels, letters large and small alike.',
      },
    );
  output.remark(`No row has these values, for which there are thresholds: ${listed}.`);
}

function thresholdText(rule: ThresholdRule | null): string | null {
  if (rule === null) return null;
  if (rule.kind === 'one') return String(rule.threshold);
  const each = [...rule.thresholds].map(([value, threshold]) => `${threshold} for ${value}`);
  return `${[...each, `${rule.otherwise} for others`].join(', ')} (by ${rule.attribute})`;
}

/** @throws CommandError (exit 2) where there is too much to resample */
function evaluated(...judged: Parameters<typeof evaluateScores>): ReturnType<typeof evaluateScores> {
  try {
    return evaluateScores(...judged);
  } catch (error) {
    if (!(error instanceof TooMuchToResample)) throw error;
    throw new CommandError('There are too many groups for so many resamples.', exitCode.usage, {
      code: 'EVALUATION_TOO_MUCH_TO_RESAMPLE',
      detail: `${count(error.groups)} groups allow ${count(error.mostResamples)} resamples.`,
      fix: 'Ask for fewer --resamples, fewer --groups or fewer --intersections.',
    });
  }
}

async function scores(output: Output, file: string, options: ScoresOptions): Promise<undefined> {
  const { groups, id, intersections = [], compare, seed, resamples } = options;
  const areProbabilities = options.scores === 'probability';
  const rule = await thresholdRule(options);
  const input = readInput(await readBytes(file), await readBytes(options.labels), {
    id,
    groups,
    areProbabilities,
  });
  if (!input.valid) throw inputRefusal(output, input.faults);
  const { rows, attributes } = input;
  checkAttributes(attributes, rule, intersections);
  checkThresholds(output, rule, areProbabilities, rows, attributes);
  const evaluation = evaluated(
    rows,
    { attributes, intersections, threshold: rule, areProbabilities, compareWith: compare, seed, resamples },
    resampleProgress(output, resamples),
  );
  const shown = showEvaluation(evaluation, options.internal ? 'internal' : 'safe');
  const context: EvaluationContext = { threshold: thresholdText(rule), areProbabilities };
  if (options.html !== undefined) {
    await writeFile(options.html, evaluationPage(shown, context));
    output.remark(`Written: ${visibleName(options.html)}`);
  }
  output.result(evaluationText(shown, context), { ...context, ...shown });
}

export function evaluateCommand(): Command {
  const command = new Command('evaluate').description(
    'Judge a model on this machine; nothing is sent anywhere. How to read the figures: docs/fairness.md.',
  );
  command
    .command('scores')
    .description('Judge scores against labels, as a whole and by group, with intervals and gaps.')
    .argument('<predictions>', 'CSV with an id and a score in each row')
    .requiredOption('--labels <file>', 'CSV with id, patient, label (0 or 1) and columns of groups')
    .option(
      '--groups <columns>',
      'columns of the labels to judge by, with commas between them (default: those of the usual ones that are there)',
      parseNames,
    )
    .option('--intersections <columns>', 'two of them, judged together; may be repeated', parsePair)
    .option('--id <column>', 'column of the ids (default: id, or an instance UID)')
    .addOption(
      new Option('--threshold <score>', `scores from here on are flagged (default: ${usualThreshold})`)
        .argParser(parseThreshold)
        .conflicts('thresholdsFile'),
    )
    .option('--thresholds-file <file>', 'JSON with a threshold for each value of one attribute')
    .addOption(
      new Option('--scores <kind>', 'what scores are: any numbers are not judged for calibration')
        .choices(['probability', 'any'])
        .default('probability'),
    )
    .addOption(
      new Option('--compare <with>', 'what a group is compared with')
        .choices(['rest', 'largest'])
        .default('rest'),
    )
    .option('--seed <n>', 'seed of the resamples', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--resamples <n>', 'bootstrap resamples of patients', wholeNumber(100, 100_000), 2000)
    .option('--internal', 'exact counts, which must stay inside the environment')
    .option('--html <file>', 'also write a page with tables and plots')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((file: string, options: ScoresOptions) =>
      runCommand(options, (output) => scores(output, file, options)),
    );
  return command;
}
