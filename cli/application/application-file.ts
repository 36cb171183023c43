import * as z from 'zod';
import { type ApplicationDraft, applicationDraft } from '../../lambda/register/application-content.contract';
import { type AssessmentDraft, impactAssessment } from '../../lambda/register/impact-assessment.contract';
import { readJsonFile } from '../terminal/json-file';

/** A form with every question and no answer: null where one of some values is to be chosen. */
export function blankForm(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodOptional) return blankForm(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodDefault) return schema.parse(undefined);
  if (schema instanceof z.ZodObject) {
    const shape: Record<string, z.ZodType> = schema.shape;
    return Object.fromEntries(Object.entries(shape).map(([name, each]) => [name, blankForm(each)]));
  }
  if (schema instanceof z.ZodString) return '';
  return schema instanceof z.ZodArray ? [] : null;
}

/** The value without members that hold no answer. */
function answersOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(answersOf);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, each]) => each !== null && each !== '');
  return Object.fromEntries(given.map(([name, each]) => [name, answersOf(each)]));
}

function readForm<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  return readJsonFile(path, z.preprocess(answersOf, schema));
}

/** @throws CommandError (exit 2) that names the fields which cannot even stand in a draft */
export function readApplicationFile(path: string): Promise<ApplicationDraft> {
  return readForm(path, applicationDraft);
}

/** @throws CommandError (exit 2) that names the fields which cannot even stand in a draft */
export function readAssessmentFile(path: string): Promise<AssessmentDraft> {
  return readForm(path, impactAssessment.draft);
}

export const forms = {
  application: () => blankForm(applicationDraft),
  assessment: () => blankForm(impactAssessment.draft),
};
