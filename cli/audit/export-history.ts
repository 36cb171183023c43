import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RecordedEvent } from '../../lambda/register/event-chain.contract';
import { writeWhole } from '../state/write-whole';
import type { Days, HistoryClient } from './history-client';
import { type Format, formats, type HistoryRow } from './history-rows';

/** Whose history is exported. */
export type Subject = { readonly person: string } | { readonly project: string } | { readonly study: string };

/** Whether a person acts in an event or is named in it. */
function names(event: RecordedEvent, person: string): boolean {
  return (
    event.actor === person || event.chain === person || JSON.stringify(event.data).includes(`"${person}"`)
  );
}

/** Chains in which events of a subject may stand. */
async function chainsOf(client: HistoryClient, subject: Subject): Promise<string[]> {
  if ('project' in subject) return [subject.project];
  if ('study' in subject)
    return [...new Set((await client.access(subject.study)).map(({ projectId }) => projectId))].sort();
  const all: string[] = [];
  for await (const chain of client.chains()) all.push(chain);
  return all;
}

function within({ at }: RecordedEvent, days: Partial<Days>): boolean {
  const day = at.slice(0, 10);
  return (days.from === undefined || day >= days.from) && (days.to === undefined || day <= days.to);
}

async function* rowsOf(
  client: HistoryClient,
  subject: Subject,
  days: Partial<Days>,
  readDays: Days,
  counts: { events: number; reads: number },
): AsyncGenerator<HistoryRow> {
  for (const chain of await chainsOf(client, subject)) {
    const { events } = await client.chain(chain);
    for (const event of events) {
      if (!within(event, days) || ('person' in subject && !names(event, subject.person))) continue;
      counts.events += 1;
      yield { kind: 'event', event };
    }
  }
  for await (const read of client.reads(subject, readDays)) {
    counts.reads += 1;
    yield { kind: 'read', read };
  }
}

/**
 * Writes the events and reads of a person, a project or a study into a file, which is there when it is whole.
 *
 * @param days of events; open where not given
 * @param readDays of reads, which are asked for by days
 */
export async function exportHistory(
  client: HistoryClient,
  subject: Subject,
  days: Partial<Days>,
  readDays: Days,
  target: { readonly file: string; readonly format: Format },
): Promise<{ events: number; reads: number }> {
  const counts = { events: 0, reads: 0 };
  const { heading, line } = formats[target.format];
  async function* lines(): AsyncGenerator<string> {
    yield heading;
    for await (const row of rowsOf(client, subject, days, readDays, counts)) yield line(row);
  }
  await writeWhole(target.file, (temporary) =>
    pipeline(Readable.from(lines()), createWriteStream(temporary, { mode: 0o600, flags: 'wx' })),
  );
  return counts;
}
