import { createHash } from 'node:crypto';
import { RecordLog } from '../../storage/record-log';
import type { DicomTags, InstanceSummary } from './instance-summary';

/** An instance within an image set, for the versions `from` to `until`. */
export interface StoredInstance {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly frames: number;
  /** File below the data store's folder. */
  readonly file: string;
  readonly from: number;
  until: number | undefined;
}

/** A version of an image set. Times in milliseconds since 1970. */
export interface ImageSetVersion {
  readonly version: number;
  readonly at: number;
}

export interface ImageSet {
  readonly id: string;
  readonly isPrimary: boolean;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly tags: DicomTags;
  readonly versions: ImageSetVersion[];
  readonly instances: StoredInstance[];
  deletedAt: number | undefined;
}

/** An instance that a job has read. */
export interface ReadInstance {
  readonly summary: InstanceSummary;
  readonly file: string;
}

/** Where a job's instances go. */
export interface PlannedImageSet {
  readonly id: string;
  readonly isPrimary: boolean;
  readonly version: number;
  readonly instances: readonly ReadInstance[];
}

type ImageSetLine =
  | {
      readonly kind: 'import';
      readonly jobId: string;
      readonly at: number;
      readonly imageSets: readonly PlannedLine[];
    }
  | { readonly kind: 'delete'; readonly imageSetId: string; readonly at: number };

/** A planned image set as it is kept: what its instances share stands once. */
interface PlannedLine {
  readonly id: string;
  readonly isPrimary: boolean;
  readonly version: number;
  readonly study: string;
  readonly series: string;
  readonly digest: string;
  readonly number: string;
  readonly tags: DicomTags;
  readonly instances: readonly (readonly [
    uid: string,
    sopClass: string,
    syntax: string,
    frames: number,
    file: string,
  ])[];
}

interface PrimaryStudy {
  /** Digest of Patient and Study attributes. */
  readonly digest: string;
  readonly series: Map<string, { readonly imageSetId: string; readonly number: string }>;
}

/**
 * The image sets of a data store: in memory, and on disk as a file that only grows, a line an import job. The primary
 * rule (developer guide, "Understanding image sets"): a series has one primary image set; instances whose Patient or
 * Study attributes, or Series Number, differ from what the primary sets of the study hold go to a non-primary set.
 */
export class ImageSetIndex {
  readonly #log: RecordLog<ImageSetLine>;
  readonly #imageSets = new Map<string, ImageSet>();
  readonly #studies = new Map<string, PrimaryStudy>();
  readonly #jobs = new Set<string>();

  constructor(path: string) {
    this.#log = RecordLog.open<ImageSetLine>(path, (line) => this.#apply(line));
  }

