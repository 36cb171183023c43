import { gunzipSync } from 'node:zlib';
import type { RecordedCall } from '../../../../local/aws/cloudtrail/trail-record';
import { TrailService } from '../../../../local/aws/cloudtrail/trail-service';
import { AwsError, type Caller } from '../../../../local/aws/service';

const store = 'arn:aws:medical-imaging:eu-west-2:000000000000:datastore/d';
const caller: Caller = {
  principalArn: 'arn:aws:sts::000000000000:assumed-role/researcher/c-1',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/nmip/researcher',
  sourceIdentity: 'r-1',
  sessionTags: {},
  authorise: () => {},
};
const call: RecordedCall = {
  eventSource: 'medical-imaging.amazonaws.com',
  eventName: 'GetDICOMInstance',
  category: 'Data',
  readOnly: true,
  caller,
  requestId: 'request-1',
  requestParameters: { studyInstanceUID: '1.2.3' },
  resource: { type: 'AWS::MedicalImaging::Datastore', arn: store },
};

function startTrail() {
  const files = new Map<string, { Records: Record<string, unknown>[] }>();
  const service = new TrailService({
    accountId: '000000000000',
    region: 'eu-west-2',
    clock: { now: () => new Date('2026-11-02T09:30:00.123Z') },
    onFault: (error) => {
      throw error;
    },
    objects: {
      putObject: async (by, bucket, key, body) => {
        by.authorise('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
        files.set(key, JSON.parse(gunzipSync(body).toString('utf8')));
      },
    },
  });
  service.ensureTrail({
    name: 'trail',
    bucket: 'trail-bucket',
    selectors: [
      [
        { field: 'eventCategory', equals: ['Data'] },
        { field: 'resources.ARN', startsWith: [store] },
      ],
      [
        { field: 'eventCategory', equals: ['Management'] },
        { field: 'eventSource', notEquals: ['kms.amazonaws.com'] },
      ],
    ],
  });
  return { service, files };
}

it('a trail writes what its selectors take as gzipped JSON, in the folder of the day', async () => {
  const { service, files } = startTrail();
  service.record(call);
  service.record({ ...call, error: new AwsError('AccessDeniedException', 'no', 403) });
  service.record({ ...call, resource: { type: 'AWS::MedicalImaging::Datastore', arn: 'arn:of-another' } });
  service.record({
    ...call,
    category: 'Management',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
  });
  service.record({ ...call, category: 'Management', eventSource: 'kms.amazonaws.com' });
  await service.close();
  const [[key, { Records }]] = [...files] as [[string, { Records: Record<string, unknown>[] }]];
  expect(files.size).toBe(1);
  expect(key).toMatch(
    /^AWSLogs\/000000000000\/CloudTrail\/eu-west-2\/2026\/11\/02\/000000000000_CloudTrail_eu-west-2_20261102T093000Z_\w+\.json\.gz$/,
  );
  expect(Records.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ['GetDICOMInstance', undefined],
    ['GetDICOMInstance', 'AccessDenied'],
    ['AssumeRole', undefined],
  ]);
  expect(Records[0]).toMatchObject({
    eventTime: '2026-11-02T09:30:00Z',
    managementEvent: false,
    requestParameters: { studyInstanceUID: '1.2.3' },
    userIdentity: { arn: caller.principalArn, sessionContext: { sourceIdentity: 'r-1' } },
  });
});

it('a trail writes nothing where nothing was recorded, and nothing twice', async () => {
  const { service, files } = startTrail();
  await service.flush();
  expect(files.size).toBe(0);
  service.record(call);
  await Promise.all([service.flush(), service.flush()]);
  await service.close();
  expect(files.size).toBe(1);
});
