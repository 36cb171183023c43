import type { Split } from '../../dicom/deidentify/outcome';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import { type CatalogueStudy, catalogueStudy } from './catalogue.contract';
import {
  isContributed,
  type StudyContribution,
  withContribution,
  withoutContribution,
} from './catalogue-rows';

/** Rounds of reading and writing a study that several submissions change at once. */
const writeRounds = 20;

export interface StudyScope {
  readonly collection: string;
  readonly split: Split;
}

/** The index of studies by collection and split. */
export interface StudyStore {
  contribute(collection: string, submissionId: string, contribution: StudyContribution): Promise<void>;
  /** Takes back what a submission brought to a study; a study to which nobody brings anything is not listed any more. */
  takeBack(scope: StudyScope, submissionId: string, studyInstanceUid: string): Promise<void>;
  /** Whether anything is left of a study. */
  isListed(scope: StudyScope, studyInstanceUid: string): Promise<boolean>;
  /** Studies of a scope in order of UID, after the study `after`. */
  list(
    scope: StudyScope,
    limit: number,
    after: string | null,
  ): Promise<{ studies: CatalogueStudy[]; more: boolean }>;
  /** Those of the studies that are there, in order of UID. */
  find(scope: StudyScope, studyInstanceUids: readonly string[]): Promise<CatalogueStudy[]>;
  /** Those of the studies that stand in the scope. */
  existing(scope: StudyScope, studyInstanceUids: readonly string[]): Promise<Set<string>>;
}

function scopeKey({ collection, split }: StudyScope): string {
  return `CATALOGUE#${collection}#${split}`;
}

function studyKey(scope: StudyScope, studyInstanceUid: string): ItemKey {
  return { pk: scopeKey(scope), sk: `STUDY#${studyInstanceUid}` };
}

export class LedgerStudyStore implements StudyStore {
  constructor(private readonly ledger: DocumentTable) {}

  async contribute(collection: string, submissionId: string, contribution: StudyContribution): Promise<void> {
    const key = studyKey({ collection, split: contribution.split }, contribution.studyInstanceUid);
    for (let round = 0; round < writeRounds; round += 1) {
      const known = await this.ledger.get(key, catalogueStudy);
      if (known !== null && isContributed(known, submissionId, contribution)) return;
      const next = withContribution(known, collection, submissionId, contribution);
      const written = await this.ledger.put(
        { ...key, ...next },
        known === null
          ? absent
          : {
              expression: '#version = :known',
              names: { '#version': 'version' },
              values: { ':known': known.version },
            },
      );
      if (written) return;
    }
    throw new Error('a study kept changing while it was written');
  }

  async takeBack(scope: StudyScope, submissionId: string, studyInstanceUid: string): Promise<void> {
    const key = studyKey(scope, studyInstanceUid);
    for (let round = 0; round < writeRounds; round += 1) {
      const known = await this.ledger.get(key, catalogueStudy);
      if (known === null || known.contributions[submissionId] === undefined) return;
      const next = withoutContribution(known, submissionId);
      const unchanged = {
        expression: '#version = :known',
        names: { '#version': 'version' },
        values: { ':known': known.version },
      };
      const written =
        next === null
          ? await this.ledger.delete(key, unchanged)
          : await this.ledger.put({ ...key, ...next }, unchanged);
      if (written) return;
    }
    throw new Error('a study kept changing while it was written');
  }

  async isListed(scope: StudyScope, studyInstanceUid: string): Promise<boolean> {
    return (await this.ledger.get(studyKey(scope, studyInstanceUid), catalogueStudy)) !== null;
  }

  async list(
    scope: StudyScope,
    limit: number,
    after: string | null,
  ): Promise<{ studies: CatalogueStudy[]; more: boolean }> {
    const page = await this.ledger.query(
      {
        pk: scopeKey(scope),
        skPrefix: 'STUDY#',
        limit,
        ...(after === null ? {} : { after: studyKey(scope, after) }),
      },
      catalogueStudy,
    );
    return { studies: page.items, more: page.next !== null };
  }

  async find(scope: StudyScope, studyInstanceUids: readonly string[]): Promise<CatalogueStudy[]> {
    const found = await this.ledger.getMany(
      studyInstanceUids.map((uid) => studyKey(scope, uid)),
      catalogueStudy,
    );
    return found.sort((one, other) => (one.studyInstanceUid < other.studyInstanceUid ? -1 : 1));
  }

  async existing(scope: StudyScope, studyInstanceUids: readonly string[]): Promise<Set<string>> {
    const keys = [...new Set(studyInstanceUids)].map((uid) => studyKey(scope, uid));
    const known = await this.ledger.getMany(keys, catalogueStudy.pick({ studyInstanceUid: true }));
    return new Set(known.map(({ studyInstanceUid }) => studyInstanceUid));
  }
}
