import { inflateRawSync } from 'node:zlib';

/** Everything that an output can be read as: its bytes, and what inflates out of a deflated data set. */
export function readings(output: Buffer): Buffer[] {
  const all = [output];
  const metaEnd = 144 + output.readUInt32LE(140);
  try {
    all.push(inflateRawSync(output.subarray(metaEnd)));
  } catch {
    // Not deflated.
  }
  return all;
}

/** Whether a text stands in bytes as Latin-1, UTF-8, UTF-16 in either order, base64 or hex, in any case. */
export function holds(bytes: Buffer, text: string): boolean {
  const forms = [text, text.toUpperCase(), text.toLowerCase()].flatMap((form) => {
    const utf16 = Buffer.from(form, 'utf16le');
    return [
      Buffer.from(form, 'latin1'),
      Buffer.from(form, 'utf8'),
      utf16,
      Buffer.from(utf16).swap16(),
      Buffer.from(Buffer.from(form).toString('base64').replace(/=+$/, '').slice(0, -1)),
      Buffer.from(Buffer.from(form).toString('hex')),
    ];
  });
  return forms.some((form) => bytes.includes(form));
}
