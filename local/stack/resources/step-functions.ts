import { z } from 'zod';
import type { StatesService } from '../../aws/states/states-service';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { withoutEffect } from './property-schemas';

const machineProperties = z.strictObject({
  DefinitionString: z.string(),
  EncryptionConfiguration: withoutEffect,
  LoggingConfiguration: withoutEffect,
  RoleArn: z.string(),
  StateMachineName: z.string().optional(),
  StateMachineType: z.string().default('STANDARD'),
  Tags: withoutEffect,
  TracingConfiguration: withoutEffect,
});

/** AWS::StepFunctions::StateMachine. */
export function stepFunctionsHandlers(states: StatesService): ResourceHandlers {
  return {
    'AWS::StepFunctions::StateMachine': (resource) => {
      const given = readProperties(resource, machineProperties);
      const name = given.StateMachineName ?? physicalName(resource.stack, resource.logicalId, 80);
      const arn = `arn:aws:states:${resource.region}:${resource.accountId}:stateMachine:${name}`;
      states.createStateMachine({
        name,
        arn,
        definition: given.DefinitionString,
        roleArn: given.RoleArn,
        type: given.StateMachineType,
      });
      return { ref: arn, attributes: { Arn: arn, Name: name } };
    },
  };
}
