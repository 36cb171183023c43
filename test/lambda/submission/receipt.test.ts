import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import * as fc from 'fast-check';
import type { FileFate, ManifestEntry } from '../../../lambda/deidentification/pipeline.contract';
import type { Settlement } from '../../../lambda/deidentification/settlement.contract';
import type { ImportedPack } from '../../../lambda/imaging/import.contract';
import { collectFates } from '../../../lambda/submission/collect-fates';
import {
  balanceReceipt,
  countOutcomes,
  countQuarantine,
  totalsForLedger,
} from '../../../lambda/submission/receipt';
import { rawSignature } from '../../../lambda/submission/receipt-signing';

const sha256 = 'a'.repeat(64);
const id = 's-00000000000000000000000000';

function entry(ordinal: number): ManifestEntry {
  return { ordinal, bytes: 1, sha256, group: 1 };
}

const fateOf = (ordinal: number, kind: number): FileFate => {
  const kinds: FileFate[] = [
    { outcome: 'imported', ordinal, sopInstanceUid: '2.25.1' },
    { outcome: 'duplicate', ordinal },
    { outcome: 'withheld', ordinal },
    { outcome: 'quarantined', ordinal, code: 'NOT_DICOM', tagPath: null, held: 'landing' },
    { outcome: 'missing', ordinal },
  ];
  return kinds[kind % kinds.length] as FileFate;
};

describe('a receipt', () => {
  it('leaves totals in the ledger that add up to its files and tell withheld from duplicate ones in nothing', () => {
    const counts = fc.record({
      imported: fc.nat(100),
      duplicate: fc.nat(100),
      withheld: fc.nat(100),
      quarantined: fc.nat(100),
      missing: fc.nat(100),
    });
    fc.assert(
      fc.property(counts, (totals) => {
        const sum = (values: object) =>
          Object.values(values).reduce((all: number, each: number) => all + each, 0);
        expect(sum(totalsForLedger(totals))).toBe(sum(totals));
        expect(
          totalsForLedger({ ...totals, duplicate: totals.duplicate + totals.withheld, withheld: 0 }),
        ).toEqual(totalsForLedger(totals));
      }),
    );
  });

  it('has as many files as the manifest, and totals that add up to them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 30 }), (kinds) => {
        const manifest = kinds.map((_, index) => entry(index + 1));
        const fates = kinds.map((kind, index) => fateOf(index + 1, kind)).reverse();
        const files = balanceReceipt(manifest, fates);
        expect(files.map((file) => file.ordinal)).toEqual(manifest.map((each) => each.ordinal));
        const totals = countOutcomes(files);
        expect(Object.values(totals).reduce((sum, count) => sum + count, 0)).toBe(kinds.length);
        const codes = Object.values(countQuarantine(files)).reduce((sum, count) => sum + count, 0);
        expect(codes).toBe(totals.quarantined);
      }),
    );
  });

  it.each([
    ['a file without a fate', [entry(1), entry(2)], [fateOf(1, 0)]],
    ['a file with two', [entry(1)], [fateOf(1, 0), fateOf(1, 1)]],
    ['a fate without a file', [entry(1)], [fateOf(1, 0), fateOf(2, 0)]],
  ])('is not written for %s', (_name, manifest, fates) => {
    expect(() => balanceReceipt(manifest, fates)).toThrow(
      expect.objectContaining({ name: 'UnbalancedReceiptError' }),
    );
  });
});

describe('the fates of a settlement', () => {
  const settlement: Settlement = {
    submissionId: id,
    packs: [],
    keptArchives: [],
    files: [
      {
        outcome: 'to-import',
        ordinal: 1,
        pack: 'p-0001',
        split: 'development',
        sopInstanceUid: '2.25.1',
        patientPseudonym: 'P',
        studyInstanceUid: '2.25.100',
      },
      { outcome: 'missing', ordinal: 2 },
    ],
  };
  const imported = (...ordinals: number[]): ImportedPack => ({
    submissionId: id,
    pack: 'p-0001',
    split: 'development',
    jobId: 'j'.repeat(32),
    datastoreId: 'd'.repeat(32),
    files: ordinals.map((ordinal) => ({
      outcome: 'imported',
      ordinal,
      sopInstanceUid: '2.25.1',
      imageSetId: 'a'.repeat(32),
      warnings: [],
    })),
  });

  it('are those of the imports for files that were to be imported', () => {
    expect(collectFates(settlement, [imported(1)]).map(({ outcome }) => outcome)).toEqual([
      'imported',
      'missing',
    ]);
  });

  it.each([
    ['an import that leaves a file out', [imported()]],
    ['an import of a file that was not to be imported', [imported(1, 2)]],
    ['two imports of one file', [imported(1), imported(1)]],
  ])('do not balance with %s', (_name, imports) => {
    expect(() => collectFates(settlement, imports)).toThrow(
      expect.objectContaining({ name: 'UnbalancedReceiptError' }),
    );
  });
});

describe('a signature in DER', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('verifies as r ‖ s after it was unwrapped, short and padded integers included', () => {
    for (let round = 0; round < 300; round += 1) {
      const message = createHash('sha256').update(`${round}`).digest();
      const raw = rawSignature(sign('sha256', message, privateKey));
      expect(raw).toHaveLength(64);
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
    }
  });

  it.each([
    ['nothing', ''],
    ['another type', '310602010102010300'],
    ['a length beyond its end', '3006020101020203'],
    ['more behind it', '300602010102010300'],
    ['an integer longer than the curve', `302602210${'1'.repeat(65)}020101`],
  ])('is refused where it is %s', (_name, hex) => {
    expect(() => rawSignature(Buffer.from(hex, 'hex'))).toThrow('not an ECDSA signature');
  });
});
