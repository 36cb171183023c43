import { matchDuo } from '../../../lambda/register/duo-match';

const GENERAL = 'DUO:0000042';
const BIOMEDICAL = 'DUO:0000006';
const DISEASE = 'DUO:0000007';
const ANCESTRY_ONLY = 'DUO:0000011';
const NO_METHODS = 'DUO:0000015';
const NOT_FOR_PROFIT_NON_COMMERCIAL = 'DUO:0000018';
const ETHICS_APPROVAL = 'DUO:0000021';
const RETURN = 'DUO:0000029';
const METHODS = 'DUO:0000031';
const ANCESTRY_RESEARCH = 'DUO:0000033';
const BIOMEDICAL_RESEARCH = 'DUO:0000037';
const NO_ANCESTRY = 'DUO:0000044';
const NON_COMMERCIAL = 'DUO:0000046';

describe('the match of an intended use with a collection', () => {
  test.each([
    ['research in a collection for research', [BIOMEDICAL_RESEARCH], [GENERAL], 'true'],
    ['ancestry research in a collection for research', [ANCESTRY_RESEARCH], [GENERAL], 'true'],
    ['medical research in a medical collection', [BIOMEDICAL_RESEARCH], [BIOMEDICAL], 'true'],
    ['ancestry research in a medical collection', [ANCESTRY_RESEARCH], [BIOMEDICAL], 'false'],
    ['general research in a medical collection', [GENERAL], [BIOMEDICAL], 'false'],
    ['methods alone in a medical collection', [METHODS], [BIOMEDICAL], 'needs-validation'],
    [
      'methods for medical research in a medical collection',
      [METHODS, BIOMEDICAL_RESEARCH],
      [BIOMEDICAL],
      'true',
    ],
    [
      'one disease in a collection for one disease: which one, a person sees',
      [DISEASE],
      [DISEASE],
      'needs-validation',
    ],
    ['medical research in a collection for one disease', [BIOMEDICAL], [DISEASE], 'false'],
    ['ancestry research in a collection for it', [ANCESTRY_RESEARCH], [ANCESTRY_ONLY], 'true'],
    ['method development where it is ruled out', [METHODS], [GENERAL, NO_METHODS], 'false'],
    [
      'nothing said of methods where they are ruled out',
      [BIOMEDICAL_RESEARCH],
      [GENERAL, NO_METHODS],
      'needs-validation',
    ],
    ['ancestry research where it is ruled out', [ANCESTRY_RESEARCH], [GENERAL, NO_ANCESTRY], 'false'],
    ['a condition not accepted', [BIOMEDICAL_RESEARCH], [GENERAL, RETURN], 'false'],
    ['a condition accepted', [BIOMEDICAL_RESEARCH, RETURN], [GENERAL, RETURN], 'true'],
    [
      'a condition with a paper to check',
      [BIOMEDICAL_RESEARCH, ETHICS_APPROVAL],
      [GENERAL, ETHICS_APPROVAL],
      'needs-validation',
    ],
    [
      'the stricter of two declarations',
      [GENERAL, NOT_FOR_PROFIT_NON_COMMERCIAL],
      [GENERAL, NON_COMMERCIAL],
      'true',
    ],
    ['half of a declaration', [GENERAL, NON_COMMERCIAL], [GENERAL, NOT_FOR_PROFIT_NON_COMMERCIAL], 'false'],
    ['a term that the register does not know', [GENERAL, 'DUO:9999999'], [GENERAL], 'needs-validation'],
    [
      'a collection with a term that the register does not know',
      [GENERAL],
      [GENERAL, 'DUO:9999999'],
      'needs-validation',
    ],
  ])('%s', (_case, requested, collection, match) => {
    expect(matchDuo(requested, collection).match).toBe(match);
  });

  test('explains every code of the collection in words', () => {
    const { findings } = matchDuo([ANCESTRY_RESEARCH], [BIOMEDICAL, RETURN]);
    expect(findings.map(({ code, match }) => [code, match])).toEqual([
      [BIOMEDICAL, 'false'],
      [RETURN, 'false'],
    ]);
    expect(findings[0]?.text).toContain(ANCESTRY_RESEARCH);
    expect(findings[1]?.text).toContain('derived data come back');
  });
});
