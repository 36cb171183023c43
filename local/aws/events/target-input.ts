/** What a target receives: the event, a constant, a part of the event, or a text made from parts of it. */
export type TargetInput =
  | { readonly kind: 'event' }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'template';
      readonly paths: Readonly<Record<string, string>>;
      readonly template: string;
    };

/** Value at a path such as `$.detail.jobId`; `undefined` where the event has none. */
function valueAt(event: unknown, path: string): unknown {
  let value: unknown = event;
  for (const name of path.split('.').slice(1)) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}

/**
 * Fills an input template. `<name>` inside quotes becomes the value's text, elsewhere its JSON; a value that the event
 * lacks becomes an empty text.
 */
function fillTemplate(template: string, paths: Readonly<Record<string, string>>, event: unknown): unknown {
  let quoted = false;
  const filled = template.replace(/\\"|"|<([^<>]+)>/g, (whole, name: string | undefined) => {
    if (whole === '"') quoted = !quoted;
    if (name === undefined) return whole;
    const path = paths[name];
    if (path === undefined) return whole;
    const value = valueAt(event, path) ?? '';
    if (!quoted) return JSON.stringify(value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
  return JSON.parse(filled) as unknown;
}

/** What the target gets of an event. */
export function targetPayload(input: TargetInput, event: unknown): unknown {
  switch (input.kind) {
    case 'event':
      return event;
    case 'constant':
      return input.value;
    case 'path':
      return valueAt(event, input.path);
    case 'template':
      return fillTemplate(input.template, input.paths, event);
  }
}
