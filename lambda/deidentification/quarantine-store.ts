import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { landingKey, quarantineKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';

/** Puts files into quarantine as they were sent. */
export interface QuarantineStore {
  /** Copies a landed file, tagged with its code. Doing it again changes nothing; a file that never landed is left out. */
  keep(trust: string, submissionId: string, ordinal: number, code: QuarantineCode): Promise<void>;
}

export class S3QuarantineStore implements QuarantineStore {
  constructor(
    private readonly objects: Pick<ObjectStore, 'copy'>,
    private readonly landingBucketOf: LandingBucketOf,
    private readonly quarantineBucket: string,
  ) {}

  async keep(trust: string, submissionId: string, ordinal: number, code: QuarantineCode): Promise<void> {
    await this.objects.copy(
      { bucket: this.landingBucketOf(trust), key: landingKey(submissionId, ordinal) },
      { bucket: this.quarantineBucket, key: quarantineKey(trust, submissionId, ordinal) },
      { code },
    );
  }
}
