import type { SyntaxName } from '../samples/make-instance';

/** A kind of instance of the synthetic set: what a scanner or workstation of that modality would write. */
export interface ImageKind {
  readonly modality: string;
  readonly sopClassUid: string;
  readonly bodyPart: string;
  /** Words that researchers need: they must be there afterwards. */
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly protocolName: string;
  readonly syntaxes: readonly SyntaxName[];
  readonly hasPixels: boolean;
  readonly frames: number;
}

const storage = '1.2.840.10008.5.1.4.1.1';
const native: readonly SyntaxName[] = ['explicit', 'implicit', 'deflated', 'bigEndian'];
const compressed: readonly SyntaxName[] = ['explicit', 'jpeg', 'jpeg', 'implicit'];

const kind = (
  modality: string,
  sopClass: string,
  bodyPart: string,
  studyDescription: string,
  seriesDescription: string,
  protocolName: string,
  changes: Partial<ImageKind> = {},
): ImageKind => ({
  modality,
  sopClassUid: `${storage}.${sopClass}`,
  bodyPart,
  studyDescription,
  seriesDescription,
  protocolName,
  syntaxes: native,
  hasPixels: true,
  frames: 1,
  ...changes,
});

export const imageKinds: readonly ImageKind[] = [
  kind('CT', '2', 'CHEST', 'CT Thorax with contrast', 'Axial lung 1.5 mm', 'CT Chest routine'),
  kind('CT', '2', 'HEAD', 'CT Head without contrast', 'Bone 2 mm coronal', 'Head trauma'),
  kind('MR', '4', 'BRAIN', 'MRI Brain', 'AX T2 FLAIR fat sat', 'Brain tumour protocol'),
  kind('MR', '4', 'LSPINE', 'MR Lumbar spine', 'SAG T1 TSE', 'Lumbar spine'),
  kind('CR', '1', 'CHEST', 'XR Chest', 'PA erect', 'Chest PA', { syntaxes: compressed }),
  kind('DX', '1.1', 'HAND', 'XR Hand left', 'DP and oblique', 'Hand', { syntaxes: compressed }),
  kind('MG', '1.2', 'BREAST', 'Mammogram screening bilateral', 'L MLO', 'Screening', {
    syntaxes: compressed,
  }),
  kind('US', '6.1', 'ABDOMEN', 'US Abdomen', 'Liver and kidney', 'Abdominal', {
    // Samples of 8 bits in big endian words are not blanked but refused, unless the collection accepts them.
    syntaxes: ['explicit', 'implicit', 'deflated'],
  }),
  kind('US', '3.1', 'HEART', 'Echocardiogram', 'Apical four chamber', 'Cardiac adult', {
    frames: 6,
    syntaxes: compressed,
  }),
  kind('PT', '128', 'WHOLEBODY', 'PET CT whole body FDG', 'PET attenuation corrected', 'Oncology whole body'),
  kind('NM', '20', 'BONE', 'NM Bone scan', 'Anterior and posterior', 'Bone scan whole body', { frames: 2 }),
  kind('XA', '12.1', 'HEART', 'Coronary angiogram', 'Left coronary artery', 'Coronary 15 fps', {
    frames: 5,
    syntaxes: compressed,
  }),
  kind('RF', '12.2', 'STOMACH', 'Barium swallow', 'Lateral', 'Barium swallow', { frames: 3 }),
  kind('SR', '88.33', '', 'CT Thorax report', 'Measurements', '', { hasPixels: false }),
  kind('RTSTRUCT', '481.3', '', 'Radiotherapy planning', 'Contours', '', { hasPixels: false }),
  kind('PR', '11.1', '', 'MRI Brain', 'Presentation state', '', { hasPixels: false }),
];
