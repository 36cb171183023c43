import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  configurationFileName,
  configurationFileText,
  trustConfiguration,
} from '../../../lambda/platform/configuration.contract';
import {
  integerVariable,
  jsonVariable,
  nameVariable,
  readEnvironment,
  readRegion,
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

  it('has the Region that Lambda sets, and a function without one does not start', () => {
    expect(readRegion({ AWS_REGION: 'eu-west-2' })).toBe('eu-west-2');
    expect(() => readRegion({})).toThrow(/AWS_REGION/);
  });
});

describe('the configuration of a function', () => {
  const configured = z.object({
    TABLE: nameVariable,
    configuration: z.object({ trusts: z.array(trustConfiguration.pick({ odsCode: true })) }),
  });
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-configuration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = (text: string | null) => {
    if (text !== null) writeFileSync(join(folder, configurationFileName), text);
    return readEnvironment(configured, { TABLE: 't', LAMBDA_TASK_ROOT: folder });
  };

  it('is the file beside the bundle, read through the same schema as the variables', () => {
    expect(read(configurationFileText({ trusts: [{ odsCode: 'RX1' }] }))).toEqual({
      TABLE: 't',
      configuration: { trusts: [{ odsCode: 'RX1' }] },
    });
  });

  it('is asked of nobody whose schema names none', () => {
    expect(readEnvironment(z.object({ TABLE: nameVariable }), { TABLE: 't' })).toEqual({ TABLE: 't' });
  });

  it('is refused where the file is missing', () => {
    expect(() => read(null)).toThrow('configuration: no file configuration.json beside the function');
  });

  it('is refused where the file is no JSON, without its text', () => {
    expect(() => read('{secret')).toThrow('configuration: configuration.json is not JSON');
    expect(() => read('{secret')).not.toThrow(/secret/);
  });

  it('is refused with the names of wrong fields and none of their values', () => {
    const wrong = () => read('{"trusts":[{"odsCode":"secret"}]}');
    expect(wrong).toThrow(/configuration\.trusts\.0\.odsCode: an ODS code/);
    expect(wrong).not.toThrow(/secret/);
  });
});
