import fc from 'fast-check';
import { checkpointKey, readCheckpoint } from '../../../lambda/history/checkpoint.contract';
import { CheckpointDiffersError, oldestWaitSeconds } from '../../../lambda/history/export-events';
import { chainHead } from '../../../lambda/register/event.contract';
import { auditHeadKey } from '../../../lambda/register/register-table';
import { bucket, HistoryRoom, Killed, projectOf, verify } from './history-fixture';

const exportedPlaces = (room: HistoryRoom) =>
  room
    .checkpoints()
    .flatMap((text) => readCheckpoint(text ?? '')?.events ?? [])
    .map(({ chain, sequence }) => `${chain} ${sequence}`);

const codes = fc.array(fc.constantFrom('NOT_A_MEMBER', 'NO_ACTIVE_GRANT'), { minLength: 1, maxLength: 3 });
const changes = fc.array(fc.tuple(fc.nat({ max: 2 }), codes), { minLength: 1, maxLength: 8 });

describe('the export of events', () => {
  it('writes each event once, in the sequence of its chain, and leaves nothing waiting', async () => {
    const room = new HistoryRoom();
    await room.change(0, ['NOT_A_MEMBER', 'NO_ACTIVE_GRANT']);
    await room.change(1, ['NOT_A_MEMBER']);
    expect(await room.export()).toEqual({ checkpoints: 1, events: 3, faulty: 0 });
    await room.change(0, ['NOT_A_MEMBER']);
    expect(await room.export()).toEqual({ checkpoints: 1, events: 1, faulty: 0 });
    expect(exportedPlaces(room)).toEqual([
      `${projectOf(0)} 1`,
      `${projectOf(0)} 2`,
      `${projectOf(1)} 1`,
      `${projectOf(0)} 3`,
    ]);
    expect(room.table.partition('OUTBOX')).toEqual([]);
    expect(await verify(room, 2)).toEqual([]);
  });

  it('has nothing to do where nothing waits', async () => {
    const room = new HistoryRoom();
    expect(await room.export()).toEqual({ checkpoints: 0, events: 0, faulty: 0 });
    expect(room.checkpoints()).toEqual([]);
  });

  it('empties an outbox of more than one checkpoint and one transaction takes', async () => {
    const room = new HistoryRoom();
    for (let round = 0; round < 16; round += 1) await room.change(0, Array(40).fill('NOT_A_MEMBER'));
    expect(await room.export()).toEqual({ checkpoints: 2, events: 640, faulty: 0 });
    expect(room.table.partition('OUTBOX')).toEqual([]);
    expect(await verify(room, 1)).toEqual([]);
  });

  it('goes on without a gap or a double wherever it was killed, before a write or after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        changes,
        fc.array(fc.tuple(fc.nat({ max: 4 }), fc.boolean()), { maxLength: 6 }),
        async (told, kills) => {
          const room = new HistoryRoom();
          for (const [index, [project, facts]] of told.entries()) {
            await room.change(project, facts);
            const kill = kills[index];
            if (kill === undefined) continue;
            [room.writesLeft, room.killedAfter] = kill;
            await room.export().catch((error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            });
            room.writesLeft = Number.POSITIVE_INFINITY;
          }
          await room.export();
          const places = exportedPlaces(room);
          expect(new Set(places).size).toBe(places.length);
          expect(places.length).toBe(told.flatMap(([, facts]) => facts).length);
          expect(room.table.partition('OUTBOX')).toEqual([]);
          expect(await verify(room, 3)).toEqual([]);
        },
      ),
      { seed: 30, numRuns: 150 },
    );
  });

  it('is killed between every two writes of a long checkpoint and ends the same', async () => {
    for (let writes = 0; writes < 5; writes += 1) {
      const room = new HistoryRoom();
      for (let round = 0; round < 6; round += 1) await room.change(round % 2, Array(40).fill('NOT_A_MEMBER'));
      room.writesLeft = writes;
      await room.export().catch(() => {});
      await room.change(2, ['NOT_A_MEMBER']);
      room.writesLeft = Number.POSITIVE_INFINITY;
      await room.export();
      expect(exportedPlaces(room)).toHaveLength(241);
      expect(await verify(room, 3)).toEqual([]);
    }
  });

  it('is no second time done by two runs at once', async () => {
    const room = new HistoryRoom();
    await room.change(0, ['NOT_A_MEMBER', 'NOT_A_MEMBER']);
    await Promise.all([room.export(), room.export(), room.export()]);
    expect(exportedPlaces(room)).toHaveLength(2);
    expect(await verify(room, 1)).toEqual([]);
  });

  it('takes a late item with an older time than what was exported', async () => {
    const room = new HistoryRoom();
    await room.change(0, ['NOT_A_MEMBER']);
    await room.export();
    room.clock.moveBy(-3600);
    await room.change(0, ['NO_ACTIVE_GRANT']);
    await room.export();
    expect(exportedPlaces(room)).toEqual([`${projectOf(0)} 1`, `${projectOf(0)} 2`]);
    expect(await verify(room, 1)).toEqual([]);
  });

  it('exports nothing over an object that does not follow the head', async () => {
    const room = new HistoryRoom();
    await room.change(0, ['NOT_A_MEMBER']);
    room.objects.set(bucket, checkpointKey(1), '{"number":1}');
    await expect(room.export()).rejects.toThrow(CheckpointDiffersError);
    expect(room.table.partition('OUTBOX')).toHaveLength(1);
    expect(await room.table.get(auditHeadKey, chainHead)).toBeNull();
  });

  it('leaves an outbox item whose event was changed, says so, and exports the others', async () => {
    const room = new HistoryRoom();
    await room.change(0, ['NOT_A_MEMBER']);
    await room.change(1, ['NOT_A_MEMBER']);
    const [item] = room.table.partition('OUTBOX');
    if (item === undefined) throw new Error('nothing waits');
    const event = item.event as Record<string, unknown>;
    await room.table.transact([
      { put: { ...item, event: { ...event, data: { code: 'CHANGED', grantId: null } } } },
    ]);
    expect(await room.export()).toEqual({ checkpoints: 1, events: 1, faulty: 1 });
    expect(exportedPlaces(room)).toEqual([`${projectOf(1)} 1`]);
    expect(await verify(room, 2)).toMatchObject([
      { reason: 'NOT_EXPORTED', chain: projectOf(0), sequence: 1 },
    ]);
  });

  it('says for how long the oldest event has waited', async () => {
    const room = new HistoryRoom();
    expect(await oldestWaitSeconds(room)).toBe(0);
    await room.change(0, ['NOT_A_MEMBER']);
    room.clock.moveBy(90);
    await room.change(0, ['NOT_A_MEMBER']);
    expect(await oldestWaitSeconds(room)).toBe(91);
  });
});
