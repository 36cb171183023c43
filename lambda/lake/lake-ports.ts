import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../platform/clock';
import type { DocumentTable } from '../platform/document-table';
import type { S3ObjectStore } from '../platform/object-store';
import { LakeFileStore } from './lake-file-store';
import { LedgerLakeLeases } from './lake-lease';

/** What a function needs to change the lake, of one process. */
export function lakePorts(objects: S3ObjectStore, ledger: DocumentTable, catalogueBucket: string) {
  return {
    objects,
    catalogueBucket,
    files: new LakeFileStore({ objects, catalogueBucket }),
    leases: new LedgerLakeLeases(ledger, systemClock, randomUUID(), (milliseconds) => pause(milliseconds)),
    clock: systemClock,
  };
}
