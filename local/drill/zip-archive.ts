import { crc32, deflateRawSync } from 'node:zlib';

/** Little endian numbers of two and four bytes, by turns as the format asks. */
function fields(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    values.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      if (bytes === 2) field.writeUInt16LE(value);
      else field.writeUInt32LE(value);
      return field;
    }),
  );
}

const version = 20;
const deflated = 8;
/** 1 January 1980, the first day that the format knows. */
const date = 0x0021;

/** What a local header and an entry of the directory have in common. */
function commonFields(content: Buffer, compressed: Buffer, name: Buffer): Buffer {
  return fields(
    [2, version],
    [2, 0],
    [2, deflated],
    [2, 0],
    [2, date],
    [4, crc32(content)],
    [4, compressed.length],
    [4, content.length],
    [2, name.length],
    [2, 0],
  );
}

/** A zip archive of small files (APPNOTE 6.3.3), each deflated, in their order; names are numbers. */
export function zipArchive(contents: readonly Buffer[]): Buffer {
  const members: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  contents.forEach((content, index) => {
    const name = Buffer.from(`${index + 1}.dcm`);
    const compressed = deflateRawSync(content);
    const common = commonFields(content, compressed, name);
    const member = Buffer.concat([fields([4, 0x04034b50]), common, name, compressed]);
    directory.push(
      Buffer.concat([
        fields([4, 0x02014b50], [2, version]),
        common,
        // no comment, first disc, no attributes
        fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
        name,
      ]),
    );
    members.push(member);
    offset += member.length;
  });
  const entries = Buffer.concat(directory);
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, contents.length],
    [2, contents.length],
    [4, entries.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...members, entries, end]);
}
