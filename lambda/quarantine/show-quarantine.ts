import * as z from 'zod';
import { type QuarantineReason, quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import { type Clock, secondsAfter } from '../platform/clock';
import { odsCode } from '../platform/configuration.contract';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RequestPerson } from '../platform/request-person';
import { rulesDiffer } from './processing-rules';
import type {
  CodeCount,
  FileReference,
  ProcessingRules,
  QuarantineDetails,
  QuarantineQuery,
  QuarantineRecord,
  QuarantineState,
  QuarantineView,
} from './quarantine.contract';
import { refuseQuarantine } from './quarantine-errors';
import type { ListName } from './quarantine-keys';
import type { QuarantineRecords } from './quarantine-records';
import { endsSoon } from './quarantine-time';

/** About 80 KB of JSON. */
const filesAPage = 200;

/** Queries of one page at most: filters may leave out much, and a request has 29 seconds. */
const queriesAPage = 50;

const daySeconds = 86_400;

export interface ShowQuarantinePorts {
  readonly quarantined: Pick<QuarantineRecords, 'get' | 'getMany' | 'counts' | 'list'>;
  readonly rulesOf: (collection: string) => ProcessingRules | null;
  readonly warningDays: number;
  readonly clock: Clock;
}

const isOfficer = (person: RequestPerson) => person.roles.includes('officer');

/**
 * The trust whose files a person may see; undefined for all. An officer sees what they ask for, anybody else their own.
 * @throws PlatformError NO_TRUST, OTHER_TRUST
 */
export function visibleTrust(person: RequestPerson, asked: string | undefined): string | undefined {
  if (isOfficer(person)) return asked;
  if (person.trust === null) throw refuseQuarantine('NO_TRUST');
  if (asked !== undefined && asked !== person.trust) throw refuseQuarantine('OTHER_TRUST');
  return person.trust;
}

/** A record as officers and its trust see it. */
export function viewRecord(record: QuarantineRecord, now: Date, warningDays: number): QuarantineView {
  const { submission, ordinal, trust, collection, code, tagPath, held, state } = record;
  const { quarantinedAt, expiresAt, replays } = record;
  return {
    submission,
    ordinal,
    trust,
    collection,
    code,
    tagPath,
    bytes: record.entry.bytes,
    held,
    state,
    quarantinedAt,
    expiresAt,
    endsSoon: endsSoon(record, now, warningDays),
    replays,
    ...('replay' in record && { replay: record.replay.submission }),
    ...('outcome' in record && { outcome: record.outcome, replayOrdinal: record.replay.ordinal }),
    ...('reason' in record && { reason: record.reason }),
    ...('endedAt' in record && { endedAt: record.endedAt }),
  };
}

function listsOf(state: QuarantineState | undefined): ListName[] {
  if (state === undefined) return ['KEPT', 'ENDED'];
  return state === 'waiting' || state === 'replaying' ? ['KEPT'] : ['ENDED'];
}

/** Where a listing goes on: a list of a trust, and the key in it after which. */
const position = z.strictObject({
  trust: odsCode,
  list: z.enum(['KEPT', 'ENDED']),
  after: z.string().optional(),
});

type Position = z.infer<typeof position>;

/** The lists that a query reads, in order: those of each trust that ever had such a file. */
async function places(
  ports: ShowQuarantinePorts,
  { code, state }: QuarantineQuery,
  trust: string | undefined,
): Promise<Position[]> {
  const counts = await ports.quarantined.counts();
  const trusts = counts
    .filter((count) => (trust === undefined || count.trust === trust) && (code ?? count.code) === count.code)
    .map((count) => count.trust);
  return [...new Set(trusts)]
    .sort()
    .flatMap((each) => listsOf(state).map((list): Position => ({ trust: each, list })));
}

/**
 * A page of quarantined files, by trust, then what is kept before what has ended, by code.
 * @throws PlatformError NO_TRUST, OTHER_TRUST, INVALID_PAGE_TOKEN
 */
export async function listQuarantine(
  ports: ShowQuarantinePorts,
  person: RequestPerson,
  query: QuarantineQuery,
): Promise<{ files: QuarantineView[]; next?: string }> {
  const trust = visibleTrust(person, query.trust);
  const from = query.next === undefined ? null : decodePageToken(query.next, position);
  const all = await places(ports, query, trust);
  const begin =
    from === null ? 0 : all.findIndex(({ trust: at, list }) => at === from.trust && list === from.list);
  const now = ports.clock.now();
  const limit = query.endsWithin === undefined ? null : secondsAfter(now, query.endsWithin * daySeconds);
  const wanted = (record: QuarantineRecord) =>
    (query.state === undefined || record.state === query.state) &&
    (limit === null || Date.parse(record.expiresAt) <= limit.getTime());

  const files: QuarantineView[] = [];
  let queries = 0;
  for (const [index, place] of all.slice(Math.max(0, begin)).entries()) {
    let after = index === 0 && begin >= 0 ? from?.after : undefined;
    do {
      if (files.length >= filesAPage || queries >= queriesAPage)
        return { files, next: encodePageToken({ ...place, ...(after !== undefined && { after }) }) };
      queries += 1;
      const page = await ports.quarantined.list({
        ...place,
        code: query.code,
        limit: filesAPage - files.length,
        after,
      });
      const records = await ports.quarantined.getMany(page.files);
      const byName = new Map(records.map((each) => [`${each.submission}/${each.ordinal}`, each]));
      for (const { submission, ordinal } of page.files) {
        const record = byName.get(`${submission}/${ordinal}`);
        if (record !== undefined && wanted(record)) files.push(viewRecord(record, now, ports.warningDays));
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
  }
  return { files };
}

/** Files that are kept, by trust and code: the person's own, or all. */
export async function countQuarantine(
  ports: ShowQuarantinePorts,
  person: RequestPerson,
): Promise<CodeCount[]> {
  const trust = visibleTrust(person, undefined);
  const counts = await ports.quarantined.counts();
  return counts.filter((count) => count.files > 0 && (trust === undefined || count.trust === trust));
}

/**
 * One quarantined file with its reason, and the rules then and now. One of another trust is not found.
 * @throws PlatformError NO_TRUST, FILE_NOT_FOUND
 */
export async function showQuarantined(
  ports: ShowQuarantinePorts,
  person: RequestPerson,
  file: FileReference,
): Promise<QuarantineDetails> {
  const trust = visibleTrust(person, undefined);
  const record = await ports.quarantined.get(file);
  if (record === null || (trust !== undefined && record.trust !== trust))
    throw refuseQuarantine('FILE_NOT_FOUND');
  return describe(ports, person, record);
}

/** A record in full. */
export function describe(
  ports: ShowQuarantinePorts,
  person: RequestPerson,
  record: QuarantineRecord,
): QuarantineDetails {
  const { happened, fix, release, releaseReason }: QuarantineReason = quarantineReasons[record.code];
  const currentRules = ports.rulesOf(record.collection);
  return {
    ...viewRecord(record, ports.clock.now(), ports.warningDays),
    happened,
    fix,
    release,
    releaseReason,
    rules: record.rules,
    currentRules,
    rulesChanged: currentRules !== null && rulesDiffer(record.rules, currentRules),
    ...(record.state === 'rejected' && isOfficer(person) && { decidedBy: record.decidedBy }),
  };
}
