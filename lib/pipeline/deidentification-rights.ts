import { type RoleOwner, writeItems } from '../constructs/role-owner';
import type { KeysStack } from '../stacks/keys-stack';
import type { RecordsStack } from '../stacks/records-stack';
import type { StorageStack } from '../stacks/storage-stack';
import { read, write } from './object-rights';

export interface DeidentificationParts {
  readonly storage: StorageStack;
  readonly keys: KeysStack;
  readonly records: RecordsStack;
}

/** What de-identifying a batch needs, wherever it runs: as a function or in a container. */
export function allowDeidentification(
  step: RoleOwner,
  { storage, keys, records }: DeidentificationParts,
): void {
  read(step, storage.landing, '*');
  read(step, storage.work, 'submissions/*');
  write(step, storage.work, 'submissions/*');
  write(step, storage.deidentified, '*');
  write(step, storage.quarantine, '*', ['s3:PutObjectTagging']);
  // the entry of a copy that is not made is given back
  step.allowItems(records.ledger, [...writeItems, 'DeleteItem']);
  step.allow(['kms:GenerateMac'], keys.pseudonymKey.keyArn);
}
