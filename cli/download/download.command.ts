import { resolve } from 'node:path';
import { Command } from 'commander';
import { ApiClient } from '../api/api-client';
import { readCohortList } from '../cohort/cohort-manifest';
import { readCohortName } from '../cohort/cohort-name';
import { readStudyList, requireProjectId } from '../credentials/project-credentials';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { parseJobs } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { downloadProject } from './download-project';
import { downloadRecordOf, downloadText } from './download-text';
import type { Selection } from './wanted-studies';

interface DownloadOptions extends OutputOptions {
  readonly project?: string;
  readonly cohort?: string;
  readonly to: string;
  readonly jobs: number;
  readonly studies?: string;
  readonly frames?: boolean;
  readonly endpoint?: string;
}

const usage = (message: string, code: string, fix: string) =>
  new CommandError(message, exitCode.usage, { code, fix });

/** What is asked for, and of which project: a cohort names its own. */
async function selected(
  api: ApiClient,
  { project, cohort, studies }: DownloadOptions,
): Promise<{ project: string; selection: Selection }> {
  if (cohort === undefined) {
    if (project === undefined)
      throw usage(
        'It is not said what to fetch.',
        'NOTHING_SELECTED',
        'Name a project, --project p-…, or a cohort, --cohort k-…@v1. `nmip projects` lists yours.',
      );
    return {
      project: requireProjectId(project),
      selection:
        studies === undefined
          ? { kind: 'everything' }
          : { kind: 'studies', studies: await readStudyList(studies) },
    };
  }
  if (studies !== undefined)
    throw usage(
      'A cohort is a list of studies of its own.',
      'COHORT_AND_STUDIES',
      'Give --cohort or --studies, not both.',
    );
  const list = await readCohortList(api, readCohortName(cohort));
  const { cohortId, projectId } = list.made;
  if (project !== undefined && project !== projectId)
    throw usage(
      `${cohortId} is a cohort of another project.`,
      'COHORT_OF_ANOTHER_PROJECT',
      `Leave --project out, or name ${projectId}; \`nmip cohort list --project ${project}\` lists those of the other.`,
    );
  return { project: projectId, selection: { kind: 'cohort', list } };
}

async function download(output: Output, options: DownloadOptions): Promise<ExitCode> {
  if (options.cohort !== undefined) readCohortName(options.cohort);
  const folder = resolve(options.to);
  const api = await ApiClient.signedIn();
  const { project, selection } = await selected(api, options);
  if (selection.kind === 'cohort') output.remark(`Cohort: ${selection.list.made.cite}.`);
  const result = await downloadProject(api, output, {
    project,
    selection,
    folder,
    jobs: options.jobs,
    frames: options.frames ?? false,
    endpoint: options.endpoint ?? process.env.AWS_ENDPOINT_URL_MEDICAL_IMAGING,
    signal: interruptSignal(),
  });
  const withdrawn = selection.kind === 'cohort' ? selection.list.withdrawn : [];
  output.result(downloadText(result, withdrawn, folder), downloadRecordOf(result, withdrawn, folder));
  const { missing, outside, differing } = result;
  if (missing.length > 0)
    throw new CommandError(
      `${plural(missing.length, options.frames ? 'frame' : 'file')} could not be had whole.`,
      exitCode.integrity,
      {
        code: 'DOWNLOAD_INCOMPLETE',
        detail: missing
          .slice(0, 20)
          .map((file) => file.path)
          .join('\n'),
        fix: 'Run the same command again; if it happens again, tell the platform team.',
      },
    );
  const short = differing.some(({ listed, found }) => found < listed);
  return outside.length > 0 || short ? exitCode.rejections : exitCode.ok;
}

export function downloadCommand(): Command {
  return new Command('download')
    .description(
      'Fetch the images that a project may read, or those of a cohort, by DICOMweb. Run the same command again after a ' +
        'stop: what is there is verified and kept.',
    )
    .option('--project <id>', 'project, p-…; a cohort knows its own')
    .option(
      '--cohort <version>',
      'the studies of a version of a cohort, k-…@v1; of the last version where no number is given',
    )
    .requiredOption('--to <folder>', 'where the images go: a folder a study, in it one a series')
    .option('--studies <file>', 'only these Study Instance UIDs, one a line')
    .option('--frames', 'the frames in their stored form instead of whole DICOM files')
    .option('--jobs <number>', 'requests at once', parseJobs, 16)
    .option('--endpoint <url>', 'DICOMweb endpoint, e.g. a VPC endpoint (default: the one of the platform)')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no progress')
    .action((options: DownloadOptions) => runCommand(options, (output) => download(output, options)));
}
