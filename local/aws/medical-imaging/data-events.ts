import type { RecordedCall } from '../cloudtrail/trail-record';
import type { Caller } from '../service';
import type { DicomwebRoute } from './dicomweb-route';

/** Requests for data as CloudTrail records them: data events of `AWS::MedicalImaging::Datastore`. */

const eventSource = 'medical-imaging.amazonaws.com';
const type = 'AWS::MedicalImaging::Datastore';

/** A request of DICOMweb. */
export function dicomwebCall(
  caller: Caller,
  datastoreId: string,
  arn: string,
  route: DicomwebRoute,
  { requestId }: { readonly requestId: string },
): RecordedCall {
  const { study, series } = route.uids;
  const instance = 'instance' in route.uids ? route.uids.instance : undefined;
  return {
    eventSource,
    eventName: route.action,
    category: 'Data',
    readOnly: !route.action.startsWith('Store'),
    caller,
    requestId,
    requestParameters: {
      datastoreId,
      ...(study !== undefined && { studyInstanceUID: study }),
      ...(series !== undefined && { seriesInstanceUID: series }),
      ...(instance !== undefined && { sopInstanceUID: instance }),
      ...('frames' in route && { frameNumbers: route.frames }),
    },
    resource: { type, arn },
  };
}

/** A request for a frame by HealthImaging's own interface. */
export function imageFrameCall(
  caller: Caller,
  datastoreId: string,
  imageSetId: string,
  datastoreArn: string,
  requestId: string,
): RecordedCall {
  return {
    eventSource,
    eventName: 'GetImageFrame',
    category: 'Data',
    readOnly: true,
    caller,
    requestId,
    requestParameters: { datastoreId, imageSetId },
    resource: { type, arn: `${datastoreArn}/imageset/${imageSetId}` },
  };
}
