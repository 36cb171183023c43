import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A field of CSV (RFC 4180). */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const csv = (mapping: ReadonlyMap<string, string>): string =>
  ['id_old,id_new', ...[...mapping].map(([from, to]) => `${field(from)},${field(to)}`)]
    .join('\n')
    .concat('\n');

/** Old and new identifiers of a run, in the form that MIDI-B's scoring reads; the first entry of an old one stays. */
export class MappingFiles {
  readonly #uids = new Map<string, string>();
  readonly #patientIds = new Map<string, string>();

  add(mappings: {
    readonly uids: readonly (readonly [string, string])[];
    readonly patientIds: readonly (readonly [string, string])[];
  }): void {
    for (const [from, to] of mappings.uids) if (!this.#uids.has(from)) this.#uids.set(from, to);
    for (const [from, to] of mappings.patientIds)
      if (!this.#patientIds.has(from)) this.#patientIds.set(from, to);
  }

  /** Writes both files, readable by their owner only. */
  async write(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'uid_mapping.csv'), csv(this.#uids), { mode: 0o600 });
    await writeFile(join(folder, 'patid_mapping.csv'), csv(this.#patientIds), { mode: 0o600 });
  }
}
