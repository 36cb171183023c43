import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Facet } from '../../statistics/disclosure/facet';
import type { LogEntry } from '../../statistics/disclosure/may-answer';
import { PatientSet } from '../../statistics/disclosure/patient-set';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import { readToldSets } from '../releases/told-sets';
import { type QueryRecord, queryLogHead, queryRecord } from './query-log.contract';

/** Objects of a log that are read at once. */
const readsAtOnce = 16;

/** Releases whose log one process keeps. At 200,000 patients a set has 25 KB, a facet 400 KB: a log of 600 entries 18 MB. */
const keptLogs = 3;

/** Who puts a question, and when. */
export interface Asker {
  readonly project: string;
  /** Pseudonym of the person. */
  readonly person: string;
  readonly at: Date;
}

/** An entry of the log and who made it. */
export interface LoggedEntry {
  readonly entry: LogEntry;
  readonly project: string;
  readonly at: Date;
}

/** What the documents of a release told, and how many patients it has. Once the release is published it never changes. */
export interface PublishedEntry {
  readonly patients: number;
  /** Before all entries of the log, always the same object: what follows from a log that begins with it is worked out once. */
  readonly entry: LogEntry;
}

/** The log of a release: everything that anybody was told of it. */
export interface QueryLog {
  /**
   * What the documents of the release told before the first question, and how many patients the release has.
   * @throws Error where that is not known
   */
  published(release: string): Promise<PublishedEntry>;
  /** All entries since the release was published, oldest first. `patients` is how many the release has. */
  read(release: string, patients: number): Promise<readonly LoggedEntry[]>;
  /**
   * Adds an entry after `after` others; false where the log has more by now, so that a decision on what was read does not
   * stand: read again, decide again.
   */
  append(release: string, after: number, entry: LogEntry, asker: Asker): Promise<boolean>;
}

const headKey = (release: string): ItemKey => ({ pk: `QUERIES#${release}`, sk: 'LOG' });
const entryKey = (release: string, number: number): ItemKey => ({
  pk: headKey(release).pk,
  sk: `QUERY#${String(number).padStart(6, '0')}`,
});

/** What a process knows of a release's log. Entries never change and none goes: only later ones are read again. */
class KnownLog {
  published: PublishedEntry | null = null;
  readonly entries: LoggedEntry[] = [];
  /** By digest. */
  readonly sets = new Map<string, PatientSet>();
  readonly groups = new Map<string, Uint16Array>();
}

/** The log in the register's table; sets and facets as objects of the catalogue bucket, named by their digests. */
export class RegisterQueryLog implements QueryLog {
  /** By release. */
  private readonly known = new Map<string, KnownLog>();

  constructor(
    private readonly register: DocumentTable,
    private readonly objects: Pick<ObjectStore, 'readStream' | 'readText' | 'put'>,
    private readonly catalogueBucket: string,
  ) {}

  async published(release: string): Promise<PublishedEntry> {
    const known = this.knownOf(release);
    if (known.published === null) {
      const { patients, sets } = await readToldSets(this.objects, this.catalogueBucket, release);
      known.published ??= { patients, entry: { kind: 'published', sets } };
    }
    return known.published;
  }

  async read(release: string, patients: number): Promise<readonly LoggedEntry[]> {
    const known = this.knownOf(release);
    const { pk, sk: skFrom } = entryKey(release, known.entries.length + 1);
    const records = await this.register.queryAll({ pk, skFrom }, queryRecord);
    await this.readObjects(release, patients, known, records);
    // another question of this process may have added some of them meanwhile
    for (const record of records)
      if (record.number === known.entries.length + 1)
        known.entries.push({
          project: record.project,
          at: new Date(record.at),
          entry: entryOf(record, known),
        });
    return [...known.entries];
  }

  async append(release: string, after: number, entry: LogEntry, asker: Asker): Promise<boolean> {
    const number = after + 1;
    const known = this.knownOf(release);
    const record = queryRecord.parse({
      ...(await this.stored(release, known, entry)),
      number,
      project: asker.project,
      person: asker.person,
      at: asker.at.toISOString(),
    });
    const head = queryLogHead.parse({ entries: number });
    const result = await this.register.transact(
      [
        {
          put: { ...headKey(release), ...head },
          condition:
            after === 0
              ? absent
              : {
                  expression: '#entries = :after',
                  names: { '#entries': 'entries' },
                  values: { ':after': after },
                },
        },
        { put: { ...entryKey(release, number), ...record }, condition: absent },
      ],
      'say-so',
    );
    if (result.committed && known.entries.length === after)
      known.entries.push({ project: asker.project, at: new Date(record.at), entry });
    return result.committed;
  }

