import { asciiOf, explicitLittleEndian, find, itemsOf } from '../../../dicom/data-set/data-element';
import { makeText } from '../../../dicom/data-set/make-element';
import { isPrivate, tags } from '../../../dicom/data-set/tag';
import { dictionaryRows } from '../../../dicom/dictionary/data-dictionary';
import { profileRow } from '../../../dicom/policy/confidentiality-profile';
import { policyOf } from '../../../dicom/policy/policy';
import { type PolicyName, policyNames } from '../../../dicom/policy/policy-names';
import type { Rule } from '../../../dicom/policy/rule';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { inPieces, runEngine, testContext } from '../samples/engine';
import { ctElements, makeInstance } from '../samples/make-instance';

const removing: ReadonlySet<Rule> = new Set(['remove', 'empty', 'dummy']);
const all = [...dictionaryRows()];
const rulesOf = (name: PolicyName) => new Set(all.map(([tag]) => policyOf(name).rule(tag)));

describe('the named policies', () => {
  it.each(policyNames)('do nothing else with an attribute than basic does, but remove it (%s)', (name) => {
    const others = all.filter(([tag]) => {
      const rule = policyOf(name).rule(tag);
      return rule !== policyOf('basic').rule(tag) && !removing.has(rule);
    });
    expect(others).toEqual([]);
  });

  it('shift no date where dates go', () => {
    for (const name of ['no-dates', 'strict'] as const) {
      expect(rulesOf(name).has('shift-date')).toBe(false);
      expect(rulesOf(name).has('timezone')).toBe(false);
    }
  });

  it('clean no text where text goes', () => {
    for (const name of ['no-free-text', 'strict'] as const) expect(rulesOf(name).has('clean')).toBe(false);
  });

  it('keep nothing that Table E.1-1 names, where they make no use of its options', () => {
    const kept = all.filter(([tag]) => {
      const rule = policyOf('strict').rule(tag);
      return (
        profileRow(tag) !== undefined && ['keep', 'keep-binary', 'cap-age', 'clean-device'].includes(rule)
      );
    });
    expect(kept).toEqual([]);
  });
});

describe('an instance under a named policy', () => {
  const elements = ctElements(explicitLittleEndian, [
    makeText(tags.studyDate, 'DA', '20200131'),
    makeText(0x00081030, 'LO', 'CT head with contrast'),
    makeText(tags.manufacturer, 'LO', 'SIEMENS'),
    makeText(tags.patientSex, 'CS', 'F'),
    makeText(tags.patientAge, 'AS', '045Y'),
    makeText(0x00190010, 'LO', 'SIEMENS MR HEADER'),
    makeText(0x0019100c, 'IS', '1000'),
  ]);

  async function under(name: PolicyName) {
    const file = makeInstance({ syntax: 'explicit', elements });
    const { outcome, output } = await runEngine(file, await testContext({ policy: policyOf(name) }));
    if (outcome.outcome !== 'deidentified') throw new Error(outcome.outcome);
    const { dataSet } = await new InstanceReader(inPieces(output)).readHeader();
    const codes = itemsOf(dataSet, tags.deidentificationMethodCodeSequence).map((item) =>
      asciiOf(item, tags.codeValue),
    );
    return {
      codes,
      facts: outcome.instance.facts,
      date: asciiOf(dataSet, tags.studyDate),
      changed: asciiOf(dataSet, tags.longitudinalTemporalInformationModified),
      description: asciiOf(dataSet, 0x00081030),
      manufacturer: asciiOf(dataSet, tags.manufacturer),
      sex: asciiOf(dataSet, tags.patientSex),
      hasDate: find(dataSet, tags.studyDate) !== undefined,
      privates: dataSet.elements.filter(({ tag }) => isPrivate(tag)).length,
    };
  }

  it('keeps under basic what the options keep, and says so', async () => {
    const kept = await under('basic');
    expect(kept).toMatchObject({
      changed: 'MODIFIED',
      description: 'CT head with contrast',
      manufacturer: 'SIEMENS',
      sex: 'F',
      privates: 2,
    });
    expect(kept.date).toMatch(/^\d{8}$/);
    expect(kept.date).not.toBe('20200131');
    expect(kept.facts).toMatchObject({ ageYears: 45, sex: 'F', studyDate: kept.date });
    expect(kept.codes).toEqual([
      ...['113100', '113101', '113103', '113104', '113105', '113107', '113108', '113109', '113111'],
    ]);
  });

  it('has no text under no-free-text, and everything else', async () => {
    const kept = await under('no-free-text');
    expect(kept).toMatchObject({ description: '', manufacturer: 'SIEMENS', sex: 'F', changed: 'MODIFIED' });
    expect(kept.codes).toEqual(['113100', '113101', '113107', '113108', '113109', '113111']);
  });

  it('has no date under no-dates, but an empty one where its information object asks for it', async () => {
    const kept = await under('no-dates');
    expect(kept).toMatchObject({ date: '', hasDate: true, changed: 'REMOVED', sex: 'F' });
    expect(kept.facts).toMatchObject({ ageYears: 45, studyDate: null });
    expect(kept.codes).not.toContain('113107');
  });

  it('has nothing under strict that an option would keep, nor has the catalogue', async () => {
    expect(await under('strict')).toEqual({
      codes: ['113100', '113101'],
      date: '',
      hasDate: true,
      changed: 'REMOVED',
      description: '',
      manufacturer: '',
      sex: '',
      privates: 0,
      facts: expect.objectContaining({ ageYears: null, sex: null, studyDate: null, manufacturer: null }),
    });
  });
});
