import { mkdir } from 'node:fs/promises';
import PQueue from 'p-queue';
import type * as z from 'zod';
import { MOST_STUDIES } from '../../lambda/credentials/credentials.contract';
import { projectView } from '../../lambda/register/project.contract';
import type { ApiClient } from '../api/api-client';
import { projectCredentials } from '../credentials/project-credentials';
import { writePrivateFile } from '../state/state-folder';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { type Progress, startProgress } from '../terminal/progress';
import { plural } from '../terminal/text';
import { DicomwebClient, DicomwebRefusal } from './dicomweb-client';
import { type DownloadedFile, filesOfEarlierRuns, noteFile, writeManifest } from './download-manifest';
import { citedCohort, type DownloadRecord, datalistOf, datalistPath, writeRecord } from './download-record';
import { DamagedDownload, fetchToFile, fileOfEarlierRun, type Wanted } from './fetch-to-file';
import { leftovers, removeUnfinished } from './leftovers';
import { seriesInstances } from './series-instances';
import { type Selection, type WantedSeries, type WantedStudy, wantedStudies } from './wanted-studies';

export interface DownloadRequest {
  readonly project: string;
  readonly folder: string;
  readonly jobs: number;
  readonly selection: Selection;
  /** Frames in their stored form instead of whole instances. */
  readonly frames: boolean;
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal;
}

export interface DownloadResult {
  readonly files: readonly DownloadedFile[];
  readonly series: number;
  /** Files that an earlier run had brought. */
  readonly kept: number;
  readonly missing: readonly Wanted[];
  /** Series of the cohort that have another number of images now than its list says. */
  readonly differing: readonly DifferingSeries[];
  readonly record: DownloadRecord;
  /** Study Instance UIDs of the cohort that the project may not read now. */
  readonly outside: readonly string[];
  /** Studies in the folder that are not of this download. */
  readonly leftovers: readonly string[];
}

export interface DifferingSeries {
  readonly series: string;
  readonly listed: number;
  readonly found: number;
}

/** A file to fetch; it need not exist where it is not `certain` that the image has pixel data. */
type Expected = Wanted & { readonly certain: boolean };

/** Attempts for a file that comes damaged: the damage is more likely on the way than in the store. */
const damageAttempts = 3;

function refused(error: unknown, project: z.infer<typeof projectView>): unknown {
  if (!(error instanceof DicomwebRefusal)) return error;
  if (error.status !== 401 && error.status !== 403)
    return new CommandError(error.message, exitCode.network, { code: error.code ?? undefined });
  const inside = project.accessMode === 'dae-only';
  return new CommandError('Not allowed here.', exitCode.notAllowed, {
    code: error.code ?? 'AccessDenied',
    detail: inside
      ? `Project ${project.id} is approved for the Data Access Environment only.`
      : `The grant of project ${project.id} does not reach these images, or has ended.`,
    fix: inside
      ? 'Run this inside the Data Access Environment, or ask the committee for direct access.'
      : `Look at the grant with \`nmip projects ${project.id}\`; apply again if the work goes on.`,
  });
}

/**
 * The image store with a credential for a study: one for the whole grant or for the studies asked for; where the grant lists
 * studies, one for each 20 of them.
 */
function clientsOf(
  { project, selection, endpoint }: DownloadRequest,
  { grants }: Pick<z.infer<typeof projectView>, 'grants'>,
  studies: readonly WantedStudy[],
): (study: string) => DicomwebClient {
  const clientFor = (scope: readonly string[] | null) =>
    new DicomwebClient(() => projectCredentials(project, scope), endpoint);
  const uids = studies.map(({ studyInstanceUid }) => studyInstanceUid).sort();
  if (selection.kind !== 'everything' && uids.length <= MOST_STUDIES) {
    const client = clientFor(uids);
    return () => client;
  }
  const whole = clientFor(null);
  const listing = grants.some(({ status, scope }) => status === 'active' && scope.kind === 'studies');
  if (!listing) return () => whole;
  const clients = new Map<string, DicomwebClient>();
  for (let from = 0; from < uids.length; from += MOST_STUDIES) {
    const scope = uids.slice(from, from + MOST_STUDIES);
    const client = clientFor(scope);
    for (const uid of scope) clients.set(uid, client);
  }
  return (study) => clients.get(study) ?? whole;
}

class Download {
  private readonly files: DownloadedFile[] = [];
  private readonly missing: Wanted[] = [];
  private readonly differing: DifferingSeries[] = [];
  private kept = 0;

  constructor(
    private readonly clientOf: (study: string) => DicomwebClient,
    private readonly request: DownloadRequest,
    /** By path. */
    private readonly earlier: ReadonlyMap<string, DownloadedFile>,
    private readonly progress: Progress,
  ) {}

  async series(
    study: string,
    { seriesInstanceUid: series, instances: listed }: WantedSeries,
    queue: PQueue,
  ): Promise<void> {
    const instances = await seriesInstances(this.clientOf(study), study, series);
    if (this.request.selection.kind === 'cohort' && instances.length !== listed)
      this.differing.push({ series, listed, found: instances.length });
    const wanted = instances.flatMap(({ sopInstanceUid, frames, pixelDataNamed }): Expected[] => {
      const place = { study, series, instance: sopInstanceUid };
      const path = `${study}/${series}/${sopInstanceUid}`;
      if (!this.request.frames) return [{ ...place, frame: null, path: `${path}.dcm`, certain: true }];
      return Array.from({ length: frames }, (_, index) => ({
        ...place,
        frame: index + 1,
        certain: pixelDataNamed,
        path: `${path}/frame-${String(index + 1).padStart(4, '0')}`,
      }));
    });
    await Promise.all(wanted.map((file) => queue.add(() => this.file(file))));
  }

