import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoPerson } from '../demo/demo-person';
import type { Trust } from './submission-plan';

/** Who sends for a trust, with the command as installed and a state folder of their own. */
export interface Uploader {
  readonly person: DemoPerson;
  readonly accessToken: string;
}

const officer = 'officer-1';
const subjects = { RX1: 'uploader-rx1', RY2: 'uploader-ry2' } as const satisfies Record<Trust, string>;

async function accessTokenOf(person: DemoPerson): Promise<string> {
  const text = await readFile(join(person.stateFolder, 'session.json'), 'utf8');
  return (JSON.parse(text) as { session: { accessToken: string } }).session.accessToken;
}

/** Signs the uploaders of both trusts in, and has the officer give them their roles. */
export async function signInUploaders(
  settings: ConstructorParameters<typeof DemoPerson>[1],
): Promise<Readonly<Record<Trust, Uploader>>> {
  const first = new DemoPerson(officer, settings);
  await first.signIn();
  const uploaderOf = async (trust: Trust): Promise<Uploader> => {
    const person = new DemoPerson(subjects[trust], settings);
    await first.record(['people', 'set', subjects[trust], '--role', 'uploader', '--trust', trust]);
    await person.signIn();
    return { person, accessToken: await accessTokenOf(person) };
  };
  const [rx1, ry2] = await Promise.all([uploaderOf('RX1'), uploaderOf('RY2')]);
  return { RX1: rx1, RY2: ry2 };
}
