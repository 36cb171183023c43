import { createHash } from 'node:crypto';
import type { DataElement, Encoding } from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { type FictitiousPatient, fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { seededNoise, seededNumber, seededUid } from '../../../dicom/synthetic/seeded-values';
import {
  fragments,
  item,
  jpegStream,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from '../samples/make-instance';
import type { Answer, Box } from './answer-key';
import { AnswerWriter } from './answer-writer';
import { blankedKinds } from './blanked-kinds';
import { type ImageKind, imageKinds } from './image-kinds';

/** One instance of the set. */
export interface SyntheticObject {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patientId: string;
  readonly modality: string;
  readonly bytes: Buffer;
}

export interface SyntheticSet {
  readonly objects: readonly SyntheticObject[];
  readonly key: readonly Answer[];
}

/** Every kind in 2 studies of 2 series of 6 instances; 20 patients, so that some have studies of several kinds. */
const studiesPerKind = 2;
const seriesPerStudy = 2;
const instancesPerSeries = 6;
const patients = 20;

interface Place {
  readonly seed: string;
  readonly kind: ImageKind;
  readonly name: string;
  readonly patient: FictitiousPatient;
  readonly study: number;
  readonly series: number;
  readonly instance: number;
  readonly syntax: SyntaxName;
}

/** A set of files with everything planted that MIDI-B asks for, and the answers to it. Deterministic. */
export function makeSyntheticSet(seed: string): SyntheticSet {
  const objects: SyntheticObject[] = [];
  const key: Answer[] = [];
  for (const [kindIndex, kind] of imageKinds.entries()) {
    for (let study = 0; study < studiesPerKind; study += 1) {
      const patient = fictitiousPatient(seed, (kindIndex * studiesPerKind + study) % patients);
      for (let series = 0; series < seriesPerStudy; series += 1) {
        const syntax = kind.syntaxes[(study * seriesPerStudy + series) % kind.syntaxes.length] ?? 'explicit';
        for (let instance = 0; instance < instancesPerSeries; instance += 1) {
          const name = `${kindIndex}/${study}`;
          const place: Place = { seed, kind, name, patient, study, series, instance, syntax };
          objects.push(makeObject(place, key));
        }
      }
    }
  }
  return { objects, key };
}

const day = (place: Place, name: string, firstYear = 2019, years = 6): string => {
  const number = (part: string, limit: number): number => seededNumber(place.seed, `${name}/${part}`, limit);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${firstYear + number('year', years)}${two(1 + number('month', 12))}${two(1 + number('day', 28))}`;
};

/** Words that name people, places and numbers, planted beside what must stay. */
function plantedWords(place: Place): { family: string; telephone: string; mail: string; date: string } {
  const { seed, name, patient } = place;
  const family = (patient.name.split('^')[0] ?? '').normalize('NFKD').replace(/\p{M}/gu, '');
  const digits = String(100_000 + seededNumber(seed, `telephone/${name}`, 900_000));
  const date = day(place, `text/${name}`);
  return {
    family,
    telephone: `01632 ${digits}`,
    mail: `${family.toLowerCase()}@zztown.example`,
    date: `${date.slice(6)}/${date.slice(4, 6)}/${date.slice(0, 4)}`,
  };
}

function makeObject(place: Place, key: Answer[]): SyntheticObject {
  const { seed, kind, name, series, instance, patient, syntax } = place;
  const uid = (what: string): string => seededUid(seed, `midi/${what}`);
  const sopInstanceUid = uid(`instance/${name}/${series}/${instance}`);
  const seriesInstanceUid = uid(`series/${name}/${series}`);
  const studyInstanceUid = uid(`study/${name}`);
  const answers = new AnswerWriter(sopInstanceUid);
  const elements = [
    ...identityElements(place, answers, { sopInstanceUid, seriesInstanceUid, studyInstanceUid }),
    ...descriptionElements(place, answers),
    ...referenceElements(place, answers),
    ...privateElements(place, answers),
    ...(kind.hasPixels ? pixelElements(place, answers) : documentElements(place, answers)),
  ];
  const pixels = kind.hasPixels ? pixelValue(place) : null;
  if (pixels !== null) {
    const blanked = blankedKinds.get(kind.sopClassUid);
    // A redacted image cannot keep its bytes.
    if (blanked === undefined) answers.pixelsRetained(md5Of(pixels, syntax));
    else answers.pixelsHidden(blanked.hidden);
  }
  key.push(...answers.rows);
  const bytes = makeInstance({ syntax, elements: uniqueElements(elements), pixelData: pixels });
  return {
    sopInstanceUid,
    seriesInstanceUid,
    studyInstanceUid,
    patientId: patient.nhsNumber,
    modality: kind.modality,
    bytes,
  };
}

function uniqueElements(elements: readonly DataElement[]): DataElement[] {
  const tags = new Set(elements.map(({ tag }) => tag));
  if (tags.size !== elements.length) throw new Error('Two elements of one tag.');
  return [...elements];
}

function identityElements(
  place: Place,
  answers: AnswerWriter,
  uids: { sopInstanceUid: string; seriesInstanceUid: string; studyInstanceUid: string },
): DataElement[] {
  const { kind, patient, name, seed, series, instance } = place;
  const number = (what: string): string =>
    String(seededNumber(seed, `${what}/${name}`, 90_000_000) + 10_000_000);
  const planted = plantedWords(place);
  const studyDate = day(place, `study/${name}`);
  const out: DataElement[] = [text(0x00080005, 'CS', 'ISO_IR 100')];
  const kept = (tag: number, vr: string, value: string): void => {
    out.push(text(tag, vr, value));
    answers.kept(tag, value);
  };
  const removed = (tag: number, vr: string, value: string, category: string): void => {
    out.push(text(tag, vr, value));
    answers.removed(tag, value, category);
  };
  const mapped = (tag: number, value: string): void => {
    out.push(text(tag, 'UI', value));
    answers.uid(tag, value);
  };
  const dated = (tag: number, value: string, vr = 'DA'): void => {
    out.push(text(tag, vr, value));
    answers.dated(tag, value);
  };
  kept(0x00080016, 'UI', kind.sopClassUid);
  mapped(0x00080018, uids.sopInstanceUid);
  mapped(0x0020000d, uids.studyInstanceUid);
  mapped(0x0020000e, uids.seriesInstanceUid);
  dated(0x00080020, studyDate);
  dated(0x00080021, day(place, `series/${name}/${series}`));
  dated(0x00080023, day(place, `content/${name}/${series}`));
  dated(0x0008002a, `${day(place, `acquired/${name}`)}101530.25+0100`, 'DT');
  kept(0x00080030, 'TM', '101530');
  removed(0x00080050, 'SH', `ACC${number('accession')}`, 'HIPAA-R');
  kept(0x00080060, 'CS', kind.modality);
  kept(0x00080070, 'LO', 'SIEMENS');
  removed(0x00080080, 'LO', 'Zztown Royal Infirmary', 'HIPAA-R');
  removed(0x00080081, 'ST', '12 Nowhere Lane, Zztown', 'HIPAA-B');
  removed(0x00080090, 'PN', 'Zzreferrer^Iolanto', 'HIPAA-A');
  removed(0x00080094, 'SH', planted.telephone, 'HIPAA-D');
  removed(0x00081010, 'SH', 'ZZSTATION1', 'HIPAA-R');
  removed(0x00081048, 'PN', 'Zzphysician^Orlanda', 'HIPAA-A');
  removed(0x00081070, 'PN', 'Zzoperator^Junipa', 'HIPAA-A');
  out.push(text(0x00100010, 'PN', patient.name.normalize('NFKD').replace(/\p{M}/gu, '')));
  answers.removed(0x00100010, planted.family, 'HIPAA-A');
  answers.notNull(0x00100010);
  out.push(text(0x00100020, 'LO', patient.nhsNumber));
  answers.patientId(0x00100020, patient.nhsNumber);
  answers.removed(0x00100020, patient.nhsNumber, 'HIPAA-H');
  out.push(text(0x00100030, 'DA', patient.birthDate));
  answers.dated(0x00100030, patient.birthDate);
  answers.present(0x00100030);
  kept(0x00100040, 'CS', patient.sex);
  kept(0x00101010, 'AS', '064Y');
  kept(0x00101030, 'DS', '71.5');
  removed(0x00101000, 'LO', `HN${number('hospital')}`, 'HIPAA-H');
  removed(0x00101040, 'LO', '3 Nowhere Lane, Zztown', 'HIPAA-B');
  removed(0x00102154, 'SH', planted.telephone, 'HIPAA-D');
  removed(0x00101005, 'PN', 'Zzbirthname^Aquaria', 'HIPAA-A');
  removed(0x00102180, 'SH', 'Zzlamplighter', 'HIPAA-R');
  removed(0x00181000, 'LO', `SN${number('serial')}`, 'HIPAA-M');
  out.push(text(0x00200010, 'SH', `ST${number('studyid')}`));
  answers.removed(0x00200010, `ST${number('studyid')}`, 'HIPAA-R');
  answers.present(0x00200010);
  kept(0x00200011, 'IS', String(series + 1));
  kept(0x00200013, 'IS', String(instance + 1));
  removed(0x00321032, 'PN', 'Zzrequester^Basilia', 'HIPAA-A');
  return out;
}

function descriptionElements(place: Place, answers: AnswerWriter): DataElement[] {
  const { kind } = place;
  const { family, telephone, mail, date } = plantedWords(place);
  const out: DataElement[] = [];
  const mixed = (tag: number, vr: string, kept: string, ...gone: string[]): void => {
    out.push(text(tag, vr, [kept, ...gone].join(' ')));
    answers.kept(tag, kept);
    for (const value of gone) answers.removed(tag, value, 'HIPAA-R');
  };
  mixed(0x00081030, 'LO', kind.studyDescription, family, telephone);
  mixed(0x0008103e, 'LO', kind.seriesDescription, `${family}`, date);
  out.push(text(0x00104000, 'LT', `Please ring ${telephone} or write to ${mail}`));
  answers.removed(0x00104000, telephone, 'HIPAA-D');
  answers.removed(0x00104000, mail, 'HIPAA-F');
  if (kind.hasPixels) {
    mixed(0x00180015, 'CS', kind.bodyPart);
    mixed(0x00181030, 'LO', kind.protocolName, 'Zzlamplighter');
    mixed(0x00204000, 'LT', 'motion artefact, lung nodule 8 mm', mail);
    out.push(text(0x00180060, 'DS', '120'), text(0x00180050, 'DS', '1.5'));
    answers.kept(0x00180060, '120');
    answers.kept(0x00180050, '1.5');
  }
  return out;
}

function referenceElements(place: Place, answers: AnswerWriter): DataElement[] {
  const { seed, name, series, instance, kind } = place;
  const uid = (what: string): string => seededUid(seed, `midi/${what}`);
  const referenced = uid(`instance/${name}/${series}/0`);
  const frame = uid(`frame/${name}`);
  const date = day(place, `step/${name}`);
  const out = [
    sequence(0x00081140, [
      item(text(0x00081150, 'UI', kind.sopClassUid), text(0x00081155, 'UI', referenced)),
    ]),
    text(0x00200052, 'UI', frame),
    sequence(0x00082218, [
      item(
        text(0x00080100, 'SH', '51185008'),
        text(0x00080102, 'SH', 'SCT'),
        text(0x00080104, 'LO', 'Thoracic structure'),
      ),
    ]),
    sequence(0x00400275, [
      item(text(0x00400007, 'LO', `Planned ${kind.modality}`), text(0x00401001, 'SH', `RP${instance}778812`)),
    ]),
    sequence(0x00081115, [
      item(
        text(0x0020000e, 'UI', uid(`series/${name}/0`)),
        text(0x00080021, 'DA', date),
        sequence(0x0008114a, [
          item(
            text(0x00081155, 'UI', referenced),
            text(0x00080090, 'PN', 'Zzreferrer^Iolanto'),
            text(0x00090010, 'LO', 'ZZ PRIVATE 1'),
            text(0x00091001, 'LO', 'Zzlamplighter'),
          ),
        ]),
      ),
    ]),
  ];
  answers.at('<(0008,1140)>[<0000>]<(0008,1155)>').uid(referenced);
  answers.at('<(0008,1140)>[<0000>]<(0008,1150)>').kept(kind.sopClassUid);
  answers.at('<(0008,1115)>[<0000>]<(0020,000E)>').uid(uid(`series/${name}/0`));
  answers.at('<(0008,1115)>[<0000>]<(0008,0021)>').dated(date);
  const deep = '<(0008,1115)>[<0000>]<(0008,114A)>[<0000>]';
  answers.at(`${deep}<(0008,1155)>`).uid(referenced);
  answers.at(`${deep}<(0008,0090)>`).removed('Zzreferrer^Iolanto', 'HIPAA-A');
  answers.at(`${deep}<(0009,"ZZ PRIVATE 1",01)>`).removed('Zzlamplighter', 'TCIA-P15-BASIC-X');
  answers.at('<(0008,2218)>[<0000>]<(0008,0100)>').kept('51185008');
  answers.at('<(0008,2218)>[<0000>]<(0008,0104)>').kept('Thoracic structure');
  answers.at('<(0040,0275)>[<0000>]<(0040,1001)>').removed(`RP${instance}778812`, 'HIPAA-R');
  answers.at('<(0020,0052)>').uid(frame);
  return out;
}

function privateElements(place: Place, answers: AnswerWriter): DataElement[] {
  const { family } = plantedWords(place);
  const out = [
    text(0x00190010, 'LO', 'GEMS_ACQU_01'),
    text(0x00191023, 'DS', '5.25'),
    text(0x001910ff, 'LO', family),
    text(0x00290010, 'LO', 'ZZ PRIVATE 1'),
    text(0x00290011, 'LO', 'SIEMENS CSA HEADER'),
    text(0x00291008, 'LO', 'Zzlamplighter'),
    sequence(0x00291020, [item(text(0x00100010, 'PN', family))]),
    text(0x00291118, 'LO', `${family} 01632`),
  ];
  answers.at('<(0019,"GEMS_ACQU_01",23)>').kept('5.25', 'TCIA-PTKB-K');
  answers.at('<(0019,"GEMS_ACQU_01",FF)>').removed(family, 'TCIA-PTKB-X');
  answers.at('<(0029,"ZZ PRIVATE 1",08)>').removed('Zzlamplighter', 'TCIA-PTKB-X');
  answers.at('<(0029,"ZZ PRIVATE 1",20)>[<0000>]<(0010,0010)>').removed(family, 'HIPAA-A');
  answers.at('<(0029,"SIEMENS CSA HEADER",18)>').removed(family, 'TCIA-PTKB-X');
  return out;
}

const size = 16;

function pixelElements(place: Place, answers: AnswerWriter): DataElement[] {
  const { kind, syntax } = place;
  const { encoding } = syntaxes[syntax];
  const short = (tag: number, value: number): DataElement => {
    answers.kept(tag, String(value));
    return makeUnsignedShort(tag, value, encoding);
  };
  answers.kept(0x00280004, 'MONOCHROME2');
  answers.kept(0x00080008, 'ORIGINAL\\PRIMARY');
  const out = [
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY'),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    short(0x00280002, 1),
    short(0x00280010, size),
    short(0x00280011, size),
    short(0x00280100, 8),
    short(0x00280101, 8),
    short(0x00280102, 7),
    short(0x00280103, 0),
  ];
  const blanked = blankedKinds.get(kind.sopClassUid);
  if (blanked !== undefined) out.push(ultrasoundRegion(blanked.region, encoding));
  if (kind.frames > 1) {
    out.push(text(0x00280008, 'IS', String(kind.frames)));
    answers.kept(0x00280008, String(kind.frames));
  }
  return out;
}

/** Sequence of Ultrasound Regions (PS3.3 section C.8.5.5) of one region in two dimensions. */
function ultrasoundRegion({ left, top, right, bottom }: Box, encoding: Encoding): DataElement {
  const long = (tag: number, value: number): DataElement => {
    const bytes = Buffer.alloc(4);
    if (encoding.littleEndian) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return makeElement(tag, 'UL', bytes);
  };
  return sequence(0x00186011, [
    item(
      makeUnsignedShort(0x00186012, 1, encoding),
      makeUnsignedShort(0x00186014, 1, encoding),
      long(0x00186016, 0),
      long(0x00186018, left),
      long(0x0018601a, top),
      long(0x0018601c, right),
      long(0x0018601e, bottom),
      makeUnsignedShort(0x00186024, 3, encoding),
      makeUnsignedShort(0x00186026, 3, encoding),
    ),
  ]);
}

/** Content of a structured report; other documents have no text of their own. */
function documentElements(place: Place, answers: AnswerWriter): DataElement[] {
  const { kind } = place;
  const { family, telephone } = plantedWords(place);
  if (kind.modality !== 'SR') return [];
  const out = [
    text(0x0040a491, 'CS', 'COMPLETE'),
    sequence(0x0040a730, [
      item(
        text(0x0040a010, 'CS', 'CONTAINS'),
        text(0x0040a040, 'CS', 'TEXT'),
        text(0x0040a160, 'UT', `Nodule in the right upper lobe of ${family}, ring ${telephone}`),
      ),
      item(
        text(0x0040a010, 'CS', 'HAS OBS CONTEXT'),
        text(0x0040a040, 'CS', 'PNAME'),
        text(0x0040a123, 'PN', 'Zzobserver^Florimel'),
      ),
    ]),
  ];
  answers.kept(0x0040a491, 'COMPLETE');
  const first = '<(0040,A730)>[<0000>]';
  answers.at(`${first}<(0040,A040)>`).kept('TEXT');
  answers.at(`${first}<(0040,A160)>`).kept('Nodule right upper lobe');
  answers.at(`${first}<(0040,A160)>`).removed(family, 'HIPAA-A');
  answers.at(`${first}<(0040,A160)>`).removed(telephone, 'HIPAA-D');
  answers.at('<(0040,A730)>[<0001>]<(0040,A123)>').removed('Zzobserver^Florimel', 'HIPAA-A');
  return out;
}

function pixelValue({ seed, name, series, instance, kind, syntax }: Place): Buffer {
  const noise = seededNoise(`${seed}/${name}/${series}/${instance}`, size * size * kind.frames);
  if (syntax !== 'jpeg') return noise;
  return fragments(...Array.from({ length: kind.frames }, (_, frame) => jpegStream(`frame ${frame}`)));
}

/** MD5 of the value of Pixel Data; of compressed pixels without the delimiter that ends them. */
const md5Of = (pixels: Buffer, syntax: SyntaxName): string =>
  createHash('md5')
    .update(syntax === 'jpeg' ? pixels.subarray(0, pixels.length - 8) : pixels)
    .digest('hex');
