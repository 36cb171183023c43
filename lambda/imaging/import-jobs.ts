import {
  ConflictException,
  DeleteImageSetCommand,
  GetDICOMImportJobCommand,
  GetImageSetCommand,
  type MedicalImagingClient,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-medical-imaging';

export interface ImportJobState {
  /** SUBMITTED, IN_PROGRESS, COMPLETED or FAILED. */
  readonly status: string;
}

/** Import jobs and image sets of HealthImaging. */
export interface ImportJobs {
  get(datastoreId: string, jobId: string): Promise<ImportJobState>;
  /** Deletes an image set with all its versions; one that is gone or going already is left alone. */
  deleteImageSet(datastoreId: string, imageSetId: string): Promise<void>;
  /** Whether HealthImaging has nothing of an image set any more, in any version. */
  isGone(datastoreId: string, imageSetId: string): Promise<boolean>;
}

/** Whether HealthImaging refused a call only because too many came. */
export function isThrottled(error: unknown): boolean {
  return error instanceof ThrottlingException;
}

/** Whether a job has come to its end, well or badly. */
export function hasEnded({ status }: ImportJobState): boolean {
  return status === 'COMPLETED' || status === 'FAILED';
}

export class HealthImagingJobs implements ImportJobs {
  constructor(private readonly imaging: MedicalImagingClient) {}

  async get(datastoreId: string, jobId: string): Promise<ImportJobState> {
    const answer = await this.imaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }));
    return { status: answer.jobProperties?.jobStatus ?? 'UNKNOWN' };
  }

  async deleteImageSet(datastoreId: string, imageSetId: string): Promise<void> {
    try {
      await this.imaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException || error instanceof ConflictException) return;
      throw error;
    }
  }

  async isGone(datastoreId: string, imageSetId: string): Promise<boolean> {
    try {
      const { imageSetState } = await this.imaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
      return imageSetState === 'DELETED';
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return true;
      throw error;
    }
  }
}
