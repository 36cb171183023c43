import * as fc from 'fast-check';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { newId } from '../../../lambda/platform/ids';
import type { ReceiptPayload } from '../../../lambda/submission/submission.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { Killed, Pipeline, type RunOptions, validNhsNumber } from './pipeline-fixture';
import type { SentFile } from './sent-files';

/** Several submissions of several trusts at once, in any order, with kills at any write. */

const patients = [0, 1, 2].map((index) => fictitiousPatient('any-order', index));
const numberOf = (patient: number) => validNhsNumber(patients[patient]?.nhsNumber ?? '');
const everybody = [0, 1, 2].map(numberOf);
const options: RunOptions = { optedOut: new Set([numberOf(2)]) };

interface PlannedFile {
  readonly patient: number;
  readonly series: number;
  readonly number: number;
  readonly pixels: string;
  readonly group: number;
  readonly arrival: 'whole' | 'missing' | 'other' | 'cut';
}

interface PlannedSubmission {
  readonly trust: 'RX1' | 'RY2';
  readonly files: readonly PlannedFile[];
}

const made = new Map<string, Buffer>();

function slice({ patient, series, number }: PlannedFile, pixels: string): Buffer {
  const name = [patient, series, number, pixels].join('/');
  const known = made.get(name);
  if (known !== undefined) return known;
  const person = patients[patient];
  if (person === undefined) throw new Error('no such patient');
  const image = ctSlice(
    {
      seed: 'any-order',
      name: `study of ${patient}`,
      patient: person,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series, slice: number, size: 16 },
  );
  image.pixels.writeUInt8(pixels.charCodeAt(0), 0);
  const bytes = part10File(image.instance, image.pixels);
  made.set(name, bytes);
  return bytes;
}

function sentFile(file: PlannedFile): SentFile {
  const bytes = slice(file, file.pixels);
  const { group, arrival } = file;
  if (arrival === 'missing') return { bytes, group, landed: null };
  if (arrival === 'other') return { bytes, group, landed: slice(file, 'z') };
  return { bytes: arrival === 'cut' ? bytes.subarray(0, bytes.length - 40) : bytes, group };
}

/** Few instances, so that submissions meet in them. */
const plannedFile: fc.Arbitrary<PlannedFile> = fc.record({
  patient: fc.constantFrom(0, 0, 1, 1, 2),
  series: fc.integer({ min: 1, max: 2 }),
  number: fc.integer({ min: 1, max: 2 }),
  pixels: fc.constantFrom('a', 'a', 'b'),
  group: fc.integer({ min: 1, max: 3 }),
  arrival: fc.constantFrom('whole', 'whole', 'whole', 'whole', 'whole', 'missing', 'other', 'cut'),
});
const plannedSubmissions: fc.Arbitrary<PlannedSubmission[]> = fc.array(
  fc.record({
    trust: fc.constantFrom('RX1' as const, 'RY2' as const),
    files: fc.array(plannedFile, { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 2, maxLength: 3 },
);

/** Whose step is next, and how it runs: once, twice, twice at once, or at once with the next step of another submission. */
interface Move {
  readonly who: number;
  readonly how: 'once' | 'twice' | 'at-once' | 'with-another';
}
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    who: fc.nat({ max: 5 }),
    how: fc.constantFrom('once', 'once', 'twice', 'at-once', 'with-another'),
  }),
  { minLength: 1, maxLength: 25 },
);
const kills = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 20 });

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

const tableWrites: ReadonlySet<string | symbol> = new Set(['put', 'update', 'delete', 'transact']);

/** The table, whose writes tell of themselves first. */
function watched(table: DocumentTable, beforeWrite: () => void): DocumentTable {
  return new Proxy(table, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        if (tableWrites.has(name)) beforeWrite();
        return member.apply(target, parameters);
      };
    },
  });
}

/** Runs that share a table: all of its items are looked at. */
const runsOfTable = 20;
let runs = 0;

