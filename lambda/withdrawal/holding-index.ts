import * as z from 'zod';
import type { Split } from '../../dicom/deidentify/outcome';
import { boundedMap } from '../platform/bounded-map';
import type { DocumentTable, Item, ItemKey } from '../platform/document-table';
import {
  type HeldStudy,
  heldStudy,
  type QuarantinedCopy,
  quarantinedCopy,
  type StudyHolder,
  studyHolder,
} from './holding.contract';
import type { StudyOfPatient } from './mark-store';

/** Items written or deleted at once. */
const itemsAtOnce = 32;

/** A study of a submission's staged files. */
export interface StagedStudy extends StudyOfPatient {
  readonly split: Split;
}

interface Origin {
  readonly collection: string;
  readonly submissionId: string;
}

/**
 * The ledger's index of patients and studies: which submissions speak of them, and which quarantined copies are theirs.
 * No other place leads from a patient to what is held.
 */
export interface HoldingIndex {
  /** Whether all of the studies are there. */
  hasStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<boolean>;
  addStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<void>;
  /** False where the copy was known before. */
  addQuarantined(patientPseudonym: string, copy: QuarantinedCopy): Promise<boolean>;
  studiesOfPatient(patientPseudonym: string): Promise<HeldStudy[]>;
  quarantinedOfPatient(patientPseudonym: string): Promise<QuarantinedCopy[]>;
  holdersOfStudy(collection: string, studyInstanceUid: string): Promise<StudyHolder[]>;
  removeStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<void>;
  removeQuarantined(
    patientPseudonym: string,
    copy: Pick<QuarantinedCopy, 'trust' | 'submissionId' | 'ordinal'>,
  ): Promise<void>;
}

export function patientPartition(patientPseudonym: string): string {
  return `PATIENT#${patientPseudonym}`;
}

function studyPartition(collection: string, studyInstanceUid: string): string {
  return `STUDY#${collection}#${studyInstanceUid}`;
}

function studyItems({ collection, submissionId }: Origin, study: StagedStudy): [Item, Item] {
  const { patientPseudonym, studyInstanceUid, split } = study;
  const held: HeldStudy = { collection, split, studyInstanceUid, submissionId };
  const holder: StudyHolder = { split, patientPseudonym, submissionId };
  return [
    {
      pk: patientPartition(patientPseudonym),
      sk: `STUDY#${collection}#${split}#${studyInstanceUid}#${submissionId}`,
      ...held,
    },
    { pk: studyPartition(collection, studyInstanceUid), sk: `SUBMISSION#${submissionId}`, ...holder },
  ];
}

function quarantinedKey(
  patientPseudonym: string,
  { trust, submissionId, ordinal }: Pick<QuarantinedCopy, 'trust' | 'submissionId' | 'ordinal'>,
): ItemKey {
  return {
    pk: patientPartition(patientPseudonym),
    sk: `QUARANTINED#${trust}#${submissionId}#${String(ordinal).padStart(6, '0')}`,
  };
}

function distinctItems(origin: Origin, studies: readonly StagedStudy[]): Item[] {
  const items = studies.flatMap((study) => studyItems(origin, study));
  return [...new Map(items.map((item) => [`${item.pk} ${item.sk}`, item])).values()];
}

export class LedgerHoldingIndex implements HoldingIndex {
  constructor(
    private readonly ledger: Pick<DocumentTable, 'get' | 'getMany' | 'put' | 'queryAll' | 'delete'>,
  ) {}

  async hasStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<boolean> {
    const wanted = distinctItems(origin, studies).map(({ pk, sk }) => ({ pk, sk }));
    const known = await this.ledger.getMany(wanted, z.object({ pk: z.string() }));
    return known.length === wanted.length;
  }

  async addStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<void> {
    await boundedMap(distinctItems(origin, studies), itemsAtOnce, (item) => this.ledger.put(item));
  }

  async addQuarantined(patientPseudonym: string, copy: QuarantinedCopy): Promise<boolean> {
    const key = quarantinedKey(patientPseudonym, copy);
    const known = await this.ledger.get(key, quarantinedCopy);
    if (known !== null) return false;
    await this.ledger.put({ ...key, ...quarantinedCopy.parse(copy) });
    return true;
  }

  studiesOfPatient(patientPseudonym: string): Promise<HeldStudy[]> {
    return this.ledger.queryAll({ pk: patientPartition(patientPseudonym), skPrefix: 'STUDY#' }, heldStudy);
  }

  quarantinedOfPatient(patientPseudonym: string): Promise<QuarantinedCopy[]> {
    return this.ledger.queryAll(
      { pk: patientPartition(patientPseudonym), skPrefix: 'QUARANTINED#' },
      quarantinedCopy,
    );
  }

  holdersOfStudy(collection: string, studyInstanceUid: string): Promise<StudyHolder[]> {
    return this.ledger.queryAll(
      { pk: studyPartition(collection, studyInstanceUid), skPrefix: 'SUBMISSION#' },
      studyHolder,
    );
  }

  async removeStudies(origin: Origin, studies: readonly StagedStudy[]): Promise<void> {
    await boundedMap(distinctItems(origin, studies), itemsAtOnce, ({ pk, sk }) =>
      this.ledger.delete({ pk, sk }),
    );
  }

  async removeQuarantined(
    patientPseudonym: string,
    copy: Pick<QuarantinedCopy, 'trust' | 'submissionId' | 'ordinal'>,
  ): Promise<void> {
    await this.ledger.delete(quarantinedKey(patientPseudonym, copy));
  }
}
