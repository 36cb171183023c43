import * as z from 'zod';
import { type Clock, londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { QueryRange } from '../platform/document-table';
import { median } from '../platform/median.contract';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import { refusals } from '../platform/platform-error';
import { PUBLIC_PARTITION } from '../register/partitions.contract';
import { type PublicProject, publicProject } from './public-project.contract';
import type { RegisterEntry, RegisterPage } from './public-register.contract';
import { publicRegisterRefusals } from './public-register-routes.contract';
import { registerEntryOn } from './register-entry';

const refusePublicRegister = refusals(publicRegisterRefusals);

/** The part of the table that the public register is read from. */
export interface PublicTable {
  queryAll<Schema extends z.ZodType>(
    range: Omit<QueryRange, 'limit' | 'after'>,
    schema: Schema,
  ): Promise<z.infer<Schema>[]>;
}

export interface PublicRegisterPorts {
  readonly table: PublicTable;
  readonly clock: Clock;
  readonly collections: readonly CollectionConfiguration[];
}

/** Bytes of entries in one answer: Lambda returns 6 MB, and quotation marks in texts grow on the way. */
const LARGEST_PAGE_BYTES = 3_000_000;

/**
 * For so long an answer is made of what was read before, in one process: whoever asks without pause costs one reading of
 * the register in that time. With the 30 seconds that others may keep an answer, a decision is public within a minute.
 */
export const READ_AGAIN_MILLISECONDS = 5_000;

/** Seconds for which an answer may be kept by others. */
export const KEPT_SECONDS = 30;

/** Where a page ends: entries come in this order. */
const position = z.object({ approvedOn: z.string().max(10), id: z.string().max(40) });

type Position = z.infer<typeof position>;

const positionOf = (entry: RegisterEntry): Position => ({
  approvedOn: entry.latest_approval_date,
  id: entry.project_id_text,
});

/** The latest approval first; ids are ordered by time. */
function compare(one: Position, other: Position): number {
  if (one.approvedOn !== other.approvedOn) return one.approvedOn > other.approvedOn ? -1 : 1;
  if (one.id === other.id) return 0;
  return one.id > other.id ? -1 : 1;
}

function takePage(entries: readonly RegisterEntry[], limit: number): RegisterEntry[] {
  const taken: RegisterEntry[] = [];
  let bytes = 0;
  for (const entry of entries.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (taken.length > 0 && bytes > LARGEST_PAGE_BYTES) break;
    taken.push(entry);
  }
  return taken;
}

/** The public register, read from its own partition. */
export class PublicRegister {
  private read: { readonly at: number; readonly projects: Promise<PublicProject[]> } | null = null;

  constructor(private readonly ports: PublicRegisterPorts) {}

  /** @throws PlatformError INVALID_PAGE_TOKEN */
  async page({ limit, next }: { limit: number; next?: string | undefined }): Promise<RegisterPage> {
    const after = next === undefined ? null : decodePageToken(next, position);
    const entries = await this.entries();
    const rest = after ? entries.filter((entry) => compare(after, positionOf(entry)) < 0) : entries;
    const projects = takePage(rest, limit);
    const last = projects.at(-1);
    return {
      projects,
      total: entries.length,
      median_days_to_decision: median(entries.map((entry) => entry.days_to_decision)),
      ...(last && projects.length < rest.length && { next: encodePageToken(positionOf(last)) }),
    };
  }

  /** @throws PlatformError PROJECT_NOT_PUBLIC for one that was never approved and one that is not there alike */
  async entry(id: string): Promise<RegisterEntry> {
    const found = (await this.entries()).find((entry) => entry.project_id_text === id);
    if (found === undefined) throw refusePublicRegister('PROJECT_NOT_PUBLIC');
    return found;
  }

  private async entries(): Promise<RegisterEntry[]> {
    const { clock, collections } = this.ports;
    const now = clock.now();
    const projects = await this.projects(now);
    const today = londonDay(now);
    return projects
      .map((project) => registerEntryOn(today, project, collections))
      .sort((one, other) => compare(positionOf(one), positionOf(other)));
  }

  private projects(now: Date): Promise<PublicProject[]> {
    const age = this.read === null ? Number.POSITIVE_INFINITY : now.getTime() - this.read.at;
    if (this.read !== null && age >= 0 && age < READ_AGAIN_MILLISECONDS) return this.read.projects;
    const projects = this.ports.table.queryAll({ pk: PUBLIC_PARTITION, skPrefix: 'PROJECT#' }, publicProject);
    const reading = { at: now.getTime(), projects };
    this.read = reading;
    projects.catch(() => {
      if (this.read === reading) this.read = null;
    });
    return projects;
  }
}
