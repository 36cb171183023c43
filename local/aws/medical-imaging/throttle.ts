import { AwsError, type Clock } from '../service';

/** Default quotas of HealthImaging that can be enforced: requests a second, and burst. */
const quotas: Readonly<Record<string, readonly [perSecond: number, burst: number]>> = {
  StartDICOMImportJob: [1, 2],
  GetDICOMImportJob: [25, 50],
  SearchImageSets: [25, 50],
  GetImageSet: [25, 50],
  ListImageSetVersions: [25, 50],
  GetImageSetMetadata: [50, 100],
  GetDICOMInstance: [50, 100],
  GetDICOMInstanceMetadata: [50, 100],
  GetDICOMInstanceFrames: [50, 100],
  GetDICOMSeriesMetadata: [50, 100],
  GetDICOMBulkdata: [50, 100],
  GetImageFrame: [1000, 2000],
  DeleteImageSet: [0.25, 1],
  CreateDatastore: [0.085, 1],
  DeleteDatastore: [0.085, 1],
};

/** Throttles as AWS does by default, by a token bucket an action. */
export class Throttle {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly enforced: boolean,
  ) {}

  /** @throws AwsError `ThrottlingException` */
  take(action: string): void {
    const quota = quotas[action];
    if (!this.enforced || !quota) return;
    const [perSecond, burst] = quota;
    const now = this.clock.now().getTime();
    const bucket = this.#buckets.get(action) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded', 429);
    this.#buckets.set(action, { tokens: tokens - 1, at: now });
  }
}
