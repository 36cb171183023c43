import { Quarantine } from '../quarantine/quarantine';

/** Segment count and 15 offsets, four bytes each, little endian (PS3.5 annex G.5). */
const headerBytes = 64;
const mostSegments = 15;

const refuse = (): never => {
  throw new Quarantine('INVALID_PIXEL_DATA', '(7FE0,0010)');
};

/**
 * The segments of an RLE frame, each a plane of bytes, decoded (PS3.5 annex G.3.2). `planeBytes` is rows times columns:
 * nothing longer is ever made. Throws `Quarantine` where the frame does not hold `segments` planes of that size.
 */
export function* decodeRleFrame(frame: Buffer, segments: number, planeBytes: number): Generator<Buffer> {
  if (frame.length < headerBytes || segments > mostSegments || frame.readUInt32LE(0) !== segments) refuse();
  for (let segment = 0; segment < segments; segment += 1) {
    const from = frame.readUInt32LE(4 + 4 * segment);
    const to = segment + 1 < segments ? frame.readUInt32LE(8 + 4 * segment) : frame.length;
    if (from < headerBytes || to < from || to > frame.length) refuse();
    yield decodeSegment(frame.subarray(from, to), planeBytes);
  }
}

function decodeSegment(segment: Buffer, planeBytes: number): Buffer {
  const plane = Buffer.allocUnsafe(planeBytes);
  let at = 0;
  let made = 0;
  while (made < planeBytes) {
    if (at >= segment.length) refuse();
    const control = segment[at] as number;
    at += 1;
    if (control === 128) continue;
    if (control < 128) {
      const count = control + 1;
      if (at + count > segment.length || made + count > planeBytes) refuse();
      segment.copy(plane, made, at, at + count);
      at += count;
      made += count;
    } else {
      const count = 257 - control;
      if (at >= segment.length || made + count > planeBytes) refuse();
      plane.fill(segment[at] as number, made, made + count);
      at += 1;
      made += count;
    }
  }
  return plane;
}

/** Encodes planes as an RLE frame of even length; each row is encoded on its own (PS3.5 annex G.3.1). */
export function encodeRleFrame(planes: Iterable<Buffer>, columns: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  const parts: Buffer[] = [header];
  let length = headerBytes;
  let count = 0;
  for (const plane of planes) {
    const segment = encodeSegment(plane, columns);
    count += 1;
    header.writeUInt32LE(length, 4 * count);
    parts.push(segment);
    length += segment.length;
  }
  header.writeUInt32LE(count, 0);
  return Buffer.concat(parts, length);
}

function encodeSegment(plane: Buffer, columns: number): Buffer {
  const rows = plane.length / columns;
  // A repeat saves the byte that it may cost the literals around it, so a row of literals is the worst.
  const output = Buffer.allocUnsafe(rows * (columns + Math.ceil(columns / 128) + 1) + 1);
  let length = 0;
  for (let row = 0; row < rows; row += 1) {
    length = encodeRow(plane, row * columns, (row + 1) * columns, output, length);
  }
  if (length % 2 === 1) {
    output[length] = 0;
    length += 1;
  }
  return output.subarray(0, length);
}

/** Runs of three and more are repeated, all else is literal: never longer than literals alone. */
function encodeRow(plane: Buffer, from: number, to: number, output: Buffer, start: number): number {
  let length = start;
  let literal = from;
  let at = from;
  const writeLiterals = (end: number): void => {
    while (literal < end) {
      const count = Math.min(128, end - literal);
      output[length] = count - 1;
      plane.copy(output, length + 1, literal, literal + count);
      length += 1 + count;
      literal += count;
    }
  };
  while (at < to) {
    const value = plane[at];
    let end = at + 1;
    while (end < to && end - at < 128 && plane[end] === value) end += 1;
    if (end - at >= 3) {
      writeLiterals(at);
      output[length] = 257 - (end - at);
      output[length + 1] = value as number;
      length += 2;
      literal = end;
    }
    at = end;
  }
  writeLiterals(to);
  return length;
}
