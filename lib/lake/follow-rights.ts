import { type ListedTable, tableFolder } from '../../lambda/lake/lake-folders.contract';
import type { GrantedBucket } from '../constructs/granted-bucket';
import type { RoleOwner } from '../constructs/role-owner';
import { read, write } from '../pipeline/object-rights';

/** Lets a step bring a table of the lake to what it has changed in the catalogue: files and lists, nothing deleted. */
export function followWith(step: RoleOwner, catalogue: GrantedBucket, table: ListedTable): void {
  for (const keys of [`lake/${table}/*`, `${tableFolder(table)}*`]) {
    read(step, catalogue, keys);
    write(step, catalogue, keys);
  }
}
