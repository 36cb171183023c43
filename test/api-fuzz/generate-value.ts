import fc from 'fast-check';
import type { SeededRandom } from '../dicom/fuzz/seeded-random';
import type { ApiDescription, Schema } from './operations';

/** Ids that the platform gave, by their prefix: a request that names one of them gets further. */
export class KnownIds {
  private readonly byPrefix = new Map<string, string[]>();
  private readonly remembered = new Set<string>();

  /** Keeps every id in a text for good. */
  remember(text: string): void {
    for (const [id] of text.matchAll(/\b[a-z]-[0-9a-hjkmnp-tv-z]{26}\b/g)) this.remembered.add(id);
    this.learn(text);
  }

  /** Keeps the latest ids of answers. */
  learn(text: string): void {
    for (const [id = '', prefix = ''] of text.matchAll(/\b([a-z])-[0-9a-hjkmnp-tv-z]{26}\b/g)) {
      const known = this.byPrefix.get(prefix) ?? [];
      if (!known.includes(id)) this.byPrefix.set(prefix, [...known, id].slice(-20));
    }
  }

  of(prefix: string): readonly string[] {
    const kept = [...this.remembered].filter((id) => id.startsWith(`${prefix}-`));
    const latest = this.byPrefix.get(prefix) ?? [];
    // Half of the choices fall on what was made on purpose.
    return kept.length === 0
      ? latest
      : [...latest, ...Array.from(latest, (_, at) => kept[at % kept.length] ?? '')];
  }
}

const ordinaryTexts = ['chest', 'RX1', 'RY2', 'not-wanted', 'Ada Lovelace', 'x', '2026-11-29', ''];

/** Values that fit a JSON schema as `docs/openapi.json` uses it, seeded. */
export class ValueGenerator {
  constructor(
    private readonly description: ApiDescription,
    private readonly ids: KnownIds,
    private readonly random: SeededRandom,
  ) {}

  value(schema: Schema, depth = 0): unknown {
    const resolved = this.description.resolve(schema);
    const { type } = resolved;
    if ('const' in resolved) return resolved.const;
    if (Array.isArray(resolved.enum)) return this.random.pick(resolved.enum);
    const alternatives = (resolved.oneOf ?? resolved.anyOf) as Schema[] | undefined;
    if (alternatives) return this.value(this.random.pick(alternatives), depth);
    if (Array.isArray(resolved.allOf))
      return Object.assign({}, ...resolved.allOf.map((each) => this.value(each as Schema, depth) as object));
    if (type === 'object') return this.object(resolved, depth);
    if (type === 'array') return this.array(resolved, depth);
    if (type === 'string') return this.text(resolved);
    if (type === 'integer' || type === 'number') return this.number(resolved);
    if (type === 'boolean') return this.random.chance(0.5);
    return null;
  }

  private object(schema: Schema, depth: number): Record<string, unknown> {
    const required = new Set((schema.required ?? []) as string[]);
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
    const chosen = properties.filter(
      ([name]) => required.has(name) || (depth < 5 && this.random.chance(0.5)),
    );
    return Object.fromEntries(chosen.map(([name, member]) => [name, this.value(member, depth + 1)]));
  }

  private array(schema: Schema, depth: number): unknown[] {
    const least = Number(schema.minItems ?? 0);
    const length = Math.min(least + this.random.below(3), Number(schema.maxItems ?? 3));
    return Array.from({ length }, () => this.value((schema.items ?? {}) as Schema, depth + 1));
  }

  private number(schema: Schema): number {
    const least = Number(schema.minimum ?? 0);
    const most = Number(schema.maximum ?? 1_000_000);
    const near = this.random.pick([least, least + 1, most, least + this.random.below(100)]);
    return Math.min(Math.max(near, least), most);
  }

  private text(schema: Schema): string {
    const { pattern, format } = schema;
    if (format === 'date') return '2026-11-29';
    if (format === 'date-time') return '2026-11-29T12:00:00.000Z';
    if (format === 'uri') return 'https://example.org/';
    if (typeof pattern !== 'string')
      return this.random.pick(ordinaryTexts).slice(0, Number(schema.maxLength ?? 99));
    const known = this.ids.of(/^\^([a-z])-/.exec(pattern)?.[1] ?? '');
    if (known.length > 0 && this.random.chance(0.8)) return this.random.pick(known);
    const fitting = ordinaryTexts.filter((each) => new RegExp(pattern).test(each));
    if (fitting.length > 0 && this.random.chance(0.8)) return this.random.pick(fitting);
    const drawn = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: this.random.next(), numRuns: 1 });
    return (drawn[0] ?? '').slice(0, Number(schema.maxLength ?? 999));
  }
}
