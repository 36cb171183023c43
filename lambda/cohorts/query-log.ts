import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Facet } from '../../statistics/disclosure/facet';
import type { LogEntry } from '../../statistics/disclosure/may-answer';
import { PatientSet } from '../../statistics/disclosure/patient-set';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import { readToldSets, type ToldByRelease } from '../releases/told-sets';
import { type QueryRecord, queryLogHead, queryRecord } from './query-log.contract';

/** Objects of a log that are read at once. */
const readsAtOnce = 16;

/** Objects that one process keeps: a log of a few hundred entries. At 200,000 patients a set has 25 KB, a facet 400 KB. */
const keptObjects = 256;

/** Releases of which one process keeps what they told: some hundred sets each. */
const keptReleases = 3;

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

/** The log of a release: everything that anybody was told of it. */
export interface QueryLog {
  /**
   * What the documents of the release told before the first question, and how many patients the release has.
   * @throws Error where that is not known
   */
  published(release: string): Promise<ToldByRelease>;
  /** All entries since the release was published, oldest first. `patients` is how many the release has. */
  read(release: string, patients: number): Promise<readonly LoggedEntry[]>;
  /**
   * Adds an entry after `after` others; false where the log has more by now, so that a decision on what was read does not
   * stand: read again, decide again.
   */
  append(release: string, after: number, entry: LogEntry, asker: Asker): Promise<boolean>;
}

const headKey = (release: string): ItemKey => ({ pk: `QUERIES#${release}`, sk: 'LOG' });
const entryPrefix = 'QUERY#';
const entryKey = (release: string, number: number): ItemKey => ({
  pk: headKey(release).pk,
  sk: `${entryPrefix}${String(number).padStart(6, '0')}`,
});

/** The log in the register's table; sets and facets as objects of the catalogue bucket, named by their digests. */
export class RegisterQueryLog implements QueryLog {
  /** By release and digest; an object never changes. */
  private readonly kept = new Map<string, Buffer>();

  /** By release; it never changes once the release is published. */
  private readonly told = new Map<string, ToldByRelease>();

  constructor(
    private readonly register: DocumentTable,
    private readonly objects: Pick<ObjectStore, 'readStream' | 'readText' | 'put'>,
    private readonly catalogueBucket: string,
  ) {}

  async published(release: string): Promise<ToldByRelease> {
    const known = this.told.get(release);
    if (known !== undefined) return known;
    const told = await readToldSets(this.objects, this.catalogueBucket, release);
    const [oldest] = this.told.keys();
    if (this.told.size >= keptReleases && oldest !== undefined) this.told.delete(oldest);
    this.told.set(release, told);
    return told;
  }

  async read(release: string, patients: number): Promise<readonly LoggedEntry[]> {
    const { pk } = headKey(release);
    const records = await this.register.queryAll({ pk, skPrefix: entryPrefix }, queryRecord);
    const digests = new Set(records.flatMap(digestsOf));
    const bytes = new Map(
      await boundedMap([...digests], readsAtOnce, async (digest) => {
        return [digest, await this.bytesOf(release, digest)] as const;
      }),
    );
    const stored = (digest: string): Buffer => {
      const found = bytes.get(digest);
      if (found === undefined) throw new Error('an object of the query log was not read');
      return found;
    };
    const groupsOf = new Map<string, Uint16Array>();
    const groups = (digest: string): Uint16Array => {
      const known = groupsOf.get(digest) ?? groupsFrom(stored(digest));
      groupsOf.set(digest, known);
      return known;
    };
    return records.map((record) => ({
      project: record.project,
      at: new Date(record.at),
      entry: entryOf(record, (digest) => PatientSet.fromBytes(patients, stored(digest)), groups),
    }));
  }

  async append(release: string, after: number, entry: LogEntry, asker: Asker): Promise<boolean> {
    const number = after + 1;
    const record = queryRecord.parse({
      ...(await this.stored(release, entry)),
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
    return result.committed;
  }

  /** Writes the sets of an entry, and says by which digests the record knows them. */
  private async stored(release: string, entry: LogEntry) {
    if (entry.kind === 'published') throw new Error('a release is published before it is asked about');
    if (entry.kind === 'cohort')
      return { kind: entry.kind, patients: await this.keep(release, entry.patients.toBytes()) };
    if (entry.kind === 'refused') {
      const apart = entry.apart === null ? null : await this.keep(release, entry.apart.toBytes());
      return { kind: entry.kind, filter: entry.filter, apart };
    }
    const { question, answer } = entry;
    const facets = await boundedMap(question.facets, readsAtOnce, async ({ name, groups, groupOf }) => ({
      name,
      groups,
      groupOf: await this.keep(release, bytesOfGroups(groupOf)),
    }));
    const patients = await this.keep(release, question.patients.toBytes());
    return { kind: entry.kind, filter: question.filter, patients, facets, answer };
  }

  private async keep(release: string, bytes: Uint8Array): Promise<string> {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const sha256 = createHash('sha256').update(body).digest('hex');
    await this.objects.put(this.place(release, sha256), body, {
      contentType: 'application/octet-stream',
      sha256,
      onlyIfAbsent: true,
    });
    return sha256;
  }

  private async bytesOf(release: string, digest: string): Promise<Buffer> {
    const place = this.place(release, digest);
    const kept = this.kept.get(place.key);
    if (kept !== undefined) return kept;
    const stream = await this.objects.readStream(place);
    if (stream === null) throw new Error('an object of the query log is missing');
    const bytes = await buffer(stream);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= keptObjects && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(place.key, bytes);
    return bytes;
  }

  private place(release: string, digest: string) {
    return { bucket: this.catalogueBucket, key: `cohorts/queries/${release}/${digest}` };
  }
}

function digestsOf(record: QueryRecord): string[] {
  if (record.kind === 'cohort') return [record.patients];
  if (record.kind === 'refused') return record.apart === null ? [] : [record.apart];
  return [record.patients, ...record.facets.map(({ groupOf }) => groupOf)];
}

function entryOf(
  record: QueryRecord,
  patientsOf: (digest: string) => PatientSet,
  groupsOf: (digest: string) => Uint16Array,
): LogEntry {
  if (record.kind === 'cohort') return { kind: 'cohort', patients: patientsOf(record.patients) };
  if (record.kind === 'refused') {
    const apart = record.apart === null ? null : patientsOf(record.apart);
    return { kind: 'refused', filter: record.filter, apart };
  }
  const facets: Facet[] = record.facets.map(({ name, groups, groupOf }) => ({
    name,
    groups,
    groupOf: groupsOf(groupOf),
  }));
  const question = { filter: record.filter, patients: patientsOf(record.patients), facets };
  return { kind: 'answered', question, answer: record.answer };
}

function bytesOfGroups(groupOf: Uint16Array): Buffer {
  const bytes = Buffer.alloc(groupOf.length * 2);
  groupOf.forEach((group, patient) => {
    bytes.writeUInt16LE(group, patient * 2);
  });
  return bytes;
}

function groupsFrom(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: bytes.length / 2 }, (_, patient) => bytes.readUInt16LE(patient * 2));
}
