import type { HeldClaim } from './drill-settings';
import { type EndedFile, outcomeProblems } from './expected-outcomes';
import { filePixels } from './file-bytes';
import { type HeldData, holdsPixels } from './held-data';
import type { PlannedFile, PlannedSubmission, SendingPlan } from './submission-plan';

/** A submission of which the receipt is there. */
export interface ReceivedSubmission {
  readonly submission: PlannedSubmission;
  readonly id: string;
  readonly files: readonly (EndedFile & { readonly ordinal: number })[];
}

export interface Findings {
  /** Files without exactly one end, or whose image is not where an imported one has to be. */
  readonly lost: readonly string[];
  /** What is there twice. */
  readonly doubled: readonly string[];
  /** Whatever else is not as it has to be: ends that the plan does not allow, and what nobody accounts for. */
  readonly wrong: readonly string[];
}

const ordinalText = (ordinal: number): string => String(ordinal).padStart(6, '0');

/** Values that come more than once. */
function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const value of values) (seen.has(value) ? again : seen).add(value);
  return [...again];
}

/** Both ways: what one list has and the other has not. */
function differences(what: string, expected: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  return [
    ...[...expected].filter((key) => !found.has(key)).map((key) => `${what} is absent: ${key}`),
    ...[...found].filter((key) => !expected.has(key)).map((key) => `${what} belongs to nobody: ${key}`),
  ];
}

type Imported = {
  readonly received: ReceivedSubmission;
  readonly ordinal: number;
  readonly file: PlannedFile;
};

/** Each imported file: one row, one instance with its pixels, one claim. */
async function judgeImported(
  plan: SendingPlan,
  imported: readonly Imported[],
  held: HeldData,
  claims: readonly HeldClaim[],
): Promise<string[]> {
  const lost: string[] = [];
  const rows = new Map(held.rows.map((row) => [`${row.submission} ${row.ordinal}`, row]));
  const instances = new Map(held.instances.map((each) => [each.sopInstanceUid, each]));
  const claimed = new Map(claims.map((claim) => [claim.sopInstanceUid, claim]));
  for (const { received, ordinal, file } of imported) {
    const where = `${received.id} file ${ordinal}`;
    const row = rows.get(`${received.id} ${ordinal}`);
    if (row === undefined) {
      lost.push(`${where}: imported, and no row names it`);
      continue;
    }
    const instance = instances.get(row.sopInstanceUid);
    if (instance?.isPrimary !== true || instance.imageSetId !== row.imageSetId)
      lost.push(`${where}: the primary image set of its row does not hold it`);
    else if (!(await holdsPixels(instance.path, filePixels(plan.seed, file, received.submission.trust))))
      lost.push(`${where}: the image store holds other pixels`);
    const claim = claimed.get(row.sopInstanceUid);
    if (claim?.submission !== received.id || claim.ordinal !== ordinal)
      lost.push(`${where}: another file holds its claim`);
  }
  return lost;
}

/** Where files as sent still lie: each quarantined one in one place, and no other anywhere. */
function judgeKeptFiles(received: readonly ReceivedSubmission[], held: HeldData): string[] {
  const wrong: string[] = [];
  const landed = new Set(held.landed);
  const quarantined = new Set(held.quarantined);
  for (const { id, submission, files } of received)
    for (const { ordinal, end } of files) {
      const inLanding = landed.delete(`${id}/${ordinalText(ordinal)}`);
      const inQuarantine = quarantined.delete(`${submission.trust}/${id}/${ordinalText(ordinal)}`);
      const places = Number(inLanding) + Number(inQuarantine);
      if (places !== (end.outcome === 'quarantined' ? 1 : 0))
        wrong.push(`${id} file ${ordinal}: ${end.outcome}, and kept as sent in ${places} places`);
    }
  for (const key of landed) wrong.push(`landing holds what nobody accounts for: ${key}`);
  for (const key of quarantined) wrong.push(`quarantine holds what nobody accounts for: ${key}`);
  return wrong;
}

/** Compares what the platform says and holds with what was sent. */
export async function judge(
  plan: SendingPlan,
  received: readonly ReceivedSubmission[],
  held: HeldData,
  claims: readonly HeldClaim[],
): Promise<Findings> {
  const ended = received.flatMap(({ files }) => files);
  const imported = received.flatMap((each) =>
    each.files
      .filter(({ end }) => end.outcome === 'imported')
      .map(({ ordinal, file }): Imported => ({ received: each, ordinal, file })),
  );
  const rowNames = held.rows.map(({ submission, ordinal }) => `${submission} ${ordinal}`);
  const wrong = [
    ...outcomeProblems(plan, ended),
    ...differences(
      'a row',
      new Set(imported.map(({ received: { id }, ordinal }) => `${id} ${ordinal}`)),
      new Set(rowNames),
    ),
    ...differences(
      'an instance of the image store',
      new Set(held.rows.map(({ sopInstanceUid }) => sopInstanceUid)),
      new Set(held.instances.map(({ sopInstanceUid }) => sopInstanceUid)),
    ),
    ...differences(
      'an image set',
      new Set(held.rows.map(({ imageSetId }) => imageSetId)),
      new Set(held.instances.map(({ imageSetId }) => imageSetId)),
    ),
    ...differences(
      'a staged file',
      new Set(imported.map(({ received: { id }, ordinal }) => `${id} ${ordinalText(ordinal)}`)),
      new Set(held.staged.map((key) => `${key.split('/')[0]} ${/(\d{6})\.dcm$/.exec(key)?.[1]}`)),
    ),
    ...judgeKeptFiles(received, held),
    ...held.exchanged.map((key) => `the exchange bucket still holds ${key}`),
    ...(held.openUploads > 0 ? [`${held.openUploads} multipart uploads are open`] : []),
  ];
  const doubled = [
    ...repeated(rowNames).map((name) => `two rows for ${name}`),
    ...repeated(held.rows.map(({ sopInstanceUid }) => sopInstanceUid)).map((uid) => `two rows for ${uid}`),
    ...repeated(held.instances.map(({ sopInstanceUid }) => sopInstanceUid)).map(
      (uid) => `two instances of ${uid}`,
    ),
    ...repeated(held.staged).map((key) => `staged twice: ${key}`),
  ];
  return { lost: await judgeImported(plan, imported, held, claims), doubled, wrong };
}