  private knownOf(release: string): KnownLog {
    const found = this.known.get(release);
    if (found !== undefined) return found;
    const [oldest] = this.known.keys();
    if (this.known.size >= keptLogs && oldest !== undefined) this.known.delete(oldest);
    const known = new KnownLog();
    this.known.set(release, known);
    return known;
  }

  /** Reads what records name and this process does not know yet. */
  private async readObjects(
    release: string,
    patients: number,
    { sets, groups }: KnownLog,
    records: readonly QueryRecord[],
  ): Promise<void> {
    const names = records.map(digestsOf);
    const read = async <Value>(
      known: Map<string, Value>,
      digests: readonly string[],
      decode: (bytes: Buffer) => Value,
    ): Promise<void> => {
      const wanted = [...new Set(digests)].filter((digest) => !known.has(digest));
      await boundedMap(wanted, readsAtOnce, async (digest) => {
        known.set(digest, decode(await this.bytesOf(release, digest)));
      });
    };
    await read(
      sets,
      names.flatMap((each) => each.sets),
      (bytes) => PatientSet.fromBytes(patients, bytes),
    );
    await read(
      groups,
      names.flatMap((each) => each.groups),
      groupsFrom,
    );
  }

  /** Writes the sets of an entry, and says by which digests the record knows them. */
  private async stored(release: string, known: KnownLog, entry: LogEntry) {
    if (entry.kind === 'published') throw new Error('a release is published before it is asked about');
    if (entry.kind === 'cohort')
      return { kind: entry.kind, patients: await this.keepSet(release, known, entry.patients) };
    if (entry.kind === 'refused') {
      const apart = entry.apart === null ? null : await this.keepSet(release, known, entry.apart);
      return { kind: entry.kind, filter: entry.filter, apart };
    }
    const { question, answer } = entry;
    const facets = await boundedMap(question.facets, readsAtOnce, async ({ name, groups, groupOf }) => ({
      name,
      groups,
      groupOf: await this.keep(release, known.groups, groupOf, bytesOfGroups(groupOf)),
    }));
    const patients = await this.keepSet(release, known, question.patients);
    return { kind: entry.kind, filter: question.filter, patients, facets, answer };
  }

  private keepSet(release: string, { sets }: KnownLog, patients: PatientSet): Promise<string> {
    return this.keep(release, sets, patients, patients.toBytes());
  }

  /** Writes an object, unless this process has read or written it before. */
  private async keep<Value>(
    release: string,
    known: Map<string, Value>,
    value: Value,
    bytes: Uint8Array,
  ): Promise<string> {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const sha256 = createHash('sha256').update(body).digest('hex');
    if (known.has(sha256)) return sha256;
    await this.objects.put(this.place(release, sha256), body, {
      contentType: 'application/octet-stream',
      sha256,
      onlyIfAbsent: true,
    });
    known.set(sha256, value);
    return sha256;
  }

  private async bytesOf(release: string, digest: string): Promise<Buffer> {
    const stream = await this.objects.readStream(this.place(release, digest));
    if (stream === null) throw new Error('an object of the query log is missing');
    return buffer(stream);
  }

  private place(release: string, digest: string) {
    return { bucket: this.catalogueBucket, key: `cohorts/queries/${release}/${digest}` };
  }
}

function digestsOf(record: QueryRecord): {
  readonly sets: readonly string[];
  readonly groups: readonly string[];
} {
  if (record.kind === 'cohort') return { sets: [record.patients], groups: [] };
  if (record.kind === 'refused') return { sets: record.apart === null ? [] : [record.apart], groups: [] };
  return { sets: [record.patients], groups: record.facets.map(({ groupOf }) => groupOf) };
}

function entryOf(record: QueryRecord, { sets, groups }: KnownLog): LogEntry {
  const patientsOf = (digest: string): PatientSet => required(sets.get(digest));
  if (record.kind === 'cohort') return { kind: 'cohort', patients: patientsOf(record.patients) };
  if (record.kind === 'refused') {
    const apart = record.apart === null ? null : patientsOf(record.apart);
    return { kind: 'refused', filter: record.filter, apart };
  }
  const facets: Facet[] = record.facets.map((facet) => ({
    name: facet.name,
    groups: facet.groups,
    groupOf: required(groups.get(facet.groupOf)),
  }));
  const question = { filter: record.filter, patients: patientsOf(record.patients), facets };
  return { kind: 'answered', question, answer: record.answer };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('an object of the query log was not read');
  return value;
}

/** Two bytes a patient, least first: as every processor that Node.js runs the platform on has them in memory. */
const bytesOfGroups = ({ buffer: bytes, byteOffset, byteLength }: Uint16Array): Uint8Array =>
  new Uint8Array(bytes, byteOffset, byteLength);

function groupsFrom(bytes: Buffer): Uint16Array {
  const groups = new Uint16Array(bytes.length / 2);
  bytesOfGroups(groups).set(bytes);
  return groups;
}