async function clearTable(): Promise<void> {
  runs += 1;
  if (runs % runsOfTable !== 0) return;
  await embedded.stop();
  embedded = await startEmbeddedTable();
}

let collections = 0;
let ids = 0;

/** A pipeline and its submissions, in their order. */
interface Room {
  readonly pipeline: Pipeline;
  readonly ids: readonly string[];
  /** From now on the writes of these numbers are killed. */
  kill(at: readonly number[]): void;
}

async function roomWith(submissions: readonly PlannedSubmission[]): Promise<Room> {
  collections += 1;
  let writes = 0;
  let moments = new Set<number>();
  const beforeWrite = (): void => {
    writes += 1;
    if (moments.delete(writes)) throw new Killed();
  };
  const table = watched(embedded.table, beforeWrite);
  const pipeline = new Pipeline(table, `collection-${collections}`);
  const made: string[] = [];
  for (const { trust, files } of submissions) {
    ids += 1;
    const time = ids;
    const id = newId('s', { now: () => new Date(time) });
    await pipeline.send(id, files.map(sentFile), everybody, [], trust);
    made.push(id);
  }
  pipeline.objects.beforeWrite = beforeWrite;
  return {
    pipeline,
    ids: made,
    kill: (at) => {
      writes = 0;
      moments = new Set(at);
    },
  };
}

/** Errors of a step that the state machine tries again: at most so often. */
const mostRetries = 3;

/** Runs a step until it is done. Where another run of it is under way it may fail as well, and is then tried again. */
async function attempt(step: () => Promise<unknown>, alone: boolean): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      await step();
      return;
    } catch (error) {
      if (error instanceof Killed) continue;
      failures += 1;
      if (alone || failures > mostRetries) throw error;
    }
  }
}

/** Runs all submissions, as the moves say and then one after the other. */
async function runAll({ pipeline, ids: all }: Room, script: readonly Move[]): Promise<ReceiptPayload[]> {
  const running = all.map((id) => pipeline.steps(id, options));
  const next = async (who: number) => {
    const generator = running[who % running.length];
    const step = await generator?.next();
    if (generator === undefined || step === undefined || step.done === true) {
      if (generator !== undefined) running.splice(running.indexOf(generator), 1);
      return null;
    }
    return step.value;
  };
  for (let turn = 0; running.length > 0; turn += 1) {
    const move = script[turn] ?? { who: 0, how: 'once' };
    const step = await next(move.who);
    if (step === null) continue;
    if (move.how === 'once') await attempt(step, true);
    if (move.how === 'twice') {
      await attempt(step, true);
      await attempt(step, true);
    }
    if (move.how === 'at-once') await Promise.all([attempt(step, false), attempt(step, false)]);
    if (move.how === 'with-another') {
      const other = running.length > 1 ? await next(move.who + 1) : null;
      await Promise.all([attempt(step, false), ...(other === null ? [] : [attempt(other, false)])]);
    }
  }
  return Promise.all(all.map((id) => pipeline.readReceipt(id)));
}

/** All that the room holds: objects with their tags, and items, byte for byte. */
async function stateOf({ pipeline, ids: all }: Room): Promise<string[]> {
  const objects = [...pipeline.objects.objects].map(
    ([name, { body, tags }]) => `${name} ${JSON.stringify(tags)} ${body.toString('base64')}`,
  );
  const items = (await embedded.items()).filter(
    (item) =>
      item.includes(`${pipeline.collection}"`) ||
      item.includes(`${pipeline.collection}#`) ||
      all.some((id) => item.includes(id)),
  );
  return [...objects.sort(), ...items, ...pipeline.deletedImageSets];
}

const fateOf = (receipt: ReceiptPayload | undefined, index: number): string => {
  const file = receipt?.files[index];
  return file?.code ?? file?.outcome ?? 'nothing';
};

