import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import type { Construct } from 'constructs';

/** Rule ids of the packs that gate the synth, each with the reason why a finding is accepted. */
export type Acknowledgements = Readonly<Record<string, string>>;

/** Accepts findings on a construct and what it holds. The reason goes to the template and to the report of the packs. */
export function acknowledge(construct: Construct, reasons: Acknowledgements): void {
  for (const [id, reason] of Object.entries(reasons)) {
    Validations.of(construct).acknowledge({ id, reason });
  }
}

/**
 * Accepts wildcards in the resources of a construct's policies, each by its own finding.
 *
 * @remarks The finding spells a reference to another stack as the import that CDK makes of it, which exists only when
 * the tree is validated; so the acknowledgement is made then, before the packs run.
 */
export function acknowledgeWildcard(construct: Construct, resource: string, reason: string): void {
  construct.node.addValidation({
    validate: () => {
      const spelling = flattenCfnReference(Stack.of(construct).resolve(resource));
      if (spelling.includes('*')) {
        const id = `AwsSolutions-IAM5[Resource::${spelling}]`;
        Validations.of(construct).acknowledge({ id, reason });
      }
      return [];
    },
  });
}

/** The L1 of a construct. @throws Error where the construct has none */
export function resourceOf(construct: Construct): CfnResource {
  const child = construct.node.defaultChild;
  if (!CfnResource.isCfnResource(child)) throw new Error(`${construct.node.path} has no resource of its own`);
  return child;
}
