import { IdentifyingValues } from '../../../dicom/identifiers/identifying-values';

describe('what identifies and is learnt late', () => {
  it.each<[string, (values: IdentifyingValues) => void, string]>([
    ['a name', (values) => values.addName('Wrenfield^Tabitha'), 'xwrenfieldx'],
    ['a number', (values) => values.addId('94347659'), 'x94347659x'],
    ['a place', (values) => values.addPlace('Quillbrook', () => false), 'xquillbrookx'],
    ['a date', (values) => values.addDate('19620317'), 'x19620317x'],
  ])('is found from then on, inside of words too: %s', (_what, add, text) => {
    const values = new IdentifyingValues();
    values.addName('Somebody^Else');
    expect(values.holdsText(text)).toBe(false);
    add(values);
    expect(values.holdsText(text)).toBe(true);
  });
});
