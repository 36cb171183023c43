import type { AttributeRecord } from './release.contract';

/** How the platform comes by each attribute: true of every release made by this version of it. */
export const attributeRecords: readonly AttributeRecord[] = [
  {
    attribute: 'age_band',
    recorded:
      'Age at the scan out of the trust’s demographics table, or, where it has none, out of the image headers.',
    merged: 'Whole years; 90 and above are one value. Shown in bands of ten years.',
  },
  {
    attribute: 'sex',
    recorded: 'Person stated gender code in the trust’s demographics table. Headers of images are not used.',
    merged:
      '1 male, 2 female, 9 not specified. 0 and blank count as missing. Sex and gender identity cannot be told apart.',
  },
  {
    attribute: 'ethnic_category',
    recorded:
      'Ethnic category (NHS Data Dictionary, 2001) in the trust’s demographics table: as the patient stated it, or as staff wrote it down; which of the two is not recorded.',
    merged:
      'Sixteen categories, none put together. Z not stated, 99 not known and blank count as missing and are never shared out. Chinese stands under Other, as in the list of 2001.',
  },
  {
    attribute: 'region',
    recorded:
      'ONS region in the trust’s demographics table: where the patient lived when the table was written.',
    merged:
      'Nine regions of England. Where the table has none, it is missing; the region of the trust is not put in its place.',
  },
  {
    attribute: 'imd_decile',
    recorded: 'Tenth of the Index of Multiple Deprivation of the place of living, worked out by the trust.',
    merged:
      '1 is the most deprived. It tells of the neighbourhood, not of the person. The edition of the index is the trust’s.',
  },
  {
    attribute: 'trust_region',
    recorded: 'ONS region of the trust that sent the images, from the platform’s configuration.',
    merged: 'The trust itself is not told.',
  },
  {
    attribute: 'modality',
    recorded: 'Modality (0008,0060), written by the device.',
    merged: 'As it stands.',
  },
  {
    attribute: 'body_part',
    recorded:
      'Body Part Examined (0018,0015), set by the protocol of the device or by staff; often wrong or blank.',
    merged: 'As it stands, in capitals.',
  },
  {
    attribute: 'manufacturer',
    recorded: 'Manufacturer (0008,0070), written by the device.',
    merged: 'As it stands: one maker may stand under several spellings.',
  },
  {
    attribute: 'field_strength',
    recorded: 'Magnetic Field Strength (0018,0087) of magnetic resonance, written by the device.',
    merged: 'In bands, in tesla.',
  },
  {
    attribute: 'kvp',
    recorded: 'KVP (0018,0060) of X-ray images, written by the device.',
    merged: 'In bands, in kilovolts.',
  },
  {
    attribute: 'contrast',
    recorded: 'Contrast/Bolus Agent (0018,0010), set by the protocol or by staff.',
    merged: 'Stated or not. Where nothing stands, contrast may have been given all the same.',
  },
];
