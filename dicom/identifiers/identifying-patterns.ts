/**
 * Text that identifies by its form alone, whoever it is about. Those that may begin anywhere in a word look at its
 * beginning only, so that a long word costs no more than its length.
 */

/** What people write between the digits of a number. */
const digitSeparator = '[\\s\\u00a0\\u2000-\\u200b\\u202f/.:_\\u2010-\\u2015-]';

const electronicAddresses = [/(?<![^\s@])[^\s@]+@[^\s@]+/gu, /\b(?:https?|ftp):\/\/\S+|\bwww\.\S+/giu];

/** Runs of digits however they are grouped: dates, telephone and record numbers, NHS, CHI and H&C numbers. */
const numbers = [
  // Between brackets, commas and wider gaps stand lists too: only from nine digits on is it a number of somebody.
  /\d(?:[^\p{L}\p{N}]{0,4}\d){8,}/gu,
  new RegExp(`(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}]*\\d(?:${digitSeparator}{0,2}\\d){5,}[\\p{L}\\p{N}]*`, 'gu'),
];

const months =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|' +
  'nov(?:ember)?|dec(?:ember)?';
const day = '\\d{1,2}(?:st|nd|rd|th)?';
const dates = [
  /\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b/gu,
  new RegExp(`(?<![\\p{L}\\p{N}])${day}[\\s./_-]{0,3}(?:of )?(?:${months})[\\s.,'/_-]{0,3}\\d{2,4}`, 'giu'),
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${months})[\\s./_-]{0,3}${day}[\\s.,'/_-]{1,3}\\d{2,4}`, 'giu'),
];

/** Ages of 90 and over, which identify. */
const ages = [
  /(?<![\p{L}\p{N}.])(?:9\d|1[0-3]\d)[\s-]{0,2}(?:years?|yrs?|y\/?o|y)(?!\p{L})/giu,
  /(?<!\p{L})aged?[\s:=]{1,3}(?:9\d|1[0-3]\d)(?![\p{N}.])/giu,
];

/** Postcode areas of the United Kingdom and the Crown Dependencies. */
const postcodeAreas =
  'AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|' +
  'FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|' +
  'NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|' +
  'WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE';
const postcodes = [
  /\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b/giu,
  // The letters of the inward part are never C, I, K, M, O or V.
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${postcodeAreas})\\d[A-Z\\d]?[\\s._-]{0,3}\\d[ABD-HJLNP-UW-Z]{2}(?![\\p{L}\\p{N}])`,
    'giu',
  ),
];

/** Up to three words that begin with a capital, or initials. */
const capitalised = "(?:\\s{0,2}\\p{Lu}[\\p{L}'\\u2019-]*\\.?){1,3}";
const names = [
  // Capitals alone are modalities (MR, DR) or a disease (MS); with a full stop they are titles.
  new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:Mr|Dr|Ms|Mx)\\.?\\s|(?:MR|DR|MS|Mr|Dr|Ms)\\.)${capitalised}`, 'gu'),
  new RegExp(
    '(?<![\\p{L}\\p{N}])(?:[Mm]rs|MRS|[Mm]iss|MISS|[Pp]rof(?:essor)?|PROF(?:ESSOR)?|Rev(?:d|erend)|Sir|Dame|Lady|Lord|' +
      `Sister|Nurse)\\.?\\s${capitalised}`,
    'gu',
  ),
  /(?<![\p{L}\p{N}])(?:name|surname|forename|referrer|consultant|operator|radiologist|radiographer|sonographer|physician|surgeon|doctor|gp|(?:referred|reported|requested|performed|scanned|dictated|verified|authorised|signed) by)\s?[:=]\s{0,2}(?:\p{L}[\p{L}'\u2019.-]*[ ,^]{0,2}){1,3}/giu,
  // Four letters and more that stand alone in a row spell a word.
  /(?<![\p{L}\p{N}])\p{L}(?:[^\p{L}\p{N}]{1,3}\p{L}(?![\p{L}\p{N}])){3,}/gu,
];

const patterns: readonly RegExp[] = [
  ...electronicAddresses,
  ...names,
  ...numbers,
  ...dates,
  ...ages,
  ...postcodes,
];

/** Text with everything that identifies by its form replaced. */
export function replaceIdentifyingPatterns(text: string, replacement: string): string {
  let rest = text;
  for (const pattern of patterns) rest = rest.replace(pattern, replacement);
  return rest;
}

/** Whether text holds something that identifies by its form. */
export const holdsIdentifyingPattern = (text: string): boolean =>
  patterns.some((pattern) => text.search(pattern) !== -1);

/** The source of all patterns, for the hash of the policy. */
export const identifyingPatternSource = (): string => patterns.map(String).join('\n');
