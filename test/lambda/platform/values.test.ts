import * as fc from 'fast-check';
import { z } from 'zod';
import { submissionId } from '../../../lambda/deidentification/pipeline.contract';
import { boundedMap } from '../../../lambda/platform/bounded-map';
import { canonicalJson } from '../../../lambda/platform/canonical-json';
import { londonDay } from '../../../lambda/platform/clock';
import { newId } from '../../../lambda/platform/ids';
import { describeError } from '../../../lambda/platform/log';
import { decodePageToken, encodePageToken } from '../../../lambda/platform/page-token';

describe('ids', () => {
  it('are submission ids, and sort by time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (time, later, bytes) => {
          const id = (at: number, from: number) =>
            newId('s', { now: () => new Date(at) }, () => Buffer.from(bytes.subarray(from, from + 10)));
          expect(submissionId.safeParse(id(time, 0)).success).toBe(true);
          expect(id(time, 0) < id(time + later, 10)).toBe(true);
        },
      ),
    );
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('days', () => {
  it('are counted in Europe/London, summer time included', () => {
    expect(londonDay(new Date('2026-07-01T23:30:00Z'))).toBe('2026-07-02');
    expect(londonDay(new Date('2026-12-01T23:30:00Z'))).toBe('2026-12-01');
  });
});

describe('page tokens', () => {
  it('come back as they were, and are refused where they are not ours', () => {
    const schema = z.object({ pk: z.string() });
    expect(decodePageToken(encodePageToken({ pk: 'A#1' }), schema)).toEqual({ pk: 'A#1' });
    expect(() => decodePageToken('###', schema)).toThrow('INVALID_PAGE_TOKEN');
    expect(() => decodePageToken(encodePageToken({ other: 1 }), schema)).toThrow('INVALID_PAGE_TOKEN');
  });
});

describe('a bounded map', () => {
  it('keeps the order and never runs more than its limit at once', async () => {
    let running = 0;
    let most = 0;
    const results = await boundedMap([5, 1, 4, 2, 3, 0], 2, async (value, index) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return value * 10 + index;
    });
    expect(results).toEqual([50, 11, 42, 23, 34, 5]);
    expect(most).toBe(2);
  });

  it('starts nothing more after a failure', async () => {
    const started: number[] = [];
    await expect(
      boundedMap([0, 1, 2, 3], 1, async (value) => {
        started.push(value);
        if (value === 1) throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(started).toEqual([0, 1]);
  });
});

describe('a logged error', () => {
  it('shows its name and frames but not its message', () => {
    const fields = describeError(new TypeError('patient 9434765919'));
    expect(fields.errorName).toBe('TypeError');
    expect(JSON.stringify(fields)).not.toContain('9434765919');
  });
});
