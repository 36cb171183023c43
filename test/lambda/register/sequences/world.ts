import type { z } from 'zod';
import type { DicomwebAuthority } from '../../../../lambda/credentials/dicomweb-authorisation';
import { developmentPrefix } from '../../../../lambda/credentials/study-scope.contract';
import type { CollectionConfiguration } from '../../../../lambda/platform/configuration.contract';
import type {
  Item,
  ItemKey,
  TransactionResult,
  TransactionWrite,
} from '../../../../lambda/platform/document-table';
import { silentLog } from '../../../../lambda/platform/log';
import type { Role } from '../../../../lambda/platform/roles.contract';
import type { Committee } from '../../../../lambda/register/applications';
import type { ExpireGrantsPorts } from '../../../../lambda/register/expire-grants';
import { recordPerson } from '../../../../lambda/register/people';
import type { PersonInput } from '../../../../lambda/register/person.contract';
import { RegisterGrantedProjects } from '../../../../lambda/withdrawal/granted-projects';
import { makeIssuer, uidRoot, viewerRole } from '../../credentials/credentials-fixture';
import { MemoryRegisterTable } from '../memory-register-table';
import { breast, chest, requester, SetClock, trusts } from '../register-fixture';

/** Institutions by the names that they go by: people work at an institution, whatever its name is written like. */
export const institutions = {
  westhaven: ['University of Westhaven', 'UNIVERSITY  of westhaven', 'University of Westhaven.'],
  northfield: ['Northfield University', 'northfield university'],
  patients: ['Patients in Research'],
  highmoor: ['Highmoor Hospital', 'Highmoor-Hospital'],
  eastmoor: ['Eastmoor Institute'],
  southgate: ['Southgate College'],
} as const satisfies Record<string, readonly string[]>;

export const organisationNames = Object.values(institutions).flat();

export const firstPeople: Readonly<Record<string, PersonInput>> = {
  'officer-2': { roles: ['officer'] },
  'applicant-1': { roles: ['applicant'], organisation: 'University of Westhaven' },
  'applicant-2': { roles: ['applicant', 'reviewer'], organisation: 'Eastmoor Institute' },
  'member-1': { roles: [], organisation: 'Southgate College' },
  'member-2': { roles: [], organisation: 'Patients in Research' },
  'reviewer-1': { roles: ['reviewer'], organisation: 'Northfield University' },
  'reviewer-2': { roles: ['reviewer'], organisation: 'Patients in Research' },
  'reviewer-3': { roles: ['reviewer'], organisation: 'UNIVERSITY  of westhaven' },
  'reviewer-4': { roles: ['reviewer'], organisation: 'Highmoor Hospital', trust: 'RX1' },
  'machine-1': { kind: 'machine', roles: ['uploader'], trust: 'RX1' },
};

/** Those whom the register knows at first, its officer by configuration, and one of whom it has never heard. */
export const everybody = ['officer-1', ...Object.keys(firstPeople), 'stranger-1'] as const;

/** Legal bases end on different days: one soon, one before the first change of the clock in spring, one far off. */
const legalBases = { chest: '2027-03-26', 'breast-screening': '2027-10-30', skin: '2028-03-31' } as const;
export type CollectionName = keyof typeof legalBases;
export const collectionNames = Object.keys(legalBases) as CollectionName[];

function firstCollections(): CollectionConfiguration[] {
  const skin = { ...chest, id: 'skin', arc: 9, title: 'Skin' };
  return [chest, breast, skin].map((each) => ({
    ...each,
    legalBasis: { ...each.legalBasis, endsOn: legalBases[each.id as CollectionName] },
  }));
}

/** Studies that a collection has, the last of them of another collection. */
export function studiesOf(collections: readonly CollectionConfiguration[], name: string): string[] {
  const arc = collections.find(({ id }) => id === name)?.arc ?? 0;
  return [1, 2, 3, 4].map((number) => `${developmentPrefix(uidRoot, number === 4 ? arc + 1 : arc)}${number}`);
}

/** The answer to what was written did not come back. */
export class LostAnswer extends Error {}

/** What a planted fault does to writes and reads of the table. */
export interface TableFault {
  write?(writes: readonly TransactionWrite[]): readonly TransactionWrite[];
  read?(item: Item): Item | null;
}

/** Remembers what was committed, in its order, and may lose an answer. */
export class WatchedTable extends MemoryRegisterTable {
  readonly commits: Item[][] = [];
  losesNextAnswer = false;

  constructor(private readonly fault: TableFault = {}) {
    super();
  }

  override async get<Schema extends z.ZodType>(
    key: ItemKey,
    schema: Schema,
  ): Promise<z.infer<Schema> | null> {
    return (await this.getMany([key], schema))[0] ?? null;
  }

  override async getMany<Schema extends z.ZodType>(
    keys: readonly ItemKey[],
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const { read } = this.fault;
    if (read === undefined) return super.getMany(keys, schema);
    return keys.flatMap(({ pk, sk }) => {
      const item = this.items.get(`${pk}\u0000${sk}`);
      const seen = item === undefined ? null : read(structuredClone(item));
      return seen === null ? [] : [schema.parse(seen)];
    });
  }

  override async transact(writes: readonly TransactionWrite[]): Promise<TransactionResult> {
    const written = this.fault.write?.(writes) ?? writes;
    const result = await super.transact(written);
    if (!result.committed) return result;
    this.commits.push(
      written.flatMap((write): Item[] => ('put' in write ? [JSON.parse(JSON.stringify(write.put))] : [])),
    );
    if (this.losesNextAnswer) {
      this.losesNextAnswer = false;
      throw new LostAnswer();
    }
    return result;
  }
}

/** The register, all that works on it, and a configuration that may change. */
export interface World {
  readonly table: WatchedTable;
  readonly clock: SetClock;
  readonly committee: Committee;
  readonly collections: CollectionConfiguration[];
  readonly issuer: ReturnType<typeof makeIssuer>;
  readonly schedule: ExpireGrantsPorts;
  readonly authority: DicomwebAuthority;
  readonly granted: RegisterGrantedProjects;
}

/** A bearer token of these worlds: the subject and, after a space, the project it names. */
const verifier: DicomwebAuthority['verifier'] = {
  verify: async (token) => {
    const [subject = '', project = ''] = token.split(' ');
    return { subject, project: project || null, machine: subject.startsWith('machine'), claims: {} };
  },
};

export const allRoles: readonly Role[] = ['uploader', 'applicant', 'reviewer', 'officer', 'auditor'];

export async function makeWorld(fault?: TableFault): Promise<World> {
  const table = new WatchedTable(fault);
  const clock = new SetClock();
  const collections = firstCollections();
  const committee: Committee = {
    table,
    clock,
    firstOfficers: ['officer-1'],
    collections,
    uidRoot,
    targetWorkingDays: 20,
  };
  for (const [subject, input] of Object.entries(firstPeople))
    await recordPerson(committee, trusts, requester('officer-1', 'officer'), subject, input);
  return {
    table,
    clock,
    committee,
    collections,
    issuer: Object.assign(makeIssuer({ table, clock, committee }), { collections }),
    schedule: { table, clock, log: silentLog, collections, notifier: { notify: async () => {} } },
    authority: { verifier, table, clock, collections, roleOf: viewerRole, log: silentLog },
    granted: new RegisterGrantedProjects(table, clock),
  };
}
