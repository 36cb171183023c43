import { z } from 'zod';
import {
  integerVariable,
  jsonVariable,
  nameVariable,
  readEnvironment,
} from '../../../lambda/platform/environment';

const schema = z.object({
  TABLE: nameVariable,
  LIMIT: integerVariable(1),
  BUCKETS: jsonVariable(z.record(z.string(), z.string())),
});

describe('the environment of a function', () => {
  it('is read through its schema, JSON and numbers included', () => {
    expect(readEnvironment(schema, { TABLE: 't', LIMIT: '60', BUCKETS: '{"RX1":"b"}', OTHER: 'x' })).toEqual({
      TABLE: 't',
      LIMIT: 60,
      BUCKETS: { RX1: 'b' },
    });
  });

  it('is refused with the names of all wrong variables and none of their values', () => {
    const read = () => readEnvironment(schema, { LIMIT: 'secret', BUCKETS: '{secret' });
    expect(read).toThrow(/TABLE.*LIMIT.*BUCKETS: expected JSON/s);
    expect(read).not.toThrow(/secret/);
  });
});
