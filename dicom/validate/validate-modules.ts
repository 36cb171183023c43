import { asciiOf, type DataSet, find } from '../data-set/data-element';
import { formatTag, type Tag, tags } from '../data-set/tag';
import { type InformationObject, informationObjectOf } from '../dictionary/information-objects';
import { Quarantine } from '../quarantine/quarantine';
import type { InstanceHeader } from '../read/instance-reader';
import type { WarningCode } from './warning-codes';

/**
 * Sequences that are an object's whole content: without an item there is nothing to use. Type 1 in a mandatory module of
 * the objects that have them; all other missing attributes leave a usable object and are warned of.
 */
const contentSequences = new Set<Tag>([
  0x00409096, // Real World Value Mapping Sequence
  0x0040a375, // Current Requested Procedure Evidence Sequence
  0x00620002, // Segment Sequence
  0x00640002, // Deformable Registration Sequence
  0x00660002, // Surface Sequence
  0x00660101, // Track Set Sequence
  0x00700308, // Registration Sequence
  0x0070031c, // Fiducial Set Sequence
  0x54000100, // Waveform Sequence
]);

/** From here on stand the pixel data and what describes its frames: looked at where they are read. */
const pixelGroups = 0x7fe00000;

function hasValue(dataSet: DataSet, tag: Tag): boolean {
  const element = find(dataSet, tag);
  if (element === undefined) return false;
  return element.items === null ? element.length + element.skipped > 0 : element.items.length > 0;
}

/**
 * Checks that what an object must have is there (PS3.3, modules of usage M, top level). Throws `Quarantine` only where
 * the object cannot be used; what real files often lack is a warning.
 */
export function validateModules(header: InstanceHeader): WarningCode[] {
  const { dataSet } = header;
  const sopClassUid = asciiOf(dataSet, tags.sopClassUid);
  const found = new Set<WarningCode>();
  const stated = header.meta?.mediaStorageSopClassUid ?? '';
  if (stated !== '' && stated !== sopClassUid) found.add('SOP_CLASS_MISMATCH');
  const object = informationObjectOf(sopClassUid);
  if (object === undefined) found.add('MODULES_UNKNOWN');
  else checkRequired(dataSet, object, found);
  if (object?.isImage === true && header.pixelData === null) found.add('PIXEL_DATA_MISSING');
  return [...found];
}

function checkRequired(dataSet: DataSet, object: InformationObject, found: Set<WarningCode>): void {
  for (const { tag, type } of object.required) {
    if (tag >= pixelGroups) continue;
    if (type === '2') {
      if (find(dataSet, tag) === undefined) found.add('REQUIRED_ATTRIBUTE_MISSING');
    } else if (!hasValue(dataSet, tag)) {
      if (contentSequences.has(tag)) throw new Quarantine('INVALID_INSTANCE', formatTag(tag));
      found.add('REQUIRED_VALUE_MISSING');
    }
  }
}
