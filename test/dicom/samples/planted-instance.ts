import type { DataElement } from '../../../dicom/data-set/data-element';
import { makeElement } from '../../../dicom/data-set/make-element';
import {
  ctElements,
  fragments,
  item,
  jpegStream,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from './make-instance';

/** What must not be in an output: found as text in any spelling. */
export const plantedTexts = {
  word: 'QSTEPZVK',
  codeString: 'QCODEZVK',
  code: 'QC4417',
  private: 'QPRIVZVK',
  profile: 'QICCZVK',
  device: 'QDEVZVK',
  preamble: 'QPREZVK',
  trailer: 'QTRAILZVK',
  studyDate: '20240229',
  dateTime: '20240301101530',
  nested: '20240302',
  time: 'QTIMEZVK',
  age: '097Y',
  uid: '1.2.826.0.1.3680043.10.4711',
  number: '9434765919',
  accession: 'ACC7788421',
  orientation: 'QORZVK',
  imageType: 'QTYPEZVK',
  // A term of radiology that is this patient's name: cleaning and the proof must know of it.
  termName: 'marrow',
} as const;

/** An instance with something planted for every step of the engine that cleans. */
export function plantedInstance(syntax: SyntaxName = 'explicit'): Buffer {
  const planted = plantedTexts;
  const profile = Buffer.alloc(400);
  profile.writeUInt32BE(400, 0);
  profile.write('acsp', 36, 'latin1');
  profile.writeUInt32BE(1, 128);
  profile.write('desc', 132, 'latin1');
  profile.writeUInt32BE(144, 136);
  profile.writeUInt32BE(200, 140);
  profile.write(`desc    ${planted.profile}`, 144, 'latin1');
  const elements: DataElement[] = [
    text(0x00080008, 'CS', `ORIGINAL\\PRIMARY\\${planted.imageType}`),
    text(0x00080020, 'DA', planted.studyDate),
    text(0x0008002a, 'DT', planted.dateTime),
    text(0x00080031, 'TM', planted.time),
    text(0x00080050, 'SH', planted.accession),
    text(0x00080070, 'LO', `SIEMENS ${planted.device}`),
    text(0x00081030, 'LO', `CT bone ${planted.termName} ${planted.word}`),
    sequence(0x00081115, [
      item(
        text(0x0020000e, 'UI', planted.uid),
        text(0x00080021, 'DA', planted.nested),
        text(0x00180015, 'CS', planted.codeString),
      ),
    ]),
    sequence(0x00082218, [
      item(
        text(0x00080100, 'SH', planted.code),
        text(0x00080102, 'SH', 'SCT'),
        text(0x00080104, 'LO', 'Chest'),
      ),
    ]),
    text(0x00090010, 'LO', 'GEMS_PETD_01'),
    text(0x00091006, 'LO', planted.private),
    text(0x00100010, 'PN', `${planted.termName}^Ottilie`),
    text(0x00100020, 'LO', planted.number),
    text(0x00101010, 'AS', planted.age),
    text(0x00180015, 'CS', planted.codeString),
    text(0x00180050, 'DS', planted.number),
    text(0x00200012, 'IS', planted.word),
    text(0x00200020, 'CS', planted.orientation),
    makeElement(0x00282000, 'OB', profile),
  ];
  return makeInstance({
    syntax,
    elements: ctElements(syntaxes[syntax].encoding, elements),
    preamble: Buffer.from(planted.preamble.padEnd(128, '.')),
    trailer: [makeElement(0xfffcfffc, 'OB', Buffer.from(`${planted.trailer} `))],
  });
}

/** A compressed image whose comment names its patient. */
export const commentedInstance = (): Buffer =>
  makeInstance({
    syntax: 'jpeg',
    elements: ctElements(syntaxes.jpeg.encoding),
    pixelData: fragments(jpegStream('scan of Tabitha Wrenfield')),
  });
