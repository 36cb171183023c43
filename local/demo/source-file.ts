import { open, readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { readArchiveDirectory } from '../../dicom/archive/read-directory';
import { memberContent } from '../../dicom/archive/read-member';

/** The member of that name in an archive; of several, the first. */
async function memberNamed(archive: string, name: string): Promise<Buffer> {
  const { size } = await stat(archive);
  const file = await open(archive);
  const read = async (from: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, from);
    return bytes.subarray(0, bytesRead);
  };
  try {
    const names: string[] = [];
    const members = await readArchiveDirectory({ bytes: size, read }, (_, raw) =>
      names.push(raw.toString('utf8')),
    );
    const member = members[names.indexOf(name)];
    if (member === undefined) throw new Error('an archive has lost a file');
    const range = async function* () {
      yield await read(member.offset, member.span);
    };
    return await buffer(memberContent(range(), member));
  } finally {
    await file.close();
  }
}

/** The bytes of a file of an export, by the path that the command gives it: one in an archive is `archive.zip/name`. */
export async function sourceFile(folder: string, path: string): Promise<Buffer> {
  for (const { index, 0: end } of path.matchAll(/\.zip(?=\/)/gi)) {
    const archive = path.slice(0, index + end.length);
    const found = await stat(`${folder}/${archive}`).catch(() => null);
    if (found?.isFile()) return memberNamed(`${folder}/${archive}`, path.slice(archive.length + 1));
  }
  return readFile(`${folder}/${path}`);
}
