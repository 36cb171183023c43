import { parseArgs } from 'node:util';
import { costOf, examples } from './capacity/cost/examples';
import { prices } from './capacity/cost/prices';
import { exampleText, largeFilesText, pricesText, reportText } from './capacity/print-report';
import type { QuotaSet } from './capacity/quotas';
import { type ScenarioName, scenarioNames, simulate } from './capacity/scenarios/scenarios';
import { readSettings, trustsOfEngland, withImportsAtOnce } from './capacity/settings';

const usage = `npm run capacity [-- OPTIONS]
  --scenario year|backfill|withdrawal|cost|all   what to compute (all)
  --quotas default|raised                        at which quotas (both)
  --seed N                                       of everything that chance decides (1)
  --env NAME                                     environment whose configuration is taken (example)
  --trusts N|configured                          trusts that send in the year (${trustsOfEngland})
  --interval-hours N                             a trust sends once in so many hours (4)
  --studies-per-submission N                     of the backfill (500)
  --days N                                       of the year (365)
  --clearance-hours N                            median of the opt-out service's answer; 0: at once (4)
  --imports-at-once N                            import jobs of a submission at once (as deployed)
  --json                                         the same as JSON`;

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new Error(`--${option} is one of ${names.join(', ')}; found ${value}.`);
  return found;
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number))
    throw new Error(`--${option} is a number above 0; found ${value}.`);
  return number;
}

function wholeNumber(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${option} is a whole number; found ${value}.`);
  return number;
}

/** Computes what the options ask for and prints it. */
function capacity(): void {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'all' },
      quotas: { type: 'string', default: 'both' },
      seed: { type: 'string', default: '1' },
      env: { type: 'string', default: 'example' },
      trusts: { type: 'string', default: String(trustsOfEngland) },
      'interval-hours': { type: 'string', default: '4' },
      'studies-per-submission': { type: 'string', default: '500' },
      days: { type: 'string', default: '365' },
      'clearance-hours': { type: 'string', default: '4' },
      'imports-at-once': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const wanted = oneOf('scenario', values.scenario, ['all', 'cost', ...scenarioNames]);
  const sets: readonly QuotaSet[] =
    values.quotas === 'both'
      ? ['default', 'raised']
      : [oneOf('quotas', values.quotas, ['default', 'raised'])];
  const deployed = readSettings(values.env);
  const importsAtOnce = values['imports-at-once'];
  const settings =
    importsAtOnce === undefined
      ? deployed
      : withImportsAtOnce(deployed, wholeNumber('imports-at-once', importsAtOnce));
  const trusts =
    values.trusts === 'configured' ? settings.configuredTrusts : wholeNumber('trusts', values.trusts);
  const common = {
    settings,
    seed: wholeNumber('seed', values.seed),
    trusts: positive('trusts', String(trusts)),
    days: positive('days', values.days),
    clearanceHours: wholeNumber('clearance-hours', values['clearance-hours']),
    intervalHours: positive('interval-hours', values['interval-hours']),
    studiesPerSubmission: positive(
      'studies-per-submission',
      String(wholeNumber('studies-per-submission', values['studies-per-submission'])),
    ),
  };
  const names: readonly ScenarioName[] = wanted === 'all' ? scenarioNames : wanted === 'cost' ? [] : [wanted];
  const scenarios = names.flatMap((name) =>
    sets.map((quotaSet) => {
      if (!values.json) console.error(`${name}, ${quotaSet} quotas …`);
      return simulate(name, { ...common, quotaSet, quotas: settings.quotas[quotaSet] });
    }),
  );
  const costs =
    wanted === 'all' || wanted === 'cost'
      ? examples.flatMap((example) => [false, true].map((alone) => costOf(example, alone, settings.shape)))
      : [];
  if (values.json) {
    console.log(JSON.stringify({ scenarios, costs, prices }, null, 2));
    return;
  }
  const texts = [...scenarios.map(reportText), ...costs.map(exampleText)];
  if (costs.length > 0) texts.push(largeFilesText(), pricesText());
  console.log(texts.join('\n\n'));
}

try {
  capacity();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 1;
}