function expectBalance(submissions: readonly PlannedSubmission[], receipts: readonly ReceiptPayload[]): void {
  receipts.forEach(({ files, totals }, index) => {
    const sent = submissions[index]?.files ?? [];
    expect(files.map(({ ordinal }) => ordinal)).toEqual(sent.map((_, ordinal) => ordinal + 1));
    expect(Object.values(totals).reduce((sum, count) => sum + count, 0)).toBe(sent.length);
  });
}

/** Ends that depend on who was settled first. */
const contested: ReadonlySet<string> = new Set(['imported', 'duplicate', 'UID_CONFLICT']);

/** By instance: the contested files, each with its pixels and its end. */
function contentions(
  submissions: readonly PlannedSubmission[],
  receipts: readonly ReceiptPayload[],
): Map<string, { pixels: string; fate: string }[]> {
  const all = new Map<string, { pixels: string; fate: string }[]>();
  submissions.forEach(({ files }, at) => {
    files.forEach(({ patient, series, number, pixels }, index) => {
      const fate = fateOf(receipts[at], index);
      if (!contested.has(fate)) return;
      const instance = [patient, series, number].join('/');
      all.set(instance, [...(all.get(instance) ?? []), { pixels, fate }]);
    });
  });
  return all;
}

/** One file of each instance is imported; the others are duplicates of it or conflict with it. */
function expectOneOfEach(
  submissions: readonly PlannedSubmission[],
  receipts: readonly ReceiptPayload[],
): void {
  for (const files of contentions(submissions, receipts).values()) {
    const winners = files.filter(({ fate }) => fate === 'imported');
    expect(winners).toHaveLength(1);
    const losers = files.filter((each) => each !== winners[0]);
    for (const { pixels, fate } of losers)
      expect(fate).toBe(pixels === winners[0]?.pixels ? 'duplicate' : 'UID_CONFLICT');
  }
}

/** The same ends file by file, but that of files of one instance another may have been first. */
function expectSameButForOrder(
  submissions: readonly PlannedSubmission[],
  left: readonly ReceiptPayload[],
  right: readonly ReceiptPayload[],
): void {
  const settled = (receipts: readonly ReceiptPayload[]) =>
    submissions.map(({ files }, at) =>
      files.map((_, index) => {
        const fate = fateOf(receipts[at], index);
        return contested.has(fate) ? 'one of its instance' : fate;
      }),
    );
  expect(settled(right)).toEqual(settled(left));
}

/** The indices in another order, chosen by a number. */
function reordered(count: number, choice: number): number[] {
  const left = [...Array(count).keys()];
  const order: number[] = [];
  for (let rest = choice; left.length > 0; rest = Math.floor(rest / count) + 1)
    order.push(...left.splice(rest % left.length, 1));
  return order;
}

describe('several submissions of several trusts', () => {
  it('balance and import one file of each instance, however their steps interleave, run twice or at once, and are killed; another run of everything changes nothing, and another order only who is first', async () => {
    await fc.assert(
      fc.asyncProperty(
        plannedSubmissions,
        moves,
        kills,
        fc.nat({ max: 1_000 }),
        async (submissions, script, at, choice) => {
          await clearTable();
          const room = await roomWith(submissions);
          room.kill(at);
          const receipts = await runAll(room, script);
          expectBalance(submissions, receipts);
          expectOneOfEach(submissions, receipts);

          const before = await stateOf(room);
          room.kill(at);
          expect(await runAll(room, [...script].reverse())).toEqual(receipts);
          expect(await stateOf(room)).toEqual(before);

          const calm = await roomWith(submissions);
          for (const index of reordered(submissions.length, choice))
            await calm.pipeline.run(calm.ids[index] ?? '', options);
          const others = await Promise.all(calm.ids.map((id) => calm.pipeline.readReceipt(id)));
          expectSameButForOrder(submissions, receipts, others);
          expectOneOfEach(submissions, others);
        },
      ),
      { seed: 20_261_129, numRuns: 300 },
    );
  }, 900_000);
});
