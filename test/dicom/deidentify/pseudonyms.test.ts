import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { derivePseudonymKeys } from '../../../dicom/deidentify/pseudonym-keys';
import {
  accessionPseudonym,
  dateShiftDays,
  patientPseudonym,
  splitOf,
  UidMapper,
} from '../../../dicom/deidentify/pseudonyms';

const keysOf = (byte: number) =>
  derivePseudonymKeys((message) => createHmac('sha256', Buffer.alloc(32, byte)).update(message).digest());

const root = '1.3.6.1.4.1.32473.7';
const uid = fc
  .array(fc.integer({ min: 0, max: 99_999 }), { minLength: 3, maxLength: 8 })
  .map((parts) => `1.2.${parts.join('.')}`);

describe('pseudonyms', () => {
  it('know a patient by the NHS number over all trusts, and by the local number in one trust only', async () => {
    const keys = await keysOf(1);
    const numbered = { nhsNumber: '9434765919', patientId: 'A1' };
    expect(patientPseudonym(keys, numbered, 'RX1')).toBe(
      patientPseudonym(keys, { ...numbered, patientId: 'B2' }, 'RY2'),
    );
    const local = { nhsNumber: null, patientId: '9434765919' };
    expect(patientPseudonym(keys, local, 'RX1')).not.toBe(patientPseudonym(keys, local, 'RY2'));
    expect(patientPseudonym(keys, local, 'RX1')).not.toBe(patientPseudonym(keys, numbered, 'RX1'));
  });

  it('fit their VRs and say nothing without the key', async () => {
    const [first, second] = [await keysOf(1), await keysOf(2)];
    const subject = { nhsNumber: null, patientId: 'A1' };
    expect(patientPseudonym(first, subject, 'RX1')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(patientPseudonym(first, subject, 'RX1')).not.toBe(patientPseudonym(second, subject, 'RX1'));
    expect(accessionPseudonym(first, 'P', 'ACC1')).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('refuse a key of another length', async () => {
    await expect(derivePseudonymKeys(() => Buffer.alloc(16))).rejects.toThrow('32 bytes');
  });
});

describe('the split', () => {
  it('holds out about the share, and all or none at its ends', async () => {
    const keys = await keysOf(3);
    const patients = Array.from({ length: 2000 }, (_, index) => `P${index}`);
    const heldOut = patients.filter((patient) => splitOf(keys, patient, 0.2) === 'held-out').length;
    expect(heldOut).toBeGreaterThan(320);
    expect(heldOut).toBeLessThan(480);
    expect(patients.every((patient) => splitOf(keys, patient, 0) === 'development')).toBe(true);
    expect(patients.every((patient) => splitOf(keys, patient, 1) === 'held-out')).toBe(true);
  });

  it('never lets a held-out patient back when the share grows', async () => {
    const keys = await keysOf(3);
    fc.assert(
      fc.property(fc.string(), (patient) => {
        if (splitOf(keys, patient, 0.2) === 'held-out') expect(splitOf(keys, patient, 0.3)).toBe('held-out');
      }),
    );
  });
});

describe('the date shift', () => {
  it('is 1 to 730 whole days, the same for a patient', async () => {
    const keys = await keysOf(4);
    fc.assert(
      fc.property(fc.string(), (patient) => {
        const days = dateShiftDays(keys, patient);
        expect(Number.isInteger(days) && days >= 1 && days <= 730).toBe(true);
        expect(dateShiftDays(keys, patient)).toBe(days);
      }),
    );
  });
});

describe('UIDs', () => {
  it('are valid, carry collection and split, and have at least 30 digits', async () => {
    const keys = await keysOf(5);
    fc.assert(
      fc.property(uid, fc.integer({ min: 1, max: 9999 }), (source, arc) => {
        const mapped = new UidMapper(keys, 'P', root, arc, 'held-out').map(source);
        expect(mapped.length).toBeLessThanOrEqual(64);
        expect(mapped).toMatch(new RegExp(`^${root.replaceAll('.', '\\.')}\\.${arc}\\.2\\.[1-9]\\d{29,}$`));
      }),
    );
  });

  it('are one to one, and another patient’s are others', async () => {
    const keys = await keysOf(5);
    fc.assert(
      fc.property(uid, uid, (first, second) => {
        const mapper = new UidMapper(keys, 'P', root, 7, 'development');
        expect(mapper.map(first) === mapper.map(second)).toBe(first === second);
        expect(new UidMapper(keys, 'Q', root, 7, 'development').map(first)).not.toBe(mapper.map(first));
      }),
    );
  });

  it('refuse a root that leaves too few digits', async () => {
    const keys = await keysOf(5);
    expect(() => new UidMapper(keys, 'P', `1.2.${'3'.repeat(28)}`, 9999, 'development')).toThrow('30 digits');
  });
});
