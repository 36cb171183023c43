import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dictionaryRows } from '../../../dicom/dictionary/data-dictionary';
import { profileRow } from '../../../dicom/policy/confidentiality-profile';
import { basicPolicy, policyOf } from '../../../dicom/policy/policy';
import { policyNames } from '../../../dicom/policy/policy-names';
import { policyTable } from '../../../dicom/policy/policy-table';
import { isCodeString } from '../../../dicom/policy/value-checks';

const { rule } = basicPolicy();

describe('the basic policy', () => {
  it('is in the conformance statement as it stands', () => {
    const statement = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'deidentification.md'), 'utf8');
    expect(statement).toContain(policyTable());
  });

  it('has a hash that tells it from others', () => {
    expect(basicPolicy().hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(policyNames.map((name) => policyOf(name).hash)).size).toBe(policyNames.length);
    expect(policyOf('basic')).toBe(basicPolicy());
  });

  it.each([
    0x00100030, 0x00101040, 0x00104000, 0x00080080, 0x00080081, 0x00081070, 0x00181000, 0x00880200,
    0x04000561, 0x00091001, 0x50003000, 0x60003000, 0x00120020, 0x00380010, 0x00401101,
  ])('keeps nothing of %i', (tag) => {
    expect(['remove', 'empty', 'dummy', 'clean']).toContain(rule(tag));
  });

  it('keeps no person name, address of a resource or application entity of any attribute', () => {
    const kept = [...dictionaryRows()].filter(
      ([tag, { vr }]) =>
        (vr === 'PN' || vr === 'UR' || vr === 'AE') &&
        !['remove', 'empty', 'dummy', 'patient-name'].includes(rule(tag)),
    );
    expect(kept).toEqual([]);
  });

  it('does not keep as it stands what Table E.1-1 removes, unless an option keeps it', () => {
    const weaker = [...dictionaryRows()].filter(([tag]) => {
      const row = profileRow(tag);
      return row !== undefined && rule(tag) === 'keep' && row.patient === null;
    });
    expect(weaker).toEqual([]);
  });

  it('removes what the data dictionary does not know', () => {
    expect(rule(0x00189998)).toBe('remove');
    expect(rule(0x00030010)).toBe('remove');
  });
});

describe('a code string that identifies by its form is none', () => {
  it.each(['1970-01-02', '07700 90012 3', '12.03.1965', '94347 65919', 'LS1 4AP', 'S M I T H'])(
    '%s',
    (value) => expect(isCodeString(value)).toBe(false),
  );

  it.each(['ORIGINAL', 'CT01', 'T2_AX', 'L4-5', 'FFE 3D', 'M_SE', 'IR 192'])('%s stays one', (value) =>
    expect(isCodeString(value)).toBe(true),
  );
});
