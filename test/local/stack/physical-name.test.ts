import fc from 'fast-check';
import { bucketName, physicalName, shortId, stableUuid } from '../../../local/stack/physical-name';

const names = fc.tuple(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,60}$/),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,120}$/),
);

describe('physical names', () => {
  it('follow from stack and logical id alone', () => {
    expect(physicalName('nmip-local-api', 'Function', 64)).toBe(
      physicalName('nmip-local-api', 'Function', 64),
    );
    expect(physicalName('nmip-local-api', 'Function', 64)).toMatch(/^nmip-local-api-Function-[0-9a-f]{8}$/);
    expect(physicalName('one', 'Function', 64)).not.toBe(physicalName('two', 'Function', 64));
  });

  it('hold: never longer than allowed, and of the allowed characters', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 32, max: 128 }), ([stack, id], longest) => {
        expect(physicalName(stack, id, longest).length).toBeLessThanOrEqual(longest);
        expect(bucketName(stack, id)).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        expect(shortId(stack, id)).toMatch(/^[a-z0-9]{10}$/);
        expect(stableUuid(stack, id)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
      { seed: 11 },
    );
  });
});
