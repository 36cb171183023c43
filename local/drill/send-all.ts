import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlatformPlaces } from './drill-settings';
import { fileBytes } from './file-bytes';
import type { Operator } from './operator';
import type { PlatformControl } from './platform-control';
import { sendByClient } from './send-by-client';
import { sendByCommand } from './send-by-command';
import type { SendingFault, SendingFaults } from './sending-faults';
import type { PlannedFile, PlannedSubmission, SendingPlan, Trust } from './submission-plan';
import type { Uploader } from './uploaders';
import { UrlExpiry } from './url-expiry';

/** The collection of the embedded platform in which patients without an NHS number are withheld. */
const collection = 'chest';

const lookEveryMilliseconds = 300;

/** A submission that was completed, with its files in the order of its manifest. */
export interface SentSubmission {
  readonly submission: PlannedSubmission;
  readonly id: string;
  readonly files: readonly PlannedFile[];
}

/** How far a submission came. */
export interface SubmissionEnd {
  readonly submission: PlannedSubmission;
  /** Null where it could not be sent. */
  readonly sent: SentSubmission | null;
  /** Whether an execution has succeeded. */
  readonly finished: boolean;
  readonly problem: string | null;
}

export interface SendingOptions {
  readonly plan: SendingPlan;
  readonly faults: SendingFaults;
  readonly folder: string;
  readonly command: string;
  readonly places: PlatformPlaces;
  readonly uploaders: Readonly<Record<Trust, Uploader>>;
  readonly control: PlatformControl;
  readonly operator: Operator;
  readonly onFault: (fault: SendingFault) => void;
  readonly tell: (text: string) => void;
  /** Aborted when the drill has to end. */
  readonly signal: AbortSignal;
}

/** SHA-256 of the files of a submission, in the order of its manifest. */
export function digestsOf({ seed }: SendingPlan, { submission, files }: SentSubmission): string[] {
  return files.map((file) =>
    createHash('sha256')
      .update(fileBytes(seed, file, submission.trust))
      .digest('hex'),
  );
}

class Sending {
  private readonly expiry: UrlExpiry;

  constructor(private readonly options: SendingOptions) {
    const waiting = options.faults.submissions.filter(({ files }) =>
      [...files.values()].includes('url-expired'),
    );
    this.expiry = new UrlExpiry(waiting.length, options.control);
  }

  async sendAndFollow(submission: PlannedSubmission): Promise<SubmissionEnd> {
    const { tell, signal } = this.options;
    let sent: SentSubmission | null = null;
    try {
      sent = await this.send(submission);
      tell(`Submission ${submission.index} (${submission.trust}, ${submission.by}) has been completed.`);
      while (!(await this.options.operator.look(sent.id)))
        await pause(lookEveryMilliseconds, undefined, { signal });
      tell(`Submission ${submission.index} has its receipt.`);
      return { submission, sent, finished: true, problem: null };
    } catch (error) {
      const problem = signal.aborted ? 'not finished in time' : String((error as Error).message);
      tell(`Submission ${submission.index}: ${problem}`);
      return { submission, sent, finished: false, problem };
    }
  }

  private async send(submission: PlannedSubmission): Promise<SentSubmission> {
    const { plan, folder, command, places, uploaders, onFault, signal } = this.options;
    const faults = this.options.faults.submissions[submission.index];
    if (faults === undefined) throw new Error('a submission without a plan of its faults');
    const uploader = uploaders[submission.trust];
    const common = { plan, submission, faults, collection, onFault };
    if (submission.by === 'command') {
      // Its answers of the opt-out service would be too late if so much time passed while it is cleared.
      await this.expiry.over;
      const exports = join(folder, 'exports');
      const { id, plannedOrdinals } = await sendByCommand({ ...common, command, uploader, exports, signal });
      const byOrdinal = new Map(submission.files.map((file) => [file.ordinal, file]));
      const files = [...plannedOrdinals].flatMap(([, planned]) => byOrdinal.get(planned) ?? []);
      return { submission, id, files };
    }
    const id = await sendByClient({
      ...common,
      frontDoor: places.frontDoor,
      accessToken: uploader.accessToken,
      untilUrlsExpire: () => this.expiry.arrive(),
      beforeCompletion: () => this.expiry.over,
    });
    return { submission, id, files: submission.files };
  }
}

/** Sends all submissions at once and follows each to its receipt, or to the end of the drill. */
export function sendAll(options: SendingOptions): Promise<SubmissionEnd[]> {
  const sending = new Sending(options);
  return Promise.all(options.plan.submissions.map((submission) => sending.sendAndFollow(submission)));
}
