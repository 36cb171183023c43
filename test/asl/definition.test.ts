import validate from 'asl-validator';
import type { Definition } from '../../lib/pipeline/asl';
import { pipelineDefinition } from '../../lib/pipeline/definition';
import { synthesizedDefinition } from '../lib/pipeline/synthesized-definition';

describe('the synthesized definition', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errors } = validate(synthesizedDefinition(), {
      checkPaths: true,
      checkArn: true,
    });
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('a dangling transition would be found', () => {
    const definition = structuredClone(synthesizedDefinition()) as Definition & {
      States: Record<string, { Next?: string }>;
    };
    (definition.States.Plan as { Next?: string }).Next = 'Nowhere';
    expect(validate(definition).isValid).toBe(false);
  });

  it('is valid with the wait for the malware scan too, and where large files are refused', () => {
    const arn = 'arn:aws:lambda:eu-west-2:111122223333:function:f';
    const definition = pipelineDefinition({
      planSubmission: arn,
      clearSubjects: arn,
      deidentifyBatch: arn,
      quarantineBatch: arn,
      settleSubmission: arn,
      awaitImport: arn,
      reconcileImport: arn,
      catalogueSubmission: arn,
      applyDemographics: arn,
      writeReceipt: arn,
      recordFailure: arn,
      workBucket: 'work',
      importRole: 'arn:aws:iam::111122223333:role/r',
      clearanceLimitSeconds: 60,
      batchesAtOnce: 10,
      malwareScanning: true,
    });
    expect(validate(definition).errors).toEqual([]);
    expect(definition.States.AnyBatch).toMatchObject({ Choices: [{ Next: 'AwaitScan' }] });
    expect(definition.States.Clear).toMatchObject({ Next: 'Deidentify' });
    expect(definition.States.Deidentify).toMatchObject({ Next: 'Settle' });
    expect(definition.States).not.toHaveProperty('DeidentifyLarge');
  });
});
