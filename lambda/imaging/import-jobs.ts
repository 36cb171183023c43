import {
  ConflictException,
  DeleteImageSetCommand,
  GetDICOMImportJobCommand,
  type MedicalImagingClient,
  ResourceNotFoundException,
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
}
