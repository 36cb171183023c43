import type { TransactionWrite } from '../platform/document-table';
import { publish, readPublicProject } from '../public-register/public-project';
import type { Project } from './project.contract';
import { atVersion, projectKey, type RegisterTable } from './register-table';

/** A project as it stands after a change, for the register and, without people, for the public. */
export async function projectWrites(
  table: RegisterTable,
  before: Project,
  after: Project,
): Promise<TransactionWrite[]> {
  return [
    { put: { ...projectKey(after.id), ...after }, condition: atVersion(before.version) },
    publish(await readPublicProject(table, after)),
  ];
}
