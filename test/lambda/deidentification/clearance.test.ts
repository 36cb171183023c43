import * as fc from 'fast-check';
import { parseNhsNumber } from '../../../dicom/nhs-number';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { admissionRule } from '../../../lambda/deidentification/admission';
import { answerTimeSeconds, clearSubjects } from '../../../lambda/deidentification/clear-subjects';
import { checkResponse, readSubjects, writeRequest } from '../../../lambda/deidentification/clearance-files';
import { clearanceHash } from '../../../lambda/deidentification/clearance-hash';
import { ExchangeClearanceStore } from '../../../lambda/deidentification/clearance-store';
import { receiveClearance } from '../../../lambda/deidentification/receive-clearance';
import { LedgerMarkStore } from '../../../lambda/withdrawal/mark-store';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

function nhsNumber(index: number) {
  const number = parseNhsNumber(fictitiousPatient('clearance', index).nhsNumber);
  if (number === null) throw new Error('not a valid NHS number');
  return number;
}

const [first, second, third] = [nhsNumber(0), nhsNumber(1), nhsNumber(2)];
const patientKey = Buffer.alloc(32, 7);

describe('the numbers sent beside a manifest', () => {
  it('are read in any usual spelling; what is no valid number is left out', () => {
    const spelt = `${first.slice(0, 3)} ${first.slice(3, 6)} ${first.slice(6)}`;
    expect(readSubjects(`${spelt},\r\n${second}\n1234567890,\nno number\n\n${first}`)).toEqual(
      new Set([first, second]),
    );
  });

  it('are asked about one a line, with comma and line feed, each once and in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 }), (indices) => {
        const numbers = new Set(indices.map(nhsNumber));
        const text = writeRequest(numbers);
        expect(text).toMatch(/^(\d{10},\n)+$/);
        expect(readSubjects(text)).toEqual(numbers);
      }),
    );
  });
});

describe('an answer of the opt-out service', () => {
  const asked = new Set([first, second]);

  it('clears the numbers that it lists; an empty one clears nobody', () => {
    expect(checkResponse(`${second},\n`, asked)).toEqual({ valid: true, numbers: new Set([second]) });
    expect(checkResponse(`${second}\r\n${first}\r\n`, asked)).toMatchObject({ valid: true });
    expect(checkResponse('', asked)).toEqual({ valid: true, numbers: new Set() });
    expect(checkResponse('\n', asked)).toMatchObject({ valid: false });
  });

  it.each([
    ['a number that was not asked about', `${first},\n${third},\n`, 'CLEARANCE_NOT_ASKED'],
    ['a number that fails modulus 11', '1234567890,\n', 'CLEARANCE_MALFORMED'],
    ['anything that is no number', `${first},\nERROR\n`, 'CLEARANCE_MALFORMED'],
    ['two numbers in a line', `${first},${second},\n`, 'CLEARANCE_MALFORMED'],
    [
      'a last line without its end, as a file that was cut has',
      `${first},\n${second},`,
      'CLEARANCE_MALFORMED',
    ],
    ['an empty line', `${first},\n\n${second},\n`, 'CLEARANCE_MALFORMED'],
  ])('is worth nothing with %s', (_name, text, code) => {
    expect(checkResponse(text, asked)).toEqual({ valid: false, code });
  });
});

describe('the admission of a patient', () => {
  const clearance = {
    submissionId: 's-00000000000000000000000000',
    hashes: [clearanceHash(patientKey, first)],
    receivedAt: '2026-11-23T12:00:00.000Z',
    expiresAt: '2026-11-24T12:00:00.000Z',
  };
  const rule = (change: Partial<Parameters<typeof admissionRule>[0]> = {}) =>
    admissionRule({
      clearance,
      patientsWithoutNhsNumber: 'withhold',
      patientKey,
      now: new Date('2026-11-24T11:59:59Z'),
      ...change,
    });

  it('needs the number of the file itself to be cleared', () => {
    expect(rule()({ nhsNumber: first, patientId: 'A' })).toBe('admit');
    expect(rule()({ nhsNumber: second, patientId: 'A' })).toBe('withhold');
  });

  it('ends with the clearance, and does not exist without one', () => {
    const late = { now: new Date('2026-11-24T12:00:00Z') };
    expect(rule(late)({ nhsNumber: first, patientId: 'A' })).toBe('withhold');
    expect(rule({ clearance: null })({ nhsNumber: first, patientId: 'A' })).toBe('withhold');
  });

  it('follows the collection for patients without a number', () => {
    expect(rule()({ nhsNumber: null, patientId: 'A' })).toBe('withhold');
    const accept = { patientsWithoutNhsNumber: 'accept' as const, clearance: null };
    expect(rule(accept)({ nhsNumber: null, patientId: 'A' })).toBe('admit');
    expect(rule(accept)({ nhsNumber: first, patientId: 'A' })).toBe('withhold');
  });

  it('rests on a hash that another key does not make', () => {
    expect(clearanceHash(patientKey, first)).not.toBe(clearanceHash(Buffer.alloc(32, 8), first));
  });
});

