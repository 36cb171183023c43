import { NagRuleCompliance } from 'cdk-nag';
import { uidAwareReads } from '../../lambda/credentials/study-scope.contract';
import { type Check, compliant, properties, type Statement, statements } from './check';

const STUDY_KEY = 'medical-imaging:StudyInstanceUID';

/** `medical-imaging:*`, `*` or a search: out of reach of any condition on studies, so for nobody. */
function unbounded(action: string): boolean {
  return action === '*' || /^medical-imaging:(\*|Search|.*\*)/.test(action);
}

function bindsStudies({ conditions }: Statement): boolean {
  return [conditions.StringLike, conditions.StringEquals].some(
    (condition) => condition?.[STUDY_KEY] !== undefined,
  );
}

export const readingOnly: Check = {
  name: 'ReadingOnly',
  rule: 'Nobody searches data stores or has all of their actions; images are read only under a condition on the study.',
  because: 'A search cannot be bound to a collection, and an action without the key ignores the condition.',
  find: (resource) => {
    const documents: unknown[] = [];
    const { cfnResourceType } = resource;
    if (cfnResourceType === 'AWS::IAM::Policy' || cfnResourceType === 'AWS::IAM::ManagedPolicy') {
      documents.push(properties(resource).PolicyDocument);
    } else if (cfnResourceType === 'AWS::IAM::Role') {
      const { Policies = [] } = properties(resource) as { Policies?: { PolicyDocument: unknown }[] };
      documents.push(...Policies.map(({ PolicyDocument }) => PolicyDocument));
    } else {
      return NagRuleCompliance.NOT_APPLICABLE;
    }
    const allowed = documents.flatMap(statements).filter(({ effect }) => effect === 'Allow');
    const reads: ReadonlySet<string> = new Set(uidAwareReads);
    return compliant(
      allowed.every(
        (statement) =>
          statement.notActions.length === 0 &&
          !statement.actions.some(unbounded) &&
          (bindsStudies(statement)
            ? statement.actions.every((action) => reads.has(action))
            : !statement.actions.some(
                (action) => action.startsWith('medical-imaging:GetDICOM') && reads.has(action),
              )),
      ),
    );
  },
};
