import { AwsError } from '../service';
import { definitionFaults } from './definition-checks';
import { type StateMachineDefinition, stateMachineDefinition } from './definition-schema';

/** Step Functions takes a definition of at most 1 MB. */
const definitionLimitBytes = 1_048_576;

/**
 * Reads and checks a definition in Amazon States Language, whole: what passes here does not fail later for a missing
 * state, an unknown field or integration, or JSONata that does not parse.
 * @param text JSON
 * @param knownResources ARNs of the integrations at hand
 * @throws AwsError `InvalidDefinition` that names every fault with its place
 */
export function readDefinition(text: string, knownResources: ReadonlySet<string>): StateMachineDefinition {
  if (Buffer.byteLength(text) > definitionLimitBytes) {
    throw invalid([`the definition has more than ${definitionLimitBytes} bytes`]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(['the definition is not JSON']);
  }
  const shape = stateMachineDefinition.safeParse(value);
  if (!shape.success) {
    throw invalid(shape.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`));
  }
  const faults = definitionFaults(shape.data, knownResources);
  if (faults.length > 0) throw invalid(faults.map(({ path, message }) => `${path}: ${message}`));
  return shape.data;
}

function invalid(faults: readonly string[]): AwsError {
  return new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${faults.map((fault) => `SCHEMA_VALIDATION_FAILED: ${fault}`).join('; ')}'`,
  );
}