describe('asking and hearing', () => {
  let embedded: EmbeddedTable;
  beforeAll(async () => {
    embedded = await startEmbeddedTable();
  });
  afterAll(() => embedded.stop());

  let submissions = 0;
  function setting() {
    submissions += 1;
    const id = `s-${String(submissions).padStart(26, '0')}`;
    const objects = new MemoryObjectStore();
    const answers: { token: string; output: unknown }[] = [];
    const state = { now: new Date('2026-11-23T12:00:00Z') };
    const ports = {
      clearances: new ExchangeClearanceStore(embedded.table, objects, { exchange: 'exchange', work: 'work' }),
      tasks: {
        succeed: async (token: string, output: unknown) => {
          answers.push({ token, output });
          return true;
        },
      },
      patientKey: async () => patientKey,
      marks: new LedgerMarkStore(embedded.table),
      clock: { now: () => state.now },
      scanHeaders: async () => new Set<typeof first>(),
      limitSeconds: 3_600,
      answerSeconds: 7_200,
    };
    objects.now = () => state.now;
    const pass = (seconds: number) => {
      state.now = new Date(state.now.getTime() + seconds * 1_000);
    };
    const respond = (text: string) => objects.set('exchange', `responses/${id}.txt`, text);
    const subjects = (text: string) => objects.set('exchange', `subjects/${id}.txt`, text);
    return { id, objects, answers, state, ports, respond, subjects, pass };
  }

  it('writes the request, waits, and resumes with the answer, whose numbers are kept as hashes only', async () => {
    const { id, objects, answers, ports, respond, subjects } = setting();
    subjects(`${first},\n${second},\n`);
    expect(await clearSubjects(ports, id, 'token-1')).toEqual({ state: 'asked', numbers: 2 });
    expect(await objects.readText({ bucket: 'exchange', key: `requests/${id}.txt` })).toBe(
      [first, second]
        .sort()
        .map((number) => `${number},\n`)
        .join(''),
    );
    expect(answers).toEqual([]);
    respond(`${first},\n`);
    expect(await receiveClearance(ports, id)).toEqual({ accepted: true, cleared: 1, resumed: true });
    expect(answers).toEqual([{ token: 'token-1', output: { answered: true } }]);
    const cleared = await objects.readText({ bucket: 'work', key: `submissions/${id}/cleared.json` });
    expect(cleared).not.toContain(first);
    expect(JSON.parse(cleared ?? '')).toMatchObject({ hashes: [clearanceHash(patientKey, first)] });
  });

  it('takes the first valid answer only: a later one changes nothing', async () => {
    const { id, objects, ports, respond, subjects } = setting();
    subjects(`${first},\n${second},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(`${first},\n`);
    await receiveClearance(ports, id);
    respond(`${first},\n${second},\n`);
    expect(await receiveClearance(ports, id)).toMatchObject({ accepted: true, cleared: 1 });
    expect(objects.json('work', `submissions/${id}/cleared.json`)).toMatchObject({ hashes: { length: 1 } });
  });

  it('answers at once where nobody has a number', async () => {
    const { id, answers, ports } = setting();
    expect(await clearSubjects(ports, id, 'token-1')).toEqual({ state: 'nothing-to-ask' });
    expect(answers).toEqual([{ token: 'token-1', output: { answered: true } }]);
  });

  it('answers the new token at once where it is run again after the answer', async () => {
    const { id, answers, ports, respond, subjects } = setting();
    subjects(`${first},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(`${first},\n`);
    expect(await clearSubjects(ports, id, 'token-2')).toEqual({ state: 'answered' });
    expect(await clearSubjects(ports, id, 'token-3')).toEqual({ state: 'known' });
    expect(answers.map(({ token }) => token)).toEqual(['token-2', 'token-3']);
  });

  it.each([
    ['malformed', 'ERROR\n', 'CLEARANCE_MALFORMED'],
    ['about somebody else', `${third},\n`, 'CLEARANCE_NOT_ASKED'],
  ])('passes nobody by an answer that is %s', async (_name, text, code) => {
    const { id, objects, answers, ports, respond, subjects } = setting();
    subjects(`${first},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(text);
    expect(await receiveClearance(ports, id)).toEqual({ accepted: false, code });
    expect(answers).toEqual([]);
    expect(objects.keys('work')).toEqual([]);
  });

  it('takes the right answer after a wrong one', async () => {
    const { id, answers, ports, respond, subjects } = setting();
    subjects(`${first},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(`${first},\nERR`);
    expect(await receiveClearance(ports, id)).toMatchObject({ accepted: false });
    respond(`${first},\n`);
    expect(await receiveClearance(ports, id)).toMatchObject({ accepted: true, cleared: 1 });
    expect(answers.map(({ token }) => token)).toEqual(['token-1']);
  });

  it('passes nobody by an answer that is older than its request', async () => {
    const { id, answers, ports, respond, subjects, pass } = setting();
    respond(`${first},\n`);
    pass(1);
    subjects(`${first},\n`);
    expect(await clearSubjects(ports, id, 'token-1')).toEqual({ state: 'asked', numbers: 1 });
    expect(await receiveClearance(ports, id)).toEqual({ accepted: false, code: 'CLEARANCE_STALE' });
    expect(answers).toEqual([]);
  });

  it('passes nobody by an answer that has lain for longer than answers may be used', async () => {
    const { id, ports, respond, subjects, pass } = setting();
    const patient = { ...ports, limitSeconds: 1_209_600 };
    subjects(`${first},\n`);
    await clearSubjects(patient, id, 'token-1');
    respond(`${first},\n`);
    pass(7_200);
    expect(await receiveClearance(patient, id)).toEqual({ accepted: false, code: 'CLEARANCE_STALE' });
  });

  it('counts the life of a clearance from the arrival of the answer', async () => {
    const { id, objects, ports, respond, subjects, pass } = setting();
    subjects(`${first},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(`${first},\n`);
    pass(60);
    await receiveClearance(ports, id);
    expect(objects.json('work', `submissions/${id}/cleared.json`)).toMatchObject({
      receivedAt: '2026-11-23T12:01:00.000Z',
      expiresAt: '2026-11-23T14:00:00.000Z',
    });
  });

  it('asks again where the clearance has expired, and hears the new answer only', async () => {
    const { id, objects, answers, ports, respond, subjects, pass } = setting();
    subjects(`${first},\n${second},\n`);
    await clearSubjects(ports, id, 'token-1');
    respond(`${first},\n${second},\n`);
    await receiveClearance(ports, id);
    pass(90_000);
    expect(await clearSubjects(ports, id, 'token-2')).toEqual({ state: 'asked', numbers: 2 });
    const request = await objects.head({ bucket: 'exchange', key: `requests/${id}.txt` });
    expect(request?.modifiedAt).toEqual(ports.clock.now());
    expect(await receiveClearance(ports, id)).toEqual({ accepted: false, code: 'CLEARANCE_STALE' });
    pass(60);
    // killed after the request and run again: the request stands, and what answers it counts
    expect(await clearSubjects(ports, id, 'token-3')).toEqual({ state: 'asked', numbers: 2 });
    expect(await objects.head({ bucket: 'exchange', key: `requests/${id}.txt` })).toEqual(request);
    respond(`${second},\n`);
    expect(await receiveClearance(ports, id)).toMatchObject({ accepted: true, cleared: 1 });
    expect(answers.map(({ token }) => token)).toEqual(['token-1', 'token-3']);
    expect(objects.json('work', `submissions/${id}/cleared.json`)).toMatchObject({
      hashes: [clearanceHash(patientKey, second)],
    });
  });

  it('passes nobody by an answer that comes late, or to a question that was not asked', async () => {
    const { id, answers, ports, respond } = setting();
    respond(`${first},\n`);
    expect(await receiveClearance(ports, id)).toEqual({ accepted: false, code: 'CLEARANCE_UNEXPECTED' });
    const late = setting();
    late.subjects(`${first},\n`);
    await clearSubjects(late.ports, late.id, 'token-1');
    late.state.now = new Date(late.state.now.getTime() + answerTimeSeconds(3_600) * 1_000);
    late.respond(`${first},\n`);
    expect(await receiveClearance(late.ports, late.id)).toEqual({ accepted: false, code: 'CLEARANCE_LATE' });
    expect([...answers, ...late.answers]).toEqual([]);
  });
});
