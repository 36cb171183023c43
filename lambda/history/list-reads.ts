import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import { credentialPointer, issue } from '../credentials/credentials.contract';
import type { Clock } from '../platform/clock';
import type { ObjectStore } from '../platform/object-store';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import { credentialPointerKey, issueKey } from '../register/register-table';
import { type ImageRead, MOST_DAYS_OF_READS } from './history.contract';
import { type Days, daysOf, foldersOf } from './period';
import type { ReadableRegister } from './show-history';
import { readOfRecord, type TrailRead, trailFile } from './trail-record';

const unzip = promisify(gunzip);

/** Reads in one answer: about 400 KB. */
const READS_AT_ONCE = 1_000;

/** No further file is opened after this; API Gateway gives a function 29 seconds, and a file takes seconds at most. */
const SEARCH_MILLISECONDS = 12_000;

/** CloudTrail's files are some megabytes; one that unzips to more than this is none of its. */
const LARGEST_FILE_BYTES = 512 * 1024 * 1024;

export interface ListReadsPorts {
  readonly table: ReadableRegister;
  readonly objects: Pick<ObjectStore, 'list' | 'readStream'>;
  readonly trailBucket: string;
  /** `AWSLogs/<account>/CloudTrail/<region>/` */
  readonly trailPrefix: string;
  readonly clock: Clock;
}

export interface ReadsQuery {
  readonly person?: string | undefined;
  readonly study?: string | undefined;
  readonly project?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly next?: string | undefined;
}

/** Where a search goes on: after so many reads of a file. */
const position = z.object({ key: z.string().max(1024), reads: z.number().int().min(0) });

async function readsOfFile(ports: ListReadsPorts, key: string): Promise<TrailRead[]> {
  const stream = await ports.objects.readStream({ bucket: ports.trailBucket, key });
  if (stream === null) return [];
  const text = await unzip(await buffer(stream), { maxOutputLength: LARGEST_FILE_BYTES });
  const file = trailFile.safeParse(JSON.parse(text.toString('utf8')));
  return (file.data?.Records ?? []).flatMap((record) => readOfRecord(record) ?? []);
}

/** Which project and grant a credential was cut from, asked once a search. */
class Issues {
  private readonly known = new Map<string, Promise<{ projectId: string; grantId: string } | null>>();

  constructor(private readonly table: ReadableRegister) {}

  of(credentialId: string): Promise<{ projectId: string; grantId: string } | null> {
    const asked = this.known.get(credentialId) ?? this.find(credentialId);
    this.known.set(credentialId, asked);
    return asked;
  }

  private async find(credentialId: string): Promise<{ projectId: string; grantId: string } | null> {
    const pointer = await this.table.get(credentialPointerKey(credentialId), credentialPointer);
    if (pointer === null) return null;
    const found = await this.table.get(issueKey(pointer.projectId, credentialId), issue);
    return found === null ? null : { projectId: found.projectId, grantId: found.grantId };
  }
}

async function wantedReads(
  reads: readonly TrailRead[],
  { person, study, project }: ReadsQuery,
  { first, end }: Days,
  issues: Issues,
): Promise<ImageRead[]> {
  const wanted: ImageRead[] = [];
  for (const read of reads) {
    const at = Date.parse(read.at);
    if (!(at >= first.getTime() && at < end.getTime())) continue;
    if (person !== undefined && read.person !== person) continue;
    if (study !== undefined && read.study !== study) continue;
    const joined = read.credentialId === null ? null : await issues.of(read.credentialId);
    if (project !== undefined && joined?.projectId !== project) continue;
    wanted.push({ ...read, projectId: joined?.projectId ?? null, grantId: joined?.grantId ?? null });
  }
  return wanted;
}

/**
 * Requests to the image store in a period, from the trail's files of these days, each joined with the issue of its
 * credential. Files are looked through in the order of their keys, so reads come nearly in the order of time.
 *
 * @throws PlatformError PERIOD_NOT_VALID, INVALID_PAGE_TOKEN
 */
export async function listReads(
  ports: ListReadsPorts,
  query: ReadsQuery,
): Promise<{ reads: ImageRead[]; next?: string }> {
  const days = daysOf(query, MOST_DAYS_OF_READS);
  const from = query.next === undefined ? null : decodePageToken(query.next, position);
  const until = ports.clock.now().getTime() + SEARCH_MILLISECONDS;
  const issues = new Issues(ports.table);
  const found: ImageRead[] = [];
  for (const folder of foldersOf(days)) {
    const prefix = `${ports.trailPrefix}${folder}/`;
    if (from !== null && !from.key.startsWith(prefix) && prefix < from.key) continue;
    for await (const { key } of ports.objects.list(ports.trailBucket, prefix)) {
      if (from !== null && key < from.key) continue;
      const given = key === from?.key ? from.reads : 0;
      if (found.length >= READS_AT_ONCE || ports.clock.now().getTime() >= until)
        return { reads: found, next: encodePageToken({ key, reads: given }) };
      const reads = (await wantedReads(await readsOfFile(ports, key), query, days, issues)).slice(given);
      const room = READS_AT_ONCE - found.length;
      found.push(...reads.slice(0, room));
      if (reads.length > room) return { reads: found, next: encodePageToken({ key, reads: given + room }) };
    }
  }
  return { reads: found };
}
