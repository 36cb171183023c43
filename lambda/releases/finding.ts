/** Something in a document that its standard does not allow. */
export interface Finding {
  /** Section, shape or keyword of the standard. */
  readonly rule: string;
  /** Where in the document: `/distribution/0/sha256`. */
  readonly path: string;
  readonly message: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value or several as several; none where it is absent. */
export const allOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Values of `@type`. */
export const typesOf = (node: JsonObject): readonly unknown[] => allOf(node['@type']);
