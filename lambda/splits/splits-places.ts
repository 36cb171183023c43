import type { ItemKey } from '../platform/document-table';
import { PUBLIC_PARTITION } from '../register/partitions.contract';
import { COMMITMENT_PREFIX, type CommitmentSubject, commitmentName } from './commitment.contract';

/** Where records of evaluation sets, commitments and findings stand in the register, and objects in the catalogue bucket. */

const fourDigits = (version: number): string => String(version).padStart(4, '0');

export const setPartition = (name: string): string => `EVALUATION-SET#${name}`;

export const SETS_PARTITION = 'EVALUATION-SETS';

export const setHeadKey = (name: string): ItemKey => ({ pk: SETS_PARTITION, sk: `SET#${name}` });

export const setVersionKey = (name: string, version: number): ItemKey => ({
  pk: setPartition(name),
  sk: `VERSION#${fourDigits(version)}`,
});

export const useKey = (name: string, use: string): ItemKey => ({ pk: setPartition(name), sk: `USE#${use}` });

export const projectUsesKey = (name: string, project: string): ItemKey => ({
  pk: setPartition(name),
  sk: `USES#${project}`,
});

export const commitmentKey = (subject: CommitmentSubject): ItemKey => ({
  pk: PUBLIC_PARTITION,
  sk: `${COMMITMENT_PREFIX}${commitmentName(subject)}`,
});

export const acknowledgementKey = (finding: string): ItemKey => ({
  pk: 'LEAKAGE',
  sk: `ACKNOWLEDGED#${finding}`,
});

export const setListKey = (name: string, version: number, sha256: string): string =>
  `splits/evaluation-sets/${name}/${fourDigits(version)}-${sha256}.json`;

export const committedTextKey = (sha256: string): string => `splits/commitments/${sha256}.txt`;

export const leakageReportKey = (release: string): string => `splits/leakage/${release}.json`;
