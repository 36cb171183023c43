import type { Shortcoming } from './application.contract';
import { type Attachment, attachment } from './attachment.contract';
import { applicationKey, type RegisterTable } from './register-table';

/** Every paper that an application ever had, in order of announcement. */
export function allAttachments(table: RegisterTable, applicationId: string): Promise<Attachment[]> {
  return table.queryAll({ pk: applicationKey(applicationId).pk, skPrefix: 'ATTACHMENT#' }, attachment);
}

/** Papers that were announced and have not come, as shortcomings of the application. */
export async function findUnreceived(table: RegisterTable, applicationId: string): Promise<Shortcoming[]> {
  return (await allAttachments(table, applicationId))
    .filter(({ state }) => state === 'awaited')
    .map(({ id }) => ({
      path: `attachments.${id}`,
      message: 'not received yet: send the file, or delete it',
    }));
}
