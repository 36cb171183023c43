import { Token } from 'aws-cdk-lib';
import { z } from 'zod';
import { example } from '../../../config/example';
import { checkConfiguration } from '../../../config/load-configuration';
import { functionEnvironment } from '../../../lib/constructs/function-environment';

const schema = z.object({ WORK_BUCKET: z.string().min(1), LIMIT: z.string().regex(/^\d+$/) });
const configuration = checkConfiguration(example, 'test');

function environmentOf(variables: Record<string, string>, from: z.ZodObject = schema) {
  return functionEnvironment('write-receipt', from, { variables, configuration });
}

describe('environment of a function', () => {
  it('holds what the schema names and nothing else', () => {
    const offered = { WORK_BUCKET: 'work', LIMIT: '60', REGISTER_TABLE: 'register' };
    expect(environmentOf(offered)).toEqual({ variables: { WORK_BUCKET: 'work', LIMIT: '60' } });
  });

  it('names the function and every variable that no stack offers', () => {
    expect(() => environmentOf({ LIMIT: '60' })).toThrow(
      'Environment of write-receipt:\n  WORK_BUCKET: missing',
    );
  });

  it('checks values that are known at synth', () => {
    expect(() => environmentOf({ WORK_BUCKET: 'work', LIMIT: 'soon' })).toThrow(/LIMIT: /);
  });

  it('leaves references to the function itself, which reads them at its start', () => {
    const reference = Token.asString({ Ref: 'Bucket' });
    const { variables } = environmentOf({ WORK_BUCKET: reference, LIMIT: '60' });
    expect(variables.WORK_BUCKET).toBe(reference);
  });

  it('may be empty', () => {
    expect(environmentOf({}, z.object({}))).toEqual({ variables: {} });
  });

  it('is refused above the size that Lambda takes', () => {
    expect(() => environmentOf({ WORK_BUCKET: 'x'.repeat(4096), LIMIT: '60' })).toThrow(/Lambda allows 4096/);
  });
});

describe('configuration of a function', () => {
  it('is the part that the schema names, as canonical JSON', () => {
    const part = z.object({ trusts: z.array(z.object({ odsCode: z.string(), name: z.string() })) });
    const text = environmentOf({}, z.object({ configuration: part })).configuration ?? '';
    expect(text).toBe(
      `${JSON.stringify({
        trusts: example.trusts.map(({ odsCode, name }) => ({ name, odsCode })),
      })}\n`,
    );
  });

  it('is no variable', () => {
    const whole = z.object({ configuration: z.object({ collections: z.array(z.unknown()) }) });
    expect(environmentOf({}, whole).variables).toEqual({});
  });

  it('names the function and every field that the configuration does not have', () => {
    const part = z.object({ hospitals: z.array(z.string()) });
    expect(() => environmentOf({}, z.object({ configuration: part }))).toThrow(
      /^Environment of write-receipt:\n {2}configuration\.hospitals: /,
    );
  });
});
