import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { AwsError, type AwsService, type Caller, type Clock, type ObjectStorage } from '../service';
import { type EventSelector, isSelected } from './event-selectors';
import { type CallRecorder, type RecordedCall, type TrailRecord, trailRecord } from './trail-record';

/** AWS delivers within about five minutes; here nobody shall wait for so long. */
const FLUSH_MILLISECONDS = 3_000;

export interface Trail {
  readonly name: string;
  readonly bucket: string;
  readonly selectors: readonly EventSelector[];
}

export interface TrailServiceOptions {
  readonly accountId: string;
  readonly region: string;
  readonly objects: Pick<ObjectStorage, 'putObject'>;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** CloudTrail itself: it may write its files into a trail's bucket, under the bucket's key, and nothing else. */
function trailCaller(accountId: string, bucket: string): Caller {
  const files = `arn:aws:s3:::${bucket}/AWSLogs/${accountId}/`;
  return {
    principalArn: `arn:aws:sts::${accountId}:assumed-role/cloudtrail/embedded`,
    accountId,
    roleArn: `arn:aws:iam::${accountId}:role/cloudtrail`,
    sessionTags: {},
    authorise: (action, resource, context) => {
      const viaS3 = String(context?.['kms:ViaService'] ?? '').startsWith('s3.');
      if (viaS3 && action === 'kms:GenerateDataKey') return;
      if (action === 's3:PutObject' && resource.startsWith(files)) return;
      throw new AwsError('AccessDenied', `CloudTrail may not perform ${action} on ${resource}`, 403);
    },
  };
}

/**
 * CloudTrail: takes down what services tell of their calls and writes it, by the selectors of each trail, as gzipped
 * JSON into the trail's bucket. What was not written when the process is killed is lost.
 */
export class TrailService implements AwsService, CallRecorder {
  readonly signingName = 'cloudtrail';
  private readonly trails = new Map<string, { readonly trail: Trail; records: TrailRecord[] }>();
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: TrailServiceOptions) {
    this.timer = setInterval(() => void this.flush(), FLUSH_MILLISECONDS);
    this.timer.unref();
  }

  /** Makes a trail, or takes on what a redeployment changes. */
  ensureTrail(trail: Trail): void {
    this.trails.set(trail.name, { trail, records: this.trails.get(trail.name)?.records ?? [] });
  }

  record(call: RecordedCall): void {
    for (const { trail, records } of this.trails.values())
      if (isSelected(trail.selectors, call))
        records.push(trailRecord(call, this.options.clock.now(), this.options.region));
  }

  /** Writes what was taken down. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      for (const entry of this.trails.values()) {
        const records = entry.records.splice(0);
        if (records.length > 0) await this.write(entry.trail, records).catch(this.options.onFault);
      }
    });
    return this.writing;
  }

  async handle(): Promise<void> {
    throw new AwsError(
      'UnknownOperationException',
      'The embedded platform offers no operation of CloudTrail',
      400,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async write({ bucket }: Trail, records: readonly TrailRecord[]): Promise<void> {
    const { accountId, region, objects, clock } = this.options;
    const time = clock.now().toISOString();
    const [day = ''] = time.split('T');
    const stamp = time.replace(/[-:]/g, '').replace(/\.\d{3}Z$/, 'Z');
    const unique = randomBytes(8).toString('hex');
    const key =
      `AWSLogs/${accountId}/CloudTrail/${region}/${day.replaceAll('-', '/')}/` +
      `${accountId}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
    const body = gzipSync(JSON.stringify({ Records: records }));
    await objects.putObject(trailCaller(accountId, bucket), bucket, key, body);
  }
}
