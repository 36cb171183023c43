/** Schedule expressions of EventBridge rules: `rate(5 minutes)` and `cron(0 2 * * ? *)`, in UTC. */

/** When a rule runs next. */
export interface Schedule {
  next(after: Date): Date;
}

/** An expression that EventBridge, or this platform, does not accept. */
export class InvalidSchedule extends Error {
  override readonly name = 'InvalidSchedule';
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Fields of a cron expression with the numbers they may take. Days of the week count from 1, Sunday. */
const fields = [
  { name: 'minutes', least: 0, most: 59, names: [] },
  { name: 'hours', least: 0, most: 23, names: [] },
  { name: 'day of month', least: 1, most: 31, names: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of week', least: 1, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
  { name: 'year', least: 1970, most: 2199, names: [] },
] as const;

type Field = (typeof fields)[number];

function numberIn(field: Field, text: string): number {
  const name = (field.names as readonly string[]).indexOf(text.toUpperCase());
  const value = name >= 0 ? name + field.least : Number(text);
  if (!/^\d+$/.test(text) && name < 0)
    throw new InvalidSchedule(`${text} is not known in the field ${field.name}`);
  if (value < field.least || value > field.most) {
    throw new InvalidSchedule(`${field.name} lies between ${field.least} and ${field.most}`);
  }
  return value;
}

function parseField(field: Field, text: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range.split('-');
    const all = first === '*' || first === '?';
    const from = all ? field.least : numberIn(field, first);
    const open = all || (step !== undefined && last === undefined);
    const to = last !== undefined ? numberIn(field, last) : open ? field.most : from;
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw new InvalidSchedule(`${part} has no step`);
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

function parseCron(expression: string): Schedule {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== fields.length) throw new InvalidSchedule('cron takes six fields');
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = fields.map((field, index) =>
    parseField(field, texts[index] ?? ''),
  ) as [
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
  ];
  const fits = (time: Date): boolean =>
    years.has(time.getUTCFullYear()) &&
    months.has(time.getUTCMonth() + 1) &&
    daysOfMonth.has(time.getUTCDate()) &&
    daysOfWeek.has(time.getUTCDay() + 1);
  return {
    next: (after) => {
      const time = new Date(Math.floor(after.getTime() / 60_000) * 60_000 + 60_000);
      // Four years hold every day that can be named, 29 February included.
      const end = time.getTime() + 4 * 366 * 86_400_000;
      while (time.getTime() < end) {
        if (!fits(time)) time.setUTCHours(24, 0, 0, 0);
        else if (!hours.has(time.getUTCHours())) time.setUTCMinutes(60, 0, 0);
        else if (!minutes.has(time.getUTCMinutes())) time.setUTCMinutes(time.getUTCMinutes() + 1, 0, 0);
        else return time;
      }
      throw new InvalidSchedule(`cron(${expression}) never comes`);
    },
  };
}

/** @throws InvalidSchedule */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const milliseconds = Number(rate[1]) * (unitMilliseconds[rate[2] ?? ''] ?? 0);
    if (milliseconds === 0) throw new InvalidSchedule('a rate is at least one minute');
    return { next: (after) => new Date(after.getTime() + milliseconds) };
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1];
  if (cron === undefined) throw new InvalidSchedule(`${expression} is neither rate(…) nor cron(…)`);
  return parseCron(cron);
}
