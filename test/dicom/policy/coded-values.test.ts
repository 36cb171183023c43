import { isKnownCode } from '../../../dicom/policy/coded-values';
import { isRegisteredUid } from '../../../dicom/policy/value-checks';
import { runEngine } from '../samples/engine';
import { holds } from '../samples/find-bytes';
import { ctElements, item, makeInstance, sequence, syntaxes, text } from '../samples/make-instance';

describe('a code of a known scheme', () => {
  it.each<readonly [string, string]>([
    ...['433466003', '12738006', '127790008', '51185008', '36879007', '900000000000207008'].map(
      (code) => ['SCT', code] as const,
    ),
    ...[
      'mm',
      'cm2',
      'ml/100ml/s',
      '{H.B.}/min',
      'uV',
      '1',
      'ms',
      'deg',
      "[hnsf'U]",
      'g/ml{SUVbw}',
      'mm[Hg]',
    ].map((code) => ['UCUM', code] as const),
    ...['{counts}', 'mGy.cm', 'Bq/ml', '10*-6.mm2/s', 'mm2/s', '/min', 'kg/m2', '{ratio}', '%'].map(
      (code) => ['UCUM', code] as const,
    ),
    ['DCM', '121071'],
    ['LN', '11878-6'],
  ])('%s %s is one', (scheme, code) => expect(isKnownCode(scheme, code)).toBe(true));

  it.each([
    ['SCT', '9434765919'],
    ['SCT', '433466004'],
    ['SCT', '4334660'],
    ['UCUM', 'Quillfeather'],
    ['UCUM', '{Quillfeather}'],
    ['UCUM', '[Quill]'],
    ['UCUM', 'mm{Osbert Quill}'],
    ['UCUM', '19700102'],
    ['UCUM', '943.476.5919'],
    ['99LOCAL', '1'],
  ])('%s %s is none', (scheme, code) => expect(isKnownCode(scheme, code)).toBe(false));

  it('does not carry another value beside its own', async () => {
    const code = item(
      text(0x00080100, 'SH', '51185008'),
      text(0x00080102, 'SH', 'SCT'),
      text(0x00080104, 'LO', 'Chest'),
      text(0x00080119, 'UC', 'ZQPLANTED'),
    );
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, [sequence(0x00082218, [code])]),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome.outcome).toBe('deidentified');
    expect(holds(output, 'ZQPLANTED')).toBe(false);
  });
});

describe('a UID of the standard', () => {
  it.each([
    '1.2.840.10008.5.1.4.1.1.77.1.6',
    '1.2.840.10008.1.2.4.201',
    '1.2.840.10008.6.1.1234',
    '1.2.840.10008.1.4.1.18',
  ])('%s is registered', (uid) => expect(isRegisteredUid(uid)).toBe(true));

  it.each(['1.2.840.10008.943476.5919', '1.2.840.10008.1.2.20240229', '1.2.840.100080.1'])(
    '%s is not, whatever it begins with',
    (uid) => expect(isRegisteredUid(uid)).toBe(false),
  );
});
