import { seededNumber } from './seeded-values';

/** A patient who does not exist. */
export interface FictitiousPatient {
  /** DICOM PN, family and given name. */
  readonly name: string;
  /** Local hospital number. */
  readonly hospitalNumber: string;
  /** Ten digits of the 999 range, which the NHS keeps for tests, valid by modulus 11. */
  readonly nhsNumber: string;
  /** `YYYYMMDD` */
  readonly birthDate: string;
  readonly sex: 'F' | 'M';
  readonly address: string;
}

/** Made-up words, so that no name is anybody's. */
const familyNames = ['Zztestwick', 'Zzmockholm', 'Zzsampleby', 'Zzdummyford', 'Zzspecimére', 'Zzfictley'];
const givenNames = ['Aquaria', 'Bramblo', 'Cindrel', 'Dovetta', 'Elmoro', 'Fennika', 'Gladewyn', 'Hazelio'];

/** NHS number of the test range 999 with its check digit; null where the digits allow none (modulus 11 gives 10). */
function testNhsNumber(serial: number): string | null {
  const nine = `999${String(serial % 1_000_000).padStart(6, '0')}`;
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : `${nine}${check}`;
}

/** The `index`-th patient of a seed: the same for ever, and another for every index. */
export function fictitiousPatient(seed: string, index: number): FictitiousPatient {
  // Serials step by 7 so that the search past a serial without a check digit never meets the next patient's.
  let serial = seededNumber(seed, 'nhs-number', 100_000) + index * 7;
  let nhsNumber = testNhsNumber(serial);
  while (nhsNumber === null) nhsNumber = testNhsNumber(++serial);
  const family = familyNames[(index + seededNumber(seed, 'family', familyNames.length)) % familyNames.length];
  const given = givenNames[(index + seededNumber(seed, 'given', givenNames.length)) % givenNames.length];
  const year = 1936 + seededNumber(seed, `birth-year/${index}`, 65);
  const month = 1 + seededNumber(seed, `birth-month/${index}`, 12);
  const day = 1 + seededNumber(seed, `birth-day/${index}`, 28);
  return {
    name: `${family}^${given}`,
    hospitalNumber: `HN${String(400_000 + seededNumber(seed, 'hospital-number', 100_000) + index)}`,
    nhsNumber,
    birthDate: `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`,
    sex: seededNumber(seed, `sex/${index}`, 2) === 0 ? 'F' : 'M',
    address: `${index + 1} Nowhere Lane, Zztown`,
  };
}
