import fc from 'fast-check';
import type { Fact, RegisterEvent } from '../../../lambda/register/event.contract';
import { appendFacts, EMPTY_HEAD, hashOf, verifyChain } from '../../../lambda/register/event-chain.contract';

const CHAIN = `p-${'0'.repeat(26)}`;
const ACTOR = `r-${'1'.repeat(26)}`;
const at = new Date('2026-11-02T09:00:00.000Z');

const fact = fc
  .constantFrom('NO_ACTIVE_GRANT', 'NOT_A_MEMBER', 'PROJECT_NOT_ACTIVE')
  .map((code): Fact => ({ type: 'credential-refused', data: { code, grantId: null } }));
const facts = fc.array(fact, { minLength: 2, maxLength: 12 });

const chainOf = (told: readonly Fact[]) => appendFacts(EMPTY_HEAD, told, { chain: CHAIN, actor: ACTOR, at });

describe('a chain of events', () => {
  test('is intact as written, in one go or in several', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (told, cut) => {
        const middle = cut % told.length;
        const first = chainOf(told.slice(0, middle));
        const rest = appendFacts(first.head, told.slice(middle), { chain: CHAIN, actor: ACTOR, at });
        const verdict = verifyChain(CHAIN, [...first.events, ...rest.events], rest.head);
        expect(verdict).toEqual({ intact: true, head: chainOf(told).head });
      }),
      { seed: 2 },
    );
  });

  test('names the event of which anything was changed', () => {
    const changes: ((event: RegisterEvent) => unknown)[] = [
      (event) => ({ ...event, at: '2026-11-02T09:00:00.001Z' }),
      (event) => ({ ...event, actor: `r-${'2'.repeat(26)}` }),
      (event) => ({ ...event, data: { ...event.data, code: 'CHANGED' } }),
      (event) => ({ ...event, data: { ...event.data, added: true } }),
      (event) => ({ ...event, added: true }),
      (event) => ({ ...event, previousHash: 'f'.repeat(64) }),
      (event) => ({ ...event, hash: 'f'.repeat(64) }),
    ];
    fc.assert(
      fc.property(facts, fc.nat(), fc.constantFrom(...changes), (told, position, change) => {
        const { events, head } = chainOf(told);
        const index = position % events.length;
        const changed = events.map((event, at) => (at === index ? change(event) : event)) as RegisterEvent[];
        expect(verifyChain(CHAIN, changed, head)).toMatchObject({ intact: false, sequence: index + 1 });
      }),
      { seed: 3 },
    );
  });

  test('names the place of a change whose hash was recomputed: the event after it, or the head', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (told, position) => {
        const { events, head } = chainOf(told);
        const index = position % events.length;
        const forged = events.map((event, at) => {
          if (at !== index) return event;
          const changed = { ...event, at: '2026-11-02T10:00:00.000Z' };
          return { ...changed, hash: hashOf(changed) };
        });
        const verdict = verifyChain(CHAIN, forged, head);
        const last = index === events.length - 1;
        expect(verdict).toEqual({
          intact: false,
          sequence: last ? events.length : index + 2,
          reason: last ? 'HEAD_DIFFERS' : 'PREVIOUS_HASH_DIFFERS',
        });
      }),
      { seed: 4 },
    );
  });

  test('names the first event that was removed, the last included', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (told, position) => {
        const { events, head } = chainOf(told);
        const index = position % events.length;
        const verdict = verifyChain(CHAIN, events.toSpliced(index, 1), head);
        expect(verdict).toEqual({ intact: false, sequence: index + 1, reason: 'EVENT_MISSING' });
      }),
      { seed: 5 },
    );
  });

  test('names the first of two events that changed places', () => {
    fc.assert(
      fc.property(facts, fc.nat(), fc.nat(), (told, one, other) => {
        const { events, head } = chainOf(told);
        const first = Math.min(one % events.length, other % events.length);
        const second = Math.max(one % events.length, other % events.length);
        fc.pre(first !== second);
        const swapped = [...events];
        [swapped[first], swapped[second]] = [events[second], events[first]] as [RegisterEvent, RegisterEvent];
        expect(verifyChain(CHAIN, swapped, head)).toMatchObject({ intact: false, sequence: first + 1 });
      }),
      { seed: 6 },
    );
  });

  test('does not take an event of another chain, nor one inserted', () => {
    const { events, head } = chainOf([
      { type: 'credential-refused', data: { code: 'NOT_A_MEMBER', grantId: null } },
    ]);
    expect(verifyChain(`p-${'9'.repeat(26)}`, events, head)).toMatchObject({ intact: false, sequence: 1 });
    expect(verifyChain(CHAIN, [...events, ...events], head)).toMatchObject({ intact: false, sequence: 2 });
  });
});
