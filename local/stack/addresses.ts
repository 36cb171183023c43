import type { Assembly, AssemblyStack } from './assembly';

/**
 * Replaces addresses in every text of the templates: the configuration says where the platform stands by default, and
 * another port changes what the functions are told.
 * @param replacements address in the assembly → address in use
 */
export function withAddresses(assembly: Assembly, replacements: ReadonlyMap<string, string>): Assembly {
  const changes = [...replacements].filter(([from, to]) => from !== to);
  if (changes.length === 0) return assembly;
  const replaced = (stack: AssemblyStack): AssemblyStack => {
    // Two steps, so that an address that is put in is not replaced again.
    let json = JSON.stringify(stack.template);
    changes.forEach(([from], index) => {
      json = json.replaceAll(from, `\u0000${index}\u0000`);
    });
    changes.forEach(([, to], index) => {
      json = json.replaceAll(`\u0000${index}\u0000`, to);
    });
    return { ...stack, template: JSON.parse(json) as AssemblyStack['template'] };
  };
  return { ...assembly, stacks: assembly.stacks.map(replaced) };
}

/** Gives an environment variable another value in every function that has it. */
export function withVariable(assembly: Assembly, name: string, value: string): Assembly {
  const replaced = (stack: AssemblyStack): AssemblyStack => {
    const template = structuredClone(stack.template);
    for (const { Type, Properties } of Object.values(template.Resources)) {
      const environment = Properties.Environment as { Variables?: Record<string, unknown> } | undefined;
      const variables = environment?.Variables;
      if (Type === 'AWS::Lambda::Function' && variables?.[name] !== undefined) variables[name] = value;
    }
    return { ...stack, template };
  };
  return { ...assembly, stacks: assembly.stacks.map(replaced) };
}

/** Values that the templates' policies compare a condition key with, such as `aws:SourceVpce`. */
export function conditionValues(assembly: Assembly, key: string): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === key) for (const text of [inner].flat()) if (typeof text === 'string') found.add(text);
      visit(inner);
    }
  };
  for (const stack of assembly.stacks) visit(stack.template.Resources);
  return [...found];
}

/** Value of an environment variable that the assembly's functions have in common; `undefined` where none has it. */
export function functionVariable(assembly: Assembly, name: string): string | undefined {
  for (const stack of assembly.stacks) {
    for (const resource of Object.values(stack.template.Resources)) {
      if (resource.Type !== 'AWS::Lambda::Function') continue;
      const environment = resource.Properties.Environment as
        | { Variables?: Record<string, unknown> }
        | undefined;
      const value = environment?.Variables?.[name];
      if (typeof value === 'string') return value;
    }
  }
  return undefined;
}
