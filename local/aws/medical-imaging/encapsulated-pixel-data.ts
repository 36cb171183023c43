import { closeSync, openSync, readSync } from 'node:fs';
import { UnreadableFile } from './unreadable-file';

/** A fragment of encapsulated pixel data. */
export interface Fragment {
  /** Of the item's tag, counted from the first fragment's item, as offset tables count. */
  readonly relative: number;
  /** Of the bytes, in the file. */
  readonly offset: number;
  readonly length: number;
}

/** Walks the items of encapsulated pixel data (PS3.5 section A.4) by their headers alone. */
export function readFragments(path: string, size: number, start: number, littleEndian: boolean) {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(8);
    const readHeader = (position: number) => {
      if (readSync(file, header, 0, 8, position) < 8) {
        throw new UnreadableFile('DICOM encapsulated pixel data has no end');
      }
      const group = littleEndian ? header.readUInt16LE(0) : header.readUInt16BE(0);
      const element = littleEndian ? header.readUInt16LE(2) : header.readUInt16BE(2);
      const length = littleEndian ? header.readUInt32LE(4) : header.readUInt32BE(4);
      return { tag: group * 65_536 + element, length };
    };
    const table = readHeader(start);
    if (table.tag !== 0xfffee000) throw new UnreadableFile('DICOM basic offset table does not exist');
    if (start + 8 + table.length > size) throw new UnreadableFile('DICOM pixel data ends before its length');
    const tableBytes = Buffer.alloc(table.length);
    readSync(file, tableBytes, 0, table.length, start + 8);
    const basicOffsetTable = Array.from({ length: Math.floor(table.length / 4) }, (_, index) =>
      tableBytes.readUInt32LE(index * 4),
    );
    const first = start + 8 + table.length;
    const fragments: Fragment[] = [];
    for (let position = first; ; ) {
      const item = readHeader(position);
      if (item.tag === 0xfffee0dd) return { basicOffsetTable, fragments, end: position + 8 };
      if (item.tag !== 0xfffee000) throw new UnreadableFile('DICOM encapsulated pixel data has no end');
      if (position + 8 + item.length > size)
        throw new UnreadableFile('DICOM pixel data ends before its length');
      fragments.push({ relative: position - first, offset: position + 8, length: item.length });
      position += 8 + item.length;
    }
  } finally {
    closeSync(file);
  }
}