  get size(): number {
    return [...this.#imageSets.values()].filter(({ deletedAt }) => deletedAt === undefined).length;
  }

  imageSet(id: string): ImageSet | undefined {
    return this.#imageSets.get(id);
  }

  /** Image sets that are not deleted. */
  *current(): Generator<ImageSet> {
    for (const imageSet of this.#imageSets.values()) if (imageSet.deletedAt === undefined) yield imageSet;
  }

  /** The primary image set of a series. */
  primary(studyInstanceUid: string, seriesInstanceUid: string): ImageSet | undefined {
    const entry = this.#studies.get(studyInstanceUid)?.series.get(seriesInstanceUid);
    return entry && this.#imageSets.get(entry.imageSetId);
  }

  /** Whether a job's instances are already here. */
  hasImported(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  /** Decides by the primary rule where the instances of a job go; in their order, the first of a study leads. */
  plan(jobId: string, instances: readonly ReadInstance[]): PlannedImageSet[] {
    const led = new Map<string, { digest: string; numbers: Map<string, string> }>();
    const groups = new Map<string, { primary: boolean; instances: Map<string, ReadInstance> }>();
    for (const instance of instances) {
      const { summary } = instance;
      const { studyInstanceUid: study, seriesInstanceUid: series } = summary;
      const leader = led.get(study) ??
        this.#leader(study) ?? { digest: summary.groupingDigest, numbers: new Map() };
      led.set(study, leader);
      const agrees = leader.digest === summary.groupingDigest;
      const number = leader.numbers.get(series);
      const primary = agrees && (number === undefined || number === summary.seriesNumber);
      if (primary) leader.numbers.set(series, summary.seriesNumber);
      const key = [study, series, primary ? '' : `${summary.groupingDigest} ${summary.seriesNumber}`].join(
        '\0',
      );
      const group = groups.get(key) ?? { primary, instances: new Map() };
      groups.set(key, group);
      group.instances.set(summary.sopInstanceUid, instance);
    }
    return [...groups.entries()].map(([key, { primary, instances: members }]) => {
      const [study = '', series = ''] = key.split('\0');
      const known = primary ? this.primary(study, series) : undefined;
      return {
        id: known?.id ?? createHash('sha256').update(`${jobId}\0${key}`).digest('hex').slice(0, 32),
        isPrimary: primary,
        version: (known ? latestVersion(known) : 0) + 1,
        instances: [...members.values()],
      };
    });
  }

  /** Keeps a plan. From here on the job's instances are in the data store. */
  commit(jobId: string, at: number, planned: readonly PlannedImageSet[]): void {
    const imageSets = planned.flatMap(({ id, isPrimary, version, instances }): PlannedLine[] => {
      const [first] = instances;
      if (!first) return [];
      const { summary } = first;
      return [
        {
          id,
          isPrimary,
          version,
          study: summary.studyInstanceUid,
          series: summary.seriesInstanceUid,
          digest: summary.groupingDigest,
          number: summary.seriesNumber,
          tags: summary.tags,
          instances: instances.map(({ summary: own, file }) => [
            own.sopInstanceUid,
            own.sopClassUid,
            own.transferSyntaxUid,
            own.frames,
            file,
          ]),
        },
      ];
    });
    const line: ImageSetLine = { kind: 'import', jobId, at, imageSets };
    this.#log.append(line);
    this.#apply(line);
  }

  /** Deletes an image set and yields the files that nothing holds any more. */
  delete(imageSetId: string, at: number): string[] {
    const line: ImageSetLine = { kind: 'delete', imageSetId, at };
    this.#log.append(line);
    this.#apply(line);
    return this.#imageSets.get(imageSetId)?.instances.map(({ file }) => file) ?? [];
  }

  close(): void {
    this.#log.close();
  }

  #leader(study: string): { digest: string; numbers: Map<string, string> } | undefined {
    const known = this.#studies.get(study);
    if (!known) return undefined;
    const numbers = new Map([...known.series].map(([series, { number }]) => [series, number]));
    return { digest: known.digest, numbers };
  }

  #apply(line: ImageSetLine): void {
    if (line.kind === 'delete') {
      const imageSet = this.#imageSets.get(line.imageSetId);
      if (!imageSet) return;
      imageSet.deletedAt = line.at;
      const study = this.#studies.get(imageSet.studyInstanceUid);
      if (imageSet.isPrimary) study?.series.delete(imageSet.seriesInstanceUid);
      if (study?.series.size === 0) this.#studies.delete(imageSet.studyInstanceUid);
      return;
    }
    this.#jobs.add(line.jobId);
    for (const planned of line.imageSets) this.#applyImageSet(planned, line.at);
  }

  #applyImageSet(planned: PlannedLine, at: number): void {
    const imageSet = this.#imageSets.get(planned.id) ?? {
      id: planned.id,
      isPrimary: planned.isPrimary,
      studyInstanceUid: planned.study,
      seriesInstanceUid: planned.series,
      tags: planned.tags,
      versions: [],
      instances: [],
      deletedAt: undefined,
    };
    this.#imageSets.set(planned.id, imageSet);
    const open = new Map(
      imageSet.instances.filter(({ until }) => until === undefined).map((one) => [one.sopInstanceUid, one]),
    );
    for (const [sopInstanceUid, sopClassUid, transferSyntaxUid, frames, file] of planned.instances) {
      const replaced = open.get(sopInstanceUid);
      if (replaced) replaced.until = planned.version - 1;
      imageSet.instances.push({
        sopInstanceUid,
        sopClassUid,
        transferSyntaxUid,
        frames,
        file,
        from: planned.version,
        until: undefined,
      });
    }
    imageSet.versions.push({ version: planned.version, at });
    if (!planned.isPrimary) return;
    const study = this.#studies.get(planned.study) ?? { digest: planned.digest, series: new Map() };
    this.#studies.set(planned.study, study);
    study.series.set(planned.series, { imageSetId: planned.id, number: planned.number });
  }
}

export function latestVersion(imageSet: ImageSet): number {
  return imageSet.versions.at(-1)?.version ?? 0;
}

/** Instances of an image set as of a version. */
export function instancesAt(imageSet: ImageSet, version: number): StoredInstance[] {
  return imageSet.instances.filter(
    ({ from, until }) => from <= version && (until === undefined || version <= until),
  );
}

/** The current instance of a SOP Instance UID. */
export function instanceOf(imageSet: ImageSet, sopInstanceUid: string): StoredInstance | undefined {
  return imageSet.instances.find((one) => one.until === undefined && one.sopInstanceUid === sopInstanceUid);
}