  private async file({ certain, ...wanted }: Expected): Promise<void> {
    this.request.signal.throwIfAborted();
    const earlier = await fileOfEarlierRun(this.request.folder, wanted, this.earlier);
    if (earlier) this.kept++;
    const file = earlier ?? (await this.fetch(wanted));
    if (file) this.files.push(file);
    else if (certain) this.missing.push(wanted);
    this.progress.advance(wanted.frame === null || wanted.frame === 1 ? 1 : 0, file?.bytes ?? 0);
  }

  /** Null where the image store does not have it, or gives it damaged again and again. */
  private async fetch(wanted: Wanted): Promise<DownloadedFile | null> {
    for (let attempt = 1; attempt <= damageAttempts; attempt++)
      try {
        const file = await fetchToFile(this.clientOf(wanted.study), this.request.folder, wanted);
        await noteFile(this.request.folder, file);
        return file;
      } catch (error) {
        if (error instanceof DicomwebRefusal && error.status === 404) return null;
        if (!(error instanceof DamagedDownload || (error instanceof TypeError && attempt < damageAttempts)))
          throw error;
      }
    return null;
  }

  /** What is known of the folder where the run stops early: files that it did not come to are still those of earlier runs. */
  known(): DownloadedFile[] {
    return [...new Map([...this.earlier, ...this.files.map((file) => [file.path, file] as const)]).values()];
  }

  result(series: number) {
    const { files, kept, missing, differing } = this;
    return { files, series, kept, missing, differing };
  }
}

/** What is written of a run before anything is fetched. */
function recordOf(request: DownloadRequest, outside: number): DownloadRecord {
  const { project, selection, frames } = request;
  return {
    complete: false,
    project,
    begunAt: new Date().toISOString(),
    form: frames ? 'frames' : 'instances',
    cohort:
      selection.kind === 'cohort'
        ? citedCohort(selection.list.made, { withdrawn: selection.list.withdrawn.length, outside })
        : null,
  };
}

async function fetchSeries(
  download: Download,
  studies: readonly WantedStudy[],
  jobs: number,
  stop: AbortController,
  signal: AbortSignal,
): Promise<number> {
  const files = new PQueue({ concurrency: jobs });
  // Series of one image each would otherwise come one by one.
  const seriesAtOnce = new PQueue({ concurrency: jobs });
  let series = 0;
  try {
    await Promise.all(
      studies.flatMap((study) =>
        study.series.map((each) =>
          seriesAtOnce.add(async () => {
            signal.throwIfAborted();
            await download.series(study.studyInstanceUid, each, files);
            series++;
          }),
        ),
      ),
    );
    return series;
  } catch (error) {
    // What still waits ends at once, what is on its way ends by itself: the manifest names it.
    stop.abort(error);
    await Promise.all([seriesAtOnce.onIdle(), files.onIdle()]);
    throw error;
  }
}

/**
 * Fetches the images of a project, one folder a study and series; what an earlier run has brought is verified, not
 * fetched. Writes `manifest.csv`, also where the run stops early, and `download.json`, which says where the images are from; of
 * whole files `datalist.json` as well.
 * @throws CommandError
 */
export async function downloadProject(
  api: ApiClient,
  output: Output,
  request: DownloadRequest,
): Promise<DownloadResult> {
  const project = await api.get(`/v1/projects/${request.project}`, projectView);
  const { studies, outside } = await wantedStudies(api, request.project, request.selection);
  const clientOf = clientsOf(request, project, studies);
  output.remark(`${plural(studies.length, 'study', 'studies')}. Access ends ${project.endsOn} 23:59 London.`);
  await mkdir(request.folder, { recursive: true });
  const record = recordOf(request, outside.length);
  await writeRecord(request.folder, record);
  const instances = studies
    .flatMap((study) => study.series)
    .reduce((sum, series) => sum + series.instances, 0);
  const progress = await startProgress(output, 'Fetching', { files: instances, bytes: 0 });
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const earlier = await filesOfEarlierRuns(request.folder);
  await removeUnfinished(request.folder, studies);
  const download = new Download(clientOf, { ...request, signal }, earlier, progress);
  let series = 0;
  try {
    series = await fetchSeries(download, studies, request.jobs, stop, signal);
  } catch (error) {
    await writeManifest(request.folder, download.known());
    throw refused(error, project);
  } finally {
    progress.stop();
  }
  const result = download.result(series);
  await writeManifest(request.folder, result.files);
  const ended = { ...record, complete: result.missing.length === 0 };
  if (!request.frames)
    await writePrivateFile(
      datalistPath(request.folder),
      `${JSON.stringify(datalistOf(result.files, studies, ended), null, 2)}\n`,
    );
  await writeRecord(request.folder, ended);
  const fetched = new Set(studies.map(({ studyInstanceUid }) => studyInstanceUid));
  return { ...result, record: ended, outside, leftovers: await leftovers(request.folder, fetched) };
}
