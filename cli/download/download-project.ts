import { mkdir } from 'node:fs/promises';
import PQueue from 'p-queue';
import type * as z from 'zod';
import { type StudyView, studiesPage } from '../../lambda/catalogue/catalogue.contract';
import { MOST_STUDIES } from '../../lambda/credentials/credentials.contract';
import { projectView } from '../../lambda/register/project.contract';
import { ApiClient } from '../api/api-client';
import { projectCredentials } from '../credentials/project-credentials';
import { writePrivateFile } from '../state/state-folder';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { type Progress, startProgress } from '../terminal/progress';
import { DicomwebClient, DicomwebRefusal } from './dicomweb-client';
import { type DownloadedFile, knownDigests, manifestCsv, manifestPath } from './download-manifest';
import { DamagedDownload, fetchToFile, fileOfEarlierRun, type Wanted } from './fetch-to-file';
import { seriesInstances } from './series-instances';

export interface DownloadRequest {
  readonly project: string;
  readonly folder: string;
  readonly jobs: number;
  /** Only these studies; null for all that the project may read. */
  readonly studies: readonly string[] | null;
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
}

/** A file to fetch; it need not exist where it is not `certain` that the image has pixel data. */
type Expected = Wanted & { readonly certain: boolean };

/** Attempts for a file that comes damaged: the damage is more likely on the way than in the store. */
const damageAttempts = 3;

async function listStudies(client: ApiClient, request: DownloadRequest): Promise<StudyView[]> {
  type Page = z.infer<typeof studiesPage>;
  const studies: StudyView[] = [];
  for await (const page of client.pages<Page>(`/v1/projects/${request.project}/studies`, studiesPage, {
    limit: 500,
  }))
    studies.push(...page.studies);
  const wanted = request.studies;
  if (wanted === null) return studies;
  const known = new Set(studies.map((study) => study.studyInstanceUid));
  const unknown = wanted.filter((study) => !known.has(study));
  if (unknown.length > 0)
    throw new CommandError(`${unknown.length} of the studies are not in the project.`, exitCode.notAllowed, {
      code: 'STUDY_OUTSIDE_GRANT',
      detail: unknown.slice(0, 20).join('\n'),
      fix: 'Take these studies out of the list, or apply for their collection.',
    });
  return studies.filter((study) => wanted.includes(study.studyInstanceUid));
}

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
  { project, studies: asked, endpoint }: DownloadRequest,
  { grants }: Pick<z.infer<typeof projectView>, 'grants'>,
  studies: readonly StudyView[],
): (study: string) => DicomwebClient {
  const clientFor = (scope: readonly string[] | null) =>
    new DicomwebClient(() => projectCredentials(project, scope), endpoint);
  if (asked !== null && asked.length <= MOST_STUDIES) {
    const client = clientFor(asked);
    return () => client;
  }
  const whole = clientFor(null);
  const listing = grants.some(({ status, scope }) => status === 'active' && scope.kind === 'studies');
  if (!listing) return () => whole;
  const uids = studies.map(({ studyInstanceUid }) => studyInstanceUid).sort();
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
  private kept = 0;

  constructor(
    private readonly clientOf: (study: string) => DicomwebClient,
    private readonly request: DownloadRequest,
    private readonly known: ReadonlyMap<string, string>,
    private readonly progress: Progress,
  ) {}

  async series(study: string, series: string, queue: PQueue): Promise<void> {
    const instances = await seriesInstances(this.clientOf(study), study, series);
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
    const earlier = await fileOfEarlierRun(this.request.folder, wanted, this.known);
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
        return await fetchToFile(this.clientOf(wanted.study), this.request.folder, wanted);
      } catch (error) {
        if (error instanceof DicomwebRefusal && error.status === 404) return null;
        if (!(error instanceof DamagedDownload || (error instanceof TypeError && attempt < damageAttempts)))
          throw error;
      }
    return null;
  }

  result(series: number): DownloadResult {
    return { files: this.files, series, kept: this.kept, missing: this.missing };
  }
}

/**
 * Fetches the images of a project, one folder a study and series; what an earlier run has brought is verified, not
 * fetched. Writes `manifest.csv`, also where the run stops early.
 */
export async function downloadProject(output: Output, request: DownloadRequest): Promise<DownloadResult> {
  const api = await ApiClient.signedIn();
  const project = await api.get(`/v1/projects/${request.project}`, projectView);
  const studies = await listStudies(api, request);
  const clientOf = clientsOf(request, project, studies);
  output.remark(`${studies.length} studies. Access ends ${project.endsOn} 23:59 London.`);
  await mkdir(request.folder, { recursive: true });
  const instances = studies.reduce((sum, study) => sum + study.instances, 0);
  const progress = await startProgress(output, 'Fetching', { files: instances, bytes: 0 });
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const download = new Download(
    clientOf,
    { ...request, signal },
    await knownDigests(request.folder),
    progress,
  );
  const files = new PQueue({ concurrency: request.jobs });
  // Series of one image each would otherwise come one by one.
  const seriesAtOnce = new PQueue({ concurrency: request.jobs });
  const wanted = studies.flatMap((study) =>
    study.series.map(({ seriesInstanceUid }) => [study.studyInstanceUid, seriesInstanceUid] as const),
  );
  let series = 0;
  try {
    await Promise.all(
      wanted.map(([study, each]) =>
        seriesAtOnce.add(async () => {
          signal.throwIfAborted();
          await download.series(study, each, files);
          series++;
        }),
      ),
    );
  } catch (error) {
    // What still waits ends at once, what is on its way ends by itself: the manifest names it.
    stop.abort(error);
    await Promise.all([seriesAtOnce.onIdle(), files.onIdle()]);
    throw refused(error, project);
  } finally {
    progress.stop();
    await writePrivateFile(manifestPath(request.folder), manifestCsv(download.result(series).files));
  }
  return download.result(series);
}
