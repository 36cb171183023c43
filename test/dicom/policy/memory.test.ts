import { kindOf } from '../../../dicom/identifiers/collect-identifying-values';
import { basicPolicy } from '../../../dicom/policy/policy';

describe('tags that no dictionary knows', () => {
  it('are without number, and none of them is remembered', () => {
    const { rule } = basicPolicy();
    const remembered = jest.spyOn(Map.prototype, 'set');
    try {
      for (let tag = 0x00090000; tag < 0x00110000; tag += 7) {
        rule(tag);
        kindOf(tag);
      }
      // Group 0010 is known in part: what is known of it may be remembered once.
      expect(remembered.mock.calls.length).toBeLessThan(200);
    } finally {
      remembered.mockRestore();
    }
  });
});
