import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { quarantineKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';
import { copyLandedFile, type LandedFile } from './landed-files';

/** Puts files into quarantine as they were sent. */
export interface QuarantineStore {
  /**
   * Copies a landed file, tagged with its code. Doing it again changes nothing; a file that never landed is left out.
   * @throws ArchiveMemberError of a member that cannot be taken out of its archive: nothing is kept then
   */
  keep(trust: string, submissionId: string, file: LandedFile, code: QuarantineCode): Promise<void>;
}

export class S3QuarantineStore implements QuarantineStore {
  constructor(
    private readonly objects: Pick<ObjectStore, 'copy' | 'readStream' | 'putStream'>,
    private readonly landingBucketOf: LandingBucketOf,
    private readonly quarantineBucket: string,
  ) {}

  async keep(trust: string, submissionId: string, file: LandedFile, code: QuarantineCode): Promise<void> {
    await copyLandedFile(
      this.objects,
      { bucket: this.landingBucketOf(trust), submissionId },
      file,
      { bucket: this.quarantineBucket, key: quarantineKey(trust, submissionId, file.ordinal) },
      { code },
    );
  }
}
