import * as z from 'zod';
import type { ThresholdRule } from '../../statistics/fairness/evaluation-data';
import { readJsonFile } from '../terminal/json-file';

/** Thresholds of a model that has one for each maker of scanners, say. */
const thresholdsFile = z.strictObject({
  /** Column of the labels. */
  attribute: z.string().min(1),
  /** Threshold by value of the attribute. */
  thresholds: z.record(z.string(), z.number()),
  /** For other values, and where it is not known. */
  otherwise: z.number(),
});

/** @throws CommandError (exit 2) where the file cannot be used */
export async function readThresholdsFile(path: string): Promise<ThresholdRule> {
  const { attribute, thresholds, otherwise } = await readJsonFile(path, thresholdsFile);
  return { kind: 'by group', attribute, thresholds: new Map(Object.entries(thresholds)), otherwise };
}
