import {
  absent,
  type DocumentTable,
  type Expression,
  type ItemKey,
  type TransactionWrite,
} from '../platform/document-table';
import { PUBLIC_PARTITION } from './partitions.contract';
import type { Person } from './person.contract';

/** The part of the table that the register uses; tests put a table in memory in its place. */
export type RegisterTable = Pick<
  DocumentTable,
  'get' | 'getMany' | 'query' | 'queryAll' | 'transact' | 'increment' | 'raise'
>;

/** "Nobody has changed the record since it was read"; version 0 is that of a record that was not there. */
export function atVersion(version: number): Expression {
  if (version === 0) return absent;
  return {
    expression: '#version = :version',
    names: { '#version': 'version' },
    values: { ':version': version },
  };
}

export const personPartition = (subject: string) => `PERSON#${subject}`;
export const projectPartition = (projectId: string) => `PROJECT#${projectId}`;

export const personKey = (subject: string): ItemKey => ({ pk: personPartition(subject), sk: 'PERSON' });

/** Nobody's roles or organisation may change between the judgement of their conflict of interest and its record. */
export function unchangedPeople(people: readonly Pick<Person, 'subject' | 'version'>[]): TransactionWrite[] {
  return people.map(({ subject, version }) => ({ check: personKey(subject), condition: atVersion(version) }));
}

export const applicationKey = (id: string): ItemKey => ({ pk: `APPLICATION#${id}`, sk: 'APPLICATION' });

export const decisionKey = (applicationId: string, round: number, reviewer: string): ItemKey => ({
  pk: `APPLICATION#${applicationId}`,
  sk: `DECISION#${String(round).padStart(4, '0')}#${reviewer}`,
});

export const assessmentKey = (applicationId: string): ItemKey => ({
  pk: `APPLICATION#${applicationId}`,
  sk: 'ASSESSMENT',
});

export const attachmentKey = (applicationId: string, attachmentId: string): ItemKey => ({
  pk: `APPLICATION#${applicationId}`,
  sk: `ATTACHMENT#${attachmentId}`,
});

/** Which application is which version of a project's. */
export const editionKey = (projectId: string, edition: number): ItemKey => ({
  pk: projectPartition(projectId),
  sk: `EDITION#${String(edition).padStart(3, '0')}`,
});

/** Pointer to an application in its applicant's own list. */
export const ownApplicationKey = (subject: string, id: string): ItemKey => ({
  pk: personPartition(subject),
  sk: `APPLICATION#${id}`,
});

/** Pointer to an application that was submitted at least once, for the committee. */
export const submittedApplicationKey = (id: string): ItemKey => ({
  pk: 'APPLICATIONS',
  sk: `APPLICATION#${id}`,
});

export const projectKey = (id: string): ItemKey => ({ pk: projectPartition(id), sk: 'PROJECT' });

/** Pointer to a project in the list of all. */
export const listedProjectKey = (id: string): ItemKey => ({ pk: 'PROJECTS', sk: `PROJECT#${id}` });

export const publicProjectKey = (id: string): ItemKey => ({ pk: PUBLIC_PARTITION, sk: `PROJECT#${id}` });

/** Partition of messages about ends that are near. */
export const REMINDERS_PARTITION = 'REMINDERS';

export const reminderKey = (grantId: string, step: number): ItemKey => ({
  pk: REMINDERS_PARTITION,
  sk: `${grantId}#${String(step).padStart(2, '0')}`,
});

/** Studies of a grant that lists them; grants themselves stand in their project's record. */
export const grantStudiesKey = (projectId: string, grantId: string): ItemKey => ({
  pk: projectPartition(projectId),
  sk: `STUDIES#${grantId}`,
});

/** Partition of what concerns the platform as a whole. */
export const PLATFORM_PARTITION = 'PLATFORM';

export const closuresKey: ItemKey = { pk: PLATFORM_PARTITION, sk: 'CLOSURES' };

/** Partition of the chain that tells of measured revocations. */
export const CANARY_PARTITION = 'CANARY';

/** Partition of what was revoked, in order of time. */
export const REVOCATIONS_PARTITION = 'REVOCATIONS';

export const revocationKey = ({ at, id }: { at: string; id: string }): ItemKey => ({
  pk: REVOCATIONS_PARTITION,
  sk: `${at}#${id}`,
});

/** That a grant id belongs to a canary, which may be revoked with anything else to measure. */
export const canaryKey = (grantId: string): ItemKey => ({ pk: `CANARY#${grantId}`, sk: 'CANARY' });

/** That a study of somebody's grants is withdrawn; credentials for listed studies look here. */
export const withdrawnStudyKey = (studyInstanceUid: string): ItemKey => ({
  pk: `WITHDRAWN-STUDY#${studyInstanceUid}`,
  sk: 'WITHDRAWN-STUDY',
});

export const membershipKey = (subject: string, projectId: string): ItemKey => ({
  pk: personPartition(subject),
  sk: `PROJECT#${projectId}`,
});

/** Key of the head of a chain, in the partition of the project or person it tells of. */
export const chainHeadKey = (partition: string): ItemKey => ({ pk: partition, sk: 'HISTORY' });

/** Key of the line of those who wait to change a chain. */
export const chainLineKey = (partition: string): ItemKey => ({ pk: partition, sk: 'LINE' });

/** Nine digits: a project of twenty people who ask for four credentials an hour fills six in 17 months. */
export const eventKey = (partition: string, sequence: number): ItemKey => ({
  pk: partition,
  sk: `EVENT#${String(sequence).padStart(9, '0')}`,
});

export const outboxKey = (event: { at: string; chain: string; sequence: number }): ItemKey => ({
  pk: 'OUTBOX',
  sk: `${event.at}#${event.chain}#${String(event.sequence).padStart(9, '0')}`,
});

/** Where a chain stands, by its name; written with its first event. The list of all chains. */
export const chainPointerKey = (chain: string): ItemKey => ({ pk: 'CHAINS', sk: chain });

/** Head over all that was exported to the audit bucket. */
export const auditHeadKey: ItemKey = { pk: 'AUDIT', sk: 'HEAD' };

export const idempotencyKey = (subject: string, key: string): ItemKey => ({
  pk: personPartition(subject),
  sk: `IDEMPOTENCY#${key}`,
});

export const issueKey = (projectId: string, credentialId: string): ItemKey => ({
  pk: projectPartition(projectId),
  sk: `ISSUE#${credentialId}`,
});

/** Whose issue a credential is: CloudTrail names a session by the credential, and not the project. */
export const credentialPointerKey = (credentialId: string): ItemKey => ({
  pk: `CREDENTIAL#${credentialId}`,
  sk: 'ISSUE',
});

/** That a project has been told of some studies of a withdrawal. */
export const withdrawalNoticeKey = (projectId: string, withdrawalId: string, part: number): ItemKey => ({
  pk: projectPartition(projectId),
  sk: `WITHDRAWAL#${withdrawalId}#${String(part).padStart(6, '0')}`,
});
