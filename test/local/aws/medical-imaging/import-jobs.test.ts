import { deflateRawSync, gunzipSync } from 'node:zlib';
import {
  DeleteDatastoreCommand,
  DeleteImageSetCommand,
  GetDatastoreCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  ListTagsForResourceCommand,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-medical-imaging';
import { instance, jpegBaseline, part10 } from './dicom-file';
import { ImagingRoom, importRoleArn } from './imaging-room';

let room: ImagingRoom;
beforeEach(async () => {
  room = new ImagingRoom();
  await room.open();
});
afterEach(() => room.close());

const startOf = (datastoreId: string, more: object = {}) =>
  new StartDICOMImportJobCommand({
    datastoreId,
    dataAccessRoleArn: importRoleArn,
    inputS3Uri: 's3://input/a/',
    outputS3Uri: 's3://output/jobs/',
    ...more,
  });

describe('data stores', () => {
  it('are created, described, listed, tagged and, once empty, deleted', async () => {
    const datastoreId = await room.createStore();
    expect(datastoreId).toMatch(/^[0-9a-z]{32}$/);
    const { datastoreProperties } = await room.client.send(new GetDatastoreCommand({ datastoreId }));
    expect(datastoreProperties).toMatchObject({
      datastoreStatus: 'ACTIVE',
      datastoreArn: `arn:aws:medical-imaging:eu-west-2:111122223333:datastore/${datastoreId}`,
      losslessStorageFormat: 'HTJ2K',
      createdAt: new Date(room.now),
    });
    const resourceArn = datastoreProperties?.datastoreArn ?? '';
    await room.client.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
    await room.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect(await room.client.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({
      tags: { b: '2' },
    });
    const { success } = await room.import(datastoreId, { '1.dcm': part10(instance('1.1')) });
    await expect(room.client.send(new DeleteDatastoreCommand({ datastoreId }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    const imageSetId = success[0]?.importResponse.imageSetId ?? '';
    await room.client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    await room.client.send(new DeleteDatastoreCommand({ datastoreId }));
    expect((await room.client.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
    expect(room.events.map(({ detailType }) => detailType)).toEqual(
      expect.arrayContaining(['Data Store Created', 'Image Set Deleted', 'Data Store Deleted']),
    );
  });
});

describe('StartDICOMImportJob', () => {
  it('asks for itself on the store and for iam:PassRole to HealthImaging', async () => {
    const datastoreId = await room.createStore();
    await room.import(datastoreId, { '1.dcm': part10(instance('1.1')) });
    expect(room.asked).toContainEqual({
      action: 'iam:PassRole',
      resource: importRoleArn,
      context: { 'iam:PassedToService': 'medical-imaging.amazonaws.com' },
    });
    room.authorise = ({ action }) => action !== 'iam:PassRole';
    await expect(room.client.send(startOf(datastoreId))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('refuses a prefix that does not end in a slash and a store that is not there', async () => {
    const datastoreId = await room.createStore();
    for (const inputS3Uri of ['s3://input/a', 's3://input/', 's3://input']) {
      await expect(room.client.send(startOf(datastoreId, { inputS3Uri }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
    await expect(room.client.send(startOf('0'.repeat(32)))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('yields the same job for the same client token, and a conflict for another request', async () => {
    const datastoreId = await room.createStore();
    room.objects.put('input/a/1.dcm', part10(instance('1.1')));
    const first = await room.client.send(startOf(datastoreId, { clientToken: 'token' }));
    const second = await room.client.send(startOf(datastoreId, { clientToken: 'token' }));
    expect(second.jobId).toBe(first.jobId);
    await expect(
      room.client.send(startOf(datastoreId, { clientToken: 'token', inputS3Uri: 's3://input/b/' })),
    ).rejects.toMatchObject({ name: 'ConflictException' });
    await room.service.idle();
    const { jobSummaries } = await room.client.send(new ListDICOMImportJobsCommand({ datastoreId }));
    expect(jobSummaries).toHaveLength(1);
  });

  it('is throttled at one a second when quotas are asked for', async () => {
    room.throttled = true;
    room.start();
    const datastoreId = await room.createStore();
    room.objects.put('input/a/1.dcm', part10(instance('1.1')));
    await room.client.send(startOf(datastoreId));
    await room.client.send(startOf(datastoreId));
    await expect(room.client.send(startOf(datastoreId))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    room.now += 1000;
    await room.client.send(startOf(datastoreId));
    await room.service.idle();
  });
});

describe('an import job', () => {
  it('reports every file as HealthImaging does', async () => {
    const datastoreId = await room.createStore();
    const { jobId, prefix, job, summary, success, failure, warning } = await room.import(datastoreId, {
      'a.dcm': part10(instance('1.1')),
      'b.dcm': part10(instance('1.2', { '00100020': ['LO', 'P1'] })),
      'c.dcm': 'this is no DICOM file',
      'd.dcm': part10(instance('1.4'), '1.2.840.10008.1.2.4.55'),
      'e.dcm': part10(instance('1.5')).subarray(0, -2),
      'f.dcm': part10(instance('1.6', { '00280010': ['US', 100] })),
      'g.dcm': part10({ ...instance('1.7'), '0020000D': ['UI', ''] }),
      'h.dcm': part10(instance('1.02.x', { '0020000D': ['UI', '1.9'], '0020000E': ['UI', '1.9.1'] })),
    });
    expect(job).toMatchObject({ jobId, jobStatus: 'COMPLETED', datastoreId, endedAt: new Date(room.now) });
    expect(summary).toMatchObject({
      numberOfScannedFiles: 8,
      numberOfImportedFiles: 3,
      numberOfFilesWithCustomerError: 5,
      numberOfFilesWithServerError: 0,
      numberOfGeneratedImageSets: 2,
    });
    expect(success.map(({ inputFile }) => inputFile)).toEqual([
      `${prefix}/a.dcm`,
      `${prefix}/b.dcm`,
      `${prefix}/h.dcm`,
    ]);
    expect(success[0]?.importResponse).toEqual({
      imageSetId: expect.stringMatching(/^[0-9a-z]{32}$/),
      isPrimary: true,
    });
    expect(failure.map(({ exception }) => exception)).toEqual([
      { exceptionType: 'ValidationException', message: 'DICOM attributes does not exist' },
      { exceptionType: 'ValidationException', message: expect.stringContaining('1.2.840.10008.1.2.4.55') },
      { exceptionType: 'ValidationException', message: 'DICOM pixel data ends before its length' },
      { exceptionType: 'ValidationException', message: expect.stringContaining('shorter') },
      { exceptionType: 'ValidationException', message: 'DICOM attribute StudyInstanceUID does not exist' },
    ]);
    expect(warning).toMatchObject([{ inputFile: `${prefix}/h.dcm`, imageSetVersion: 1, warnings: [{}] }]);
    expect(room.events.filter(({ detailType }) => detailType.startsWith('Import Job'))).toMatchObject([
      {
        source: 'aws.medical-imaging',
        detailType: 'Import Job Submitted',
        detail: { jobStatus: 'SUBMITTED' },
      },
      { detailType: 'Import Job In Progress' },
      { detailType: 'Import Job Completed', detail: { jobId, datastoreId, jobStatus: 'COMPLETED' } },
    ]);
    expect(room.events).toContainEqual(
      expect.objectContaining({
        detailType: 'Image Set Created',
        detail: expect.objectContaining({
          isPrimary: true,
          imagesetId: success[0]?.importResponse.imageSetId,
        }),
      }),
    );
  });

  it('fails as a whole where its role may not list, or nothing is there', async () => {
    const datastoreId = await room.createStore();
    room.authorise = ({ action }) => action !== 's3:ListBucket';
    expect((await room.import(datastoreId, { 'a.dcm': 'x' })).job).toMatchObject({ jobStatus: 'FAILED' });
    room.authorise = () => true;
    room.objects.put('input/other', 'x');
    const { jobId = '' } = await room.client.send(startOf(datastoreId, { inputS3Uri: 's3://input/empty/' }));
    await room.service.idle();
    expect((await room.outcome(datastoreId, jobId)).job).toMatchObject({
      jobStatus: 'FAILED',
      message: expect.stringContaining('no files'),
    });
  });

  it('puts a series that two jobs bring into one primary image set with two versions', async () => {
    const datastoreId = await room.createStore();
    const first = await room.import(datastoreId, { '1.dcm': part10(instance('1.1')) });
    room.now += 1000;
    const second = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.1', { '00200013': ['IS', '9'] })),
      '2.dcm': part10(instance('1.2')),
    });
    const imageSetId = first.success[0]?.importResponse.imageSetId ?? '';
    expect(new Set(second.success.map(({ importResponse }) => importResponse.imageSetId))).toEqual(
      new Set([imageSetId]),
    );
    const { imageSetPropertiesList } = await room.client.send(
      new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
    );
    expect(imageSetPropertiesList?.map(({ versionId }) => versionId)).toEqual(['2', '1']);
    const metadata = async (versionId?: string) => {
      const answer = await room.client.send(
        new GetImageSetMetadataCommand({ datastoreId, imageSetId, ...(versionId ? { versionId } : {}) }),
      );
      const bytes = (await answer.imageSetMetadataBlob?.transformToByteArray()) ?? new Uint8Array();
      return JSON.parse(gunzipSync(bytes).toString('utf8')) as {
        Study: {
          Series: Record<string, { Instances: Record<string, { DICOM: { InstanceNumber: number } }> }>;
        };
      };
    };
    const numbers = async (versionId?: string) =>
      Object.entries((await metadata(versionId)).Study.Series['1.2.3.4']?.Instances ?? {}).map(
        ([sop, { DICOM }]) => `${sop}:${DICOM.InstanceNumber}`,
      );
    expect((await numbers()).sort()).toEqual(['1.1:9', '1.2:7']);
    expect(await numbers('1')).toEqual(['1.1:7']);
  });

  it.each([
    ['PatientID', { '00100020': ['LO', 'P2'] as const }],
    ['StudyDate', { '00080020': ['DA', '20200103'] as const }],
    ['PatientAge', { '00101010': ['AS', '050Y'] as const }],
    ['SeriesNumber', { '00200011': ['IS', '2'] as const }],
  ])('puts instances with another %s into a non-primary image set', async (_name, more) => {
    const datastoreId = await room.createStore();
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.1')),
      '2.dcm': part10(instance('1.2', more)),
      '3.dcm': part10(instance('1.3')),
    });
    expect(success.map(({ importResponse }) => importResponse.isPrimary)).toEqual([true, false, true]);
    const later = await room.import(datastoreId, { '4.dcm': part10(instance('1.4', more)) });
    expect(later.success[0]?.importResponse.isPrimary).toBe(false);
  });

  it('takes a series attribute that differs without a word', async () => {
    const datastoreId = await room.createStore();
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.1')),
      '2.dcm': part10(instance('1.2', { '0008103E': ['LO', 'another'] })),
    });
    expect(success.map(({ importResponse }) => importResponse.isPrimary)).toEqual([true, true]);
  });

  it('runs again with the same result when the process was killed in the middle', async () => {
    const datastoreId = await room.createStore();
    room.objects.put('input/a/1.dcm', part10(instance('1.1')));
    room.objects.put('input/a/2.dcm', 'no DICOM');
    let release: () => void = () => undefined;
    room.objects.gate = new Promise((resolve) => {
      release = resolve;
    });
    const { jobId = '' } = await room.client.send(startOf(datastoreId));
    const abandoned = room.service.close();
    room.start();
    expect(room.service.resumeJobs()).toBe(1);
    release();
    await abandoned;
    await room.service.idle();
    const { job, summary } = await room.outcome(datastoreId, jobId);
    expect(job?.jobStatus).toBe('COMPLETED');
    expect(summary).toMatchObject({ numberOfImportedFiles: 1, numberOfFilesWithCustomerError: 1 });
    room.start();
    expect(room.service.resumeJobs()).toBe(0);
    const found = await room.client.send(new SearchImageSetsCommand({ datastoreId }));
    expect(found.imageSetsMetadataSummaries).toHaveLength(1);
  });

  it('copies objects that cannot be linked', async () => {
    room.linkable = false;
    const datastoreId = await room.createStore();
    const { summary } = await room.import(datastoreId, { '1.dcm': part10(instance('1.1')) });
    expect(summary.numberOfImportedFiles).toBe(1);
  });

  it('inflates deflated files and refuses what cannot be inflated', async () => {
    const plain = part10(instance('1.1'), '1.2.840.10008.1.2.1.99');
    const dataSet = plain.indexOf(Buffer.from([0x08, 0x00, 0x16, 0x00]));
    const head = plain.subarray(0, dataSet);
    const datastoreId = await room.createStore();
    const { success, failure } = await room.import(datastoreId, {
      '1.dcm': Buffer.concat([head, deflateRawSync(plain.subarray(dataSet))]),
      '2.dcm': Buffer.concat([head, Buffer.from('not deflated at all')]),
    });
    expect(success).toHaveLength(1);
    expect(failure[0]?.exception.message).toContain('inflated');
    const frame = await room.get(datastoreId, '/1.2.3/series/1.2.3.4/instances/1.1/frames/1', {
      accept: 'application/octet-stream; transfer-syntax=*',
    });
    expect(Buffer.from(await frame.arrayBuffer())).toEqual(Buffer.from([1, 2, 3, 4]));
  });
});

describe('image sets', () => {
  it('are described with metadata by keyword and frames by id', async () => {
    const datastoreId = await room.createStore();
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(
        instance('1.1', { '00280008': ['IS', '2'], '00091001': ['LO', 'private'] }),
        jpegBaseline,
        [Buffer.from('first!'), Buffer.from('second')],
      ),
    });
    const imageSetId = success[0]?.importResponse.imageSetId ?? '';
    const described = await room.client.send(new GetImageSetCommand({ datastoreId, imageSetId }));
    expect(described).toMatchObject({ versionId: '1', imageSetState: 'ACTIVE', isPrimary: true });
    const answer = await room.client.send(new GetImageSetMetadataCommand({ datastoreId, imageSetId }));
    expect(answer.contentEncoding).toBe('gzip');
    const bytes = (await answer.imageSetMetadataBlob?.transformToByteArray()) ?? new Uint8Array();
    const metadata = JSON.parse(gunzipSync(bytes).toString('utf8')) as {
      Study: { Series: Record<string, { Instances: Record<string, { ImageFrames: { ID: string }[] }> }> };
    };
    expect(metadata).toMatchObject({
      SchemaVersion: '1.1',
      DatastoreID: datastoreId,
      ImageSetID: imageSetId,
      Patient: { DICOM: { PatientID: 'P1', PatientName: 'Pseudonym' } },
      Study: {
        DICOM: { StudyInstanceUID: '1.2.3', StudyDate: '20200102' },
        Series: {
          '1.2.3.4': {
            DICOM: { Modality: 'CT', SeriesNumber: 1 },
            Instances: {
              '1.1': {
                DICOM: { Rows: 2, '00091001': 'private' },
                DICOMVRs: { '00091001': 'LO' },
                StoredTransferSyntaxUID: jpegBaseline,
              },
            },
          },
        },
      },
    });
    const frames = metadata.Study.Series['1.2.3.4']?.Instances['1.1']?.ImageFrames ?? [];
    const read = async (imageFrameId: string) => {
      const frame = await room.client.send(
        new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }),
      );
      return frame.imageFrameBlob?.transformToString();
    };
    expect(await Promise.all(frames.map(({ ID }) => read(ID)))).toEqual(['first!', 'second']);
    await expect(read('0'.repeat(32))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are found by patient, study and date, and gone after deletion', async () => {
    const datastoreId = await room.createStore();
    const { success } = await room.import(datastoreId, {
      '1.dcm': part10(instance('1.1')),
      '2.dcm': part10(
        instance('2.1', { '0020000D': ['UI', '2.2'], '00100020': ['LO', 'P2'], '0020000E': ['UI', '2.3'] }),
      ),
    });
    const search = async (values: object[], operator: 'EQUAL' | 'BETWEEN' = 'EQUAL') => {
      const { imageSetsMetadataSummaries = [] } = await room.client.send(
        new SearchImageSetsCommand({
          datastoreId,
          searchCriteria: { filters: [{ values: values as never, operator }] },
        }),
      );
      return imageSetsMetadataSummaries.map(({ DICOMTags }) => DICOMTags?.DICOMStudyInstanceUID);
    };
    expect(await search([{ DICOMPatientId: 'P2' }])).toEqual(['2.2']);
    expect(await search([{ DICOMStudyInstanceUID: '1.2.3' }])).toEqual(['1.2.3']);
    const date = (DICOMStudyDate: string) => ({ DICOMStudyDateAndTime: { DICOMStudyDate } });
    expect((await search([date('20200101'), date('20201231')], 'BETWEEN')).sort()).toEqual(['1.2.3', '2.2']);
    const imageSetId = success[0]?.importResponse.imageSetId ?? '';
    await room.client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    expect(await search([{ DICOMStudyInstanceUID: '1.2.3' }])).toEqual([]);
    expect(await room.client.send(new GetImageSetCommand({ datastoreId, imageSetId }))).toMatchObject({
      imageSetState: 'DELETED',
    });
    room.start();
    expect(await search([{ DICOMPatientId: 'P1' }])).toEqual([]);
  });

  it('ask for leave on the data store and on the image set', async () => {
    const datastoreId = await room.createStore();
    const imageSetId = 'a'.repeat(32);
    room.authorise = ({ resource }) => !resource.includes('/imageset/');
    await expect(room.client.send(new GetImageSetCommand({ datastoreId, imageSetId }))).rejects.toMatchObject(
      {
        name: 'AccessDeniedException',
      },
    );
  });
});
