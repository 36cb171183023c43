import * as z from 'zod';

/**
 * Fields that have two forms: the one that can be submitted, and the one that a draft may hold, in which anything may be
 * missing or unfinished. One source for both, so that what saves as a draft can always be completed.
 */
export interface Field<Complete extends z.ZodType = z.ZodType, Draft extends z.ZodType = z.ZodType> {
  readonly complete: Complete;
  readonly draft: Draft;
}

type Fields = Readonly<Record<string, Field>>;
type CompleteShape<Of extends Fields> = { [Name in keyof Of]: Of[Name]['complete'] };
type DraftShape<Of extends Fields> = { [Name in keyof Of]: z.ZodOptional<Of[Name]['draft']> };

/** A text of so many characters, without blanks around it. */
export function text(least: number, most: number) {
  return { complete: z.string().trim().min(least).max(most), draft: z.string().max(most) };
}

/** A text that may be left out. */
export function optionalText(most: number) {
  return { complete: z.string().trim().min(1).max(most).optional(), draft: z.string().max(most) };
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return { complete: z.enum(values), draft: z.enum(values) };
}

/** Some of the values, each once. */
export function someOf<const Values extends readonly [string, ...string[]]>(values: Values, least = 1) {
  const list = z
    .array(z.enum(values))
    .max(values.length)
    .refine((chosen) => new Set<string>(chosen).size === chosen.length, 'each once');
  return { complete: list.min(least), draft: list };
}

export function yesOrNo() {
  return { complete: z.boolean(), draft: z.boolean() };
}

/** A statement that must be accepted. */
export function accepted() {
  return { complete: z.literal(true, 'this must be accepted'), draft: z.boolean() };
}

/** Short texts, one an entry; none is an answer too where `least` is 0. */
export function listOfTexts(least: number, most: number, length: number) {
  return {
    complete: z.array(z.string().trim().min(1).max(length)).min(least).max(most),
    draft: z.array(z.string().max(length)).max(most),
  };
}

/** Entries of some fields each. */
export function listOf<Of extends Fields>(fields: Of, least: number, most: number) {
  const { complete, draft } = section(fields);
  return { complete: z.array(complete).min(least).max(most), draft: z.array(draft).max(most) };
}

/** Fields under one name. */
export function section<Of extends Fields>(
  fields: Of,
): Field<z.ZodObject<CompleteShape<Of>, z.core.$strict>, z.ZodObject<DraftShape<Of>, z.core.$strict>> {
  const complete = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.complete]));
  const draft = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.draft.optional()]),
  );
  // Object.fromEntries loses the names.
  return {
    complete: z.strictObject(complete as CompleteShape<Of>),
    draft: z.strictObject(draft as DraftShape<Of>),
  };
}
