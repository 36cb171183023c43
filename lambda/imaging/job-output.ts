import * as z from 'zod';

/** What an import job of HealthImaging leaves in its output folder. */

/** Python writes its booleans with a capital; AWS's own samples of the files show both spellings. */
const writtenBoolean = z.union([
  z.boolean(),
  z.enum(['True', 'true', 'False', 'false']).transform((text) => text.toLowerCase() === 'true'),
]);

/** A line of `SUCCESS/success.ndjson`. */
export const successLine = z.object({
  inputFile: z.string(),
  importResponse: z.object({
    imageSetId: z.string(),
    /** Absent in output of before image sets knew the word: then every set was primary. */
    isPrimary: writtenBoolean.default(true),
  }),
});

/** A line of `FAILURE/failure.ndjson`. */
export const failureLine = z.object({
  inputFile: z.string(),
  exception: z.object({ exceptionType: z.string() }),
});

/** A line of `WARNING/warning.ndjson`, without the messages: they may hold a value of the file. */
export const warningLine = z.object({
  inputFile: z.string(),
  warnings: z.array(z.object({ warning_reason_code: z.string().regex(/^\w{1,64}$/) })),
});

/** `job-output-manifest.json`. */
export const jobOutputManifest = z.object({
  jobSummary: z.object({
    numberOfScannedFiles: z.coerce.number().int(),
    numberOfImportedFiles: z.coerce.number().int(),
    numberOfFilesWithCustomerError: z.coerce.number().int(),
    numberOfFilesWithServerError: z.coerce.number().int(),
  }),
});

export type SuccessLine = z.infer<typeof successLine>;
export type FailureLine = z.infer<typeof failureLine>;
export type WarningLine = z.infer<typeof warningLine>;
export type JobSummary = z.infer<typeof jobOutputManifest>['jobSummary'];

/** A value that Python printed as a literal within JSON: `True` outside of strings becomes `true`. */
function repairLiterals(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|\b(True|False|None)\b/g, (match: string, literal?: string) => {
    if (literal === undefined) return match;
    return literal === 'None' ? 'null' : literal.toLowerCase();
  });
}

/** The lines of an NDJSON file through a schema. */
export function readLines<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema>[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => schema.parse(JSON.parse(repairLiterals(line))));
}
