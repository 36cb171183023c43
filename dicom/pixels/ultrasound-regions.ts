import { type DataSet, type Encoding, find, itemsOf, unsignedShortOf } from '../data-set/data-element';
import { type Tag, tags } from '../data-set/tag';
import { clip, type Rectangle } from './pixel-mask';

const regionSpatialFormat = 0x00186012;
const [minimumX, minimumY, maximumX, maximumY] = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e];

/** 2D, M-mode, spectral and waveform (PS3.3 section C.8.5.5.1.1); none and graphics may be text. */
const imageFormats = new Set([1, 2, 3, 4]);

function unsignedLongOf(item: DataSet, tag: Tag, encoding: Encoding): number | null {
  const element = find(item, tag);
  if (element === undefined || element.items !== null || element.length < 4) return null;
  return encoding.littleEndian || element.unknownVr
    ? element.source.readUInt32LE(element.start)
    : element.source.readUInt32BE(element.start);
}

/** The parts of an ultrasound image that show the patient's inside or signals of it, by Sequence of Ultrasound Regions. */
export function ultrasoundRegions(
  dataSet: DataSet,
  encoding: Encoding,
  rows: number,
  columns: number,
): Rectangle[] {
  const regions: Rectangle[] = [];
  for (const item of itemsOf(dataSet, tags.sequenceOfUltrasoundRegions)) {
    const format = unsignedShortOf(item, regionSpatialFormat, encoding);
    const left = unsignedLongOf(item, minimumX, encoding);
    const top = unsignedLongOf(item, minimumY, encoding);
    const right = unsignedLongOf(item, maximumX, encoding);
    const bottom = unsignedLongOf(item, maximumY, encoding);
    if (format === null || !imageFormats.has(format)) continue;
    if (left === null || top === null || right === null || bottom === null) continue;
    // The corners are pixels of the region (PS3.3 section C.8.5.5.1.4).
    const region = clip({ left, top, right: right + 1, bottom: bottom + 1 }, rows, columns);
    if (region !== null) regions.push(region);
  }
  return regions;
}
