import { contactDetailIn, findContactDetails } from '../../../lambda/register/contact-details';

describe('contact details in a text for the public', () => {
  it.each([
    ['Write to r.patel@example.ac.uk for more.', 'an e-mail address'],
    ['Write to r.patel (at) example.ac.uk for more.', 'an e-mail address'],
    ['<r.patel+study@example.org>', 'an e-mail address'],
    ['Call 020 7946 0000.', 'a telephone number'],
    ['Call (020) 7946 0000 in the morning', 'a telephone number'],
    ['Call +44 (0)20 7946 0000', 'a telephone number'],
    ['07700 900000', 'a telephone number'],
    ['0044 20 7946 0000', 'a telephone number'],
  ])('%s: %s', (text, found) => {
    expect(contactDetailIn(text)).toBe(found);
  });

  it.each([
    'Images at 3 T @ 64 channels',
    'Approved on 2026-11-29, until 2027-10-31.',
    'doi 10.1161/CIRCULATIONAHA.122.060785, https://doi.org/10.1186/s12911-022-02093-0',
    'DUO:0000007 and ISRCTN 12345678901',
    'between 1 000 000 and 2 500 000 images',
    'REC reference 16/EM/0351, CAG 00/CAG/0000',
    '1.3.6.1.4.1.32473.7.1.2.1234567890',
  ])('is not in: %s', (text) => {
    expect(contactDetailIn(text)).toBeNull();
  });

  it('is named with its field, at any depth', () => {
    const use = { dataUse: { nonGatewayOutputs: ['https://doi.org/10.1136/x', 'ask me@example.org'] } };
    expect(findContactDetails(use.dataUse, 'dataUse')).toEqual([
      {
        path: 'dataUse.nonGatewayOutputs.1',
        message: 'goes to the public register and holds an e-mail address',
      },
    ]);
  });
});
