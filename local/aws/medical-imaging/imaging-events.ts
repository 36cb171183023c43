import type { BusEvent } from '../service';
import type { DatastoreRecord } from './datastore-registry';
import type { ImportJob } from './import-job';

const imagingVersion = '1.0';

/** `Import Job …` of EventBridge. */
export function importJobEvent(job: ImportJob, datastoreArn: string): BusEvent {
  const states = {
    SUBMITTED: 'Submitted',
    IN_PROGRESS: 'In Progress',
    COMPLETED: 'Completed',
    FAILED: 'Failed',
  } as const;
  return {
    source: 'aws.medical-imaging',
    detailType: `Import Job ${states[job.jobStatus]}`,
    resources: [datastoreArn],
    detail: {
      imagingVersion,
      datastoreId: job.datastoreId,
      jobId: job.jobId,
      jobName: job.jobName,
      jobStatus: job.jobStatus,
      inputS3Uri: job.inputS3Uri,
      outputS3Uri: job.outputS3Uri,
    },
  };
}

/** `Image Set …` of EventBridge; the events spell `imagesetId`. */
export function imageSetEvent(
  change: 'Created' | 'Updated' | 'Deleting' | 'Deleted',
  imageSet: { readonly id: string; readonly version: number; readonly isPrimary: boolean },
  datastoreId: string,
  datastoreArn: string,
): BusEvent {
  const deleted = change === 'Deleted';
  return {
    source: 'aws.medical-imaging',
    detailType: `Image Set ${change}`,
    resources: [`${datastoreArn}/imageset/${imageSet.id}`],
    detail: {
      imagingVersion,
      isPrimary: imageSet.isPrimary,
      imageSetVersion: String(imageSet.version),
      datastoreId,
      imagesetId: imageSet.id,
      imageSetState: deleted ? 'DELETED' : change === 'Deleting' ? 'LOCKED' : 'ACTIVE',
      imageSetWorkflowStatus: change.toUpperCase(),
    },
  };
}

/** `Data Store …` of EventBridge. */
export function datastoreEvent(
  change: 'Creating' | 'Created' | 'Deleting' | 'Deleted',
  record: DatastoreRecord,
): BusEvent {
  return {
    source: 'aws.medical-imaging',
    detailType: `Data Store ${change}`,
    resources: [record.datastoreArn],
    detail: {
      imagingVersion,
      datastoreId: record.datastoreId,
      datastoreName: record.datastoreName,
      datastoreStatus: change === 'Created' ? 'ACTIVE' : change.toUpperCase(),
    },
  };
}
