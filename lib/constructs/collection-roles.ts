import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AccessMode } from '../../lambda/platform/configuration.contract';
import { collectionRoleTemplate } from '../../lambda/platform/name-templates.contract';

/**
 * Names of the roles of one kind of reader: one a collection and access mode. Functions know them by this form; a list
 * would outgrow their environments and the policy that allows them (docs/adr/0015).
 */
export class CollectionRoles {
  /** IAM path of these roles and of no others. */
  readonly path: string;
  /** ARN for functions, with `{arc}` and `{accessMode}` where collection and mode stand. */
  readonly template: string;
  /** ARN of any of them. */
  readonly anyArn: string;
  private readonly nameTemplate: string;

  constructor(scope: Construct, environmentName: string, reader: 'researcher' | 'viewer') {
    const arn = (name: string) =>
      Stack.of(scope).formatArn({
        service: 'iam',
        region: '',
        resource: 'role',
        resourceName: `${this.path.slice(1)}${name}`,
      });
    this.path = `/nmip/${environmentName}/${reader}s/`;
    // at most 45 of the 64 characters of a role's name; a collection's id could take 40 by itself
    this.nameTemplate = `nmip-${environmentName}-${reader}-{arc}-{accessMode}`;
    this.template = arn(this.nameTemplate);
    this.anyArn = arn('*');
  }

  nameOf(arc: number, accessMode: AccessMode): string {
    return collectionRoleTemplate.parse(this.nameTemplate)(arc, accessMode);
  }
}
