import type { SubmittedApplication } from './application.contract';
import { chainPointer } from './event.contract';
import { dependenceOf } from './independence';
import { type Person, person } from './person.contract';
import { refuseRegister } from './register-refusals';
import { chainPointerKey, type RegisterTable } from './register-table';

/** The person of a pseudonym, which names the chain of their events; null where there is none. */
async function personNamed(table: RegisterTable, pseudonym: string): Promise<Person | null> {
  const pointer = await table.get(chainPointerKey(pseudonym), chainPointer);
  return pointer === null ? null : table.get({ pk: pointer.partition, sk: 'PERSON' }, person);
}

/**
 * Demands that the approvals that came before the one which gives access still count: that their reviewers have the role
 * still and stand outside the application as the register knows them now.
 *
 * @returns the reviewers, whose records the transaction checks
 * @throws PlatformError EARLIER_APPROVAL_VOID
 */
export async function demandEarlierApprovals(
  table: RegisterTable,
  application: SubmittedApplication,
  last: Person,
  involved: readonly Person[],
): Promise<Person[]> {
  const earlier = application.decisions.filter(
    ({ decision, reviewer }) => decision === 'approve' && reviewer !== last.pseudonym,
  );
  return Promise.all(
    earlier.map(async ({ reviewer }) => {
      const found = await personNamed(table, reviewer);
      if (!found?.roles.includes('reviewer') || dependenceOf(application, found, involved) !== null)
        throw refuseRegister('EARLIER_APPROVAL_VOID');
      return found;
    }),
  );
}
