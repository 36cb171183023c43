import {
  type Encoding,
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
} from '../data-set/data-element';

/** What the bytes of a compressed frame are. */
export type FrameFormat =
  | 'native'
  | 'jpeg'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'jpeg-xl'
  | 'rle'
  | 'deflate'
  | 'video'
  | 'stream';

export interface TransferSyntax {
  readonly uid: string;
  readonly encoding: Encoding;
  /** The data set after the file meta information is deflated (PS3.5 annex A.5). */
  readonly deflated: boolean;
  readonly encapsulated: boolean;
  readonly frames: FrameFormat;
  /**
   * AWS HealthImaging imports it (developer guide, "Supported transfer syntaxes") and the engine can look into what of
   * its fragments may hold text: JPEG XL is left out, whose metadata boxes nothing here reads.
   */
  readonly importable: boolean;
}

const native = (uid: string, encoding: Encoding, deflated = false): TransferSyntax => ({
  uid,
  encoding,
  deflated,
  encapsulated: false,
  frames: 'native',
  importable: true,
});

const encapsulated = (uid: string, frames: FrameFormat, importable: boolean): TransferSyntax => ({
  uid,
  encoding: explicitLittleEndian,
  deflated: false,
  encapsulated: true,
  frames,
  importable,
});

const root = '1.2.840.10008.1.2';

export const implicitLittleEndianUid = root;
export const explicitLittleEndianUid = `${root}.1`;
export const explicitBigEndianUid = `${root}.2`;

const table: readonly TransferSyntax[] = [
  native(implicitLittleEndianUid, implicitLittleEndian),
  native(explicitLittleEndianUid, explicitLittleEndian),
  native(explicitBigEndianUid, explicitBigEndian),
  native(`${root}.1.99`, explicitLittleEndian, true),
  encapsulated(`${root}.1.98`, 'native', false),
  ...[50, 51, 57, 70].map((last) => encapsulated(`${root}.4.${last}`, 'jpeg', true)),
  ...[52, 53, 54, 55, 56, 58, 59, 60, 61, 62, 63, 64, 65, 66].map((last) =>
    encapsulated(`${root}.4.${last}`, 'jpeg', false),
  ),
  ...[80, 81].map((last) => encapsulated(`${root}.4.${last}`, 'jpeg-ls', true)),
  ...[90, 91, 92, 93, 201, 202, 203].map((last) => encapsulated(`${root}.4.${last}`, 'jpeg-2000', true)),
  ...[110, 111, 112].map((last) => encapsulated(`${root}.4.${last}`, 'jpeg-xl', false)),
  ...[100, 101, 102, 103, 104, 105, 106, 107, 108].map((last) =>
    encapsulated(`${root}.4.${last}`, 'video', true),
  ),
  ...['100.1', '101.1', '102.1', '103.1', '104.1', '105.1', '106.1'].map((last) =>
    encapsulated(`${root}.4.${last}`, 'video', true),
  ),
  ...['204', '205', '94', '95'].map((last) => encapsulated(`${root}.4.${last}`, 'stream', false)),
  encapsulated(`${root}.5`, 'rle', true),
  encapsulated(`${root}.8.1`, 'deflate', false),
];

const byUid = new Map(table.map((syntax) => [syntax.uid, syntax]));

/** A transfer syntax of PS3.5 annex A by its UID; undefined for retired experiments, private and unknown ones. */
export const transferSyntaxOf = (uid: string): TransferSyntax | undefined => byUid.get(uid);

/** The uncompressed transfer syntax of an encoding. */
export function nativeSyntaxOf(encoding: Encoding): TransferSyntax {
  const uid = !encoding.explicit
    ? implicitLittleEndianUid
    : encoding.littleEndian
      ? explicitLittleEndianUid
      : explicitBigEndianUid;
  return transferSyntaxOf(uid) as TransferSyntax;
}
