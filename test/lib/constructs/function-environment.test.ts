import { Token } from 'aws-cdk-lib';
import { z } from 'zod';
import { functionEnvironment } from '../../../lib/constructs/function-environment';

const schema = z.object({
  WORK_BUCKET: z.string().min(1, 'expected a value'),
  LIMIT: z.string().regex(/^\d+$/, 'expected a whole number'),
});

describe('environment of a function', () => {
  it('has the variables that its schema names and no other', () => {
    expect(functionEnvironment('f', schema, { WORK_BUCKET: 'b', LIMIT: '3', REGISTER_TABLE: 't' })).toEqual({
      WORK_BUCKET: 'b',
      LIMIT: '3',
    });
  });

  it('a variable that no stack offers fails the synth, naming function and variable', () => {
    expect(() => functionEnvironment('plan-submission', schema, { LIMIT: '3' })).toThrow(
      /Environment of plan-submission:\n {2}WORK_BUCKET: missing/,
    );
  });

  it('a value that the schema refuses fails the synth, naming what was expected', () => {
    expect(() => functionEnvironment('f', schema, { WORK_BUCKET: 'b', LIMIT: 'three' })).toThrow(
      'LIMIT: expected a whole number',
    );
  });

  it('a value known only at deployment is taken', () => {
    const name = Token.asString({ Ref: 'Bucket' });
    expect(functionEnvironment('f', schema, { WORK_BUCKET: name, LIMIT: '3' }).WORK_BUCKET).toBe(name);
  });

  it('an optional variable may be absent', () => {
    expect(functionEnvironment('f', z.object({ A: z.string().optional() }), {})).toEqual({});
  });

  it('more than the four kilobytes of Lambda fail the synth', () => {
    const value = 'x'.repeat(4096);
    expect(() => functionEnvironment('f', schema, { WORK_BUCKET: value, LIMIT: '3' })).toThrow(
      /about 4\d{3} bytes together; Lambda allows 4096/,
    );
  });
});
