import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { SeededDraws } from '../faults/seeded-draws';
import {
  ApiRefusal,
  type SignedPut,
  SubmissionsApi,
  type WireArchive,
  type WireEntry,
  type WirePage,
} from './api-of-submissions';
import { fileBytes, patientOf } from './file-bytes';
import type { FileFault, SendingFault, SubmissionFaults } from './sending-faults';
import { steadily } from './steady-request';
import type { PlannedFile, PlannedSubmission, SendingPlan } from './submission-plan';
import { zipArchive } from './zip-archive';

export interface ClientOptions {
  readonly plan: SendingPlan;
  readonly submission: PlannedSubmission;
  readonly faults: SubmissionFaults;
  readonly frontDoor: string;
  readonly accessToken: string;
  readonly collection: string;
  /** Told of each fault that happens. */
  readonly onFault: (fault: SendingFault) => void;
  /** Resolves when the URLs that were signed before it was called have expired. */
  readonly untilUrlsExpire: () => Promise<void>;
  readonly beforeCompletion: () => Promise<void>;
}

/** Pages of a manifest in a drill, so that there is an order to them. */
const pagesOfManifest = 4;
const filesAtOnce = 4;
/** Refusals of URLs that have expired, for one file. */
const mostRenewals = 5;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Sends half of a body and breaks off. */
function sendHalf({ url, headers }: SignedPut, body: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const put = request(url, {
      method: 'PUT',
      headers: { ...headers, 'content-length': String(body.length) },
    });
    const ended = () => {
      put.destroy();
      resolve();
    };
    put.on('error', ended);
    put.on('response', ended);
    put.write(body.subarray(0, Math.floor(body.length / 2)), () => setTimeout(ended, 20));
  });
}

/** A client of the API that makes the mistakes of its plan and meets those of others. */
class DrillClient {
  private readonly api: SubmissionsApi;
  private readonly draws: SeededDraws;
  private waited = false;

  constructor(private readonly options: ClientOptions) {
    const { frontDoor, accessToken, plan, submission } = options;
    this.api = new SubmissionsApi(frontDoor, accessToken);
    this.draws = new SeededDraws(plan.seed, `client ${submission.index}`);
  }

  /** Returns the submission's id when it has been completed. */
  async send(): Promise<string> {
    const { submission } = this.options;
    const entries = this.entries();
    const id = await this.create(entries);
    const late = await this.putManifest(id, entries);
    await this.completeTooEarly(id, late !== null);
    if (submission.subjects === 'sent') await this.sendSubjects(id);
    const lateOrdinals = new Set(late?.entries.map(({ ordinal }) => ordinal));
    const toSend = submission.files.filter(({ arrival, archived }) => arrival !== 'missing' && !archived);
    await this.sendFiles(
      id,
      toSend.filter(({ ordinal }) => !lateOrdinals.has(ordinal)),
    );
    if (late !== null) {
      this.options.onFault('page-late');
      await this.api.putPage(id, late);
      await this.sendFiles(
        id,
        toSend.filter(({ ordinal }) => lateOrdinals.has(ordinal)),
      );
    }
    await this.sendArchive(id);
    await this.complete(id);
    return id;
  }

  private entries(): WireEntry[] {
    let members = 0;
    return this.options.submission.files.map((file): WireEntry => {
      const bytes = this.bytesOf(file);
      const { ordinal, group } = file;
      const entry = { ordinal, bytes: bytes.length, sha256: sha256(bytes), group };
      if (!file.archived) return entry;
      members += 1;
      return { ...entry, archived: { archive: 1, member: members } };
    });
  }

  /** The bytes of the one archive; null where the submission has none. */
  private archive(): Buffer | null {
    const members = this.options.submission.files.filter(({ archived }) => archived);
    return members.length === 0 ? null : zipArchive(members.map((file) => this.bytesOf(file)));
  }

  /** The archive as the page of its first file lists it. */
  private archivesOf(entries: readonly WireEntry[]): WireArchive[] {
    const archive = entries.some(({ archived }) => archived?.member === 1) ? this.archive() : null;
    return archive === null ? [] : [{ archive: 1, bytes: archive.length, sha256: sha256(archive) }];
  }

  private async sendArchive(id: string): Promise<void> {
    const archive = this.archive();
    if (archive !== null) await this.put(() => this.api.archiveUrl(id, 1), archive);
  }

  private bytesOf(file: PlannedFile): Buffer {
    const { plan, submission } = this.options;
    return fileBytes(plan.seed, file, submission.trust);
  }

  /** Whether the plan has a fault; tells of it. */
  private happens(fault: Parameters<SubmissionFaults['client']['has']>[0]): boolean {
    const planned = this.options.faults.client.has(fault);
    if (planned) this.options.onFault(fault);
    return planned;
  }

  private async create(entries: readonly WireEntry[]): Promise<string> {
    const { plan, submission, collection } = this.options;
    const body = {
      collection,
      fileCount: entries.length,
      totalBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      idempotencyKey: `drill-${sha256(Buffer.from(plan.seed)).slice(0, 12)}-${submission.index}`,
    };
    const id = await this.api.create(body);
    if (this.happens('created-twice') && (await this.api.create(body)) !== id)
      throw new Error('one idempotency key made two submissions');
    return id;
  }

  /** Gives the page that is sent later, if one is. */
  private async putManifest(id: string, entries: readonly WireEntry[]): Promise<WirePage | null> {
    const size = Math.ceil(entries.length / pagesOfManifest);
    let pages = Array.from({ length: Math.ceil(entries.length / size) }, (_, index): WirePage => {
      const own = entries.slice(index * size, (index + 1) * size);
      return { page: index + 1, entries: own, archives: this.archivesOf(own) };
    });
    const late =
      this.options.faults.client.has('page-late') && pages.length > 1 ? (pages.pop() ?? null) : null;
    if (this.happens('pages-out-of-order')) pages = this.draws.shuffled(pages);
    for (const page of pages) await this.api.putPage(id, page);
    const [first] = pages;
    if (first && this.happens('page-twice')) await this.api.putPage(id, first);
    return late;
  }

  /** A manifest without its last page cannot be completed; a whole one could, and is not tried. */
  private async completeTooEarly(id: string, isIncomplete: boolean): Promise<void> {
    if (!isIncomplete || !this.happens('completed-too-early')) return;
    const refused = await this.api.complete(id).then(
      () => false,
      (error: unknown) => error instanceof ApiRefusal,
    );
    if (!refused) throw new Error('a submission was completed without the whole of its manifest');
  }

  private async sendSubjects(id: string): Promise<void> {
    const { plan, submission } = this.options;
    const listed = new Set(submission.files.map(({ patient }) => patient));
    for (const patient of submission.unlisted) listed.delete(patient);
    if (listed.size === 0) return;
    const lines = [...listed].map((patient) => `${patientOf(plan.seed, patient).nhsNumber}\n`);
    const body = Buffer.from(lines.join(''), 'latin1');
    await this.put(() => this.api.subjectsUrl(id, body.length, sha256(body)), body);
  }

  private async sendFiles(id: string, files: readonly PlannedFile[]): Promise<void> {
    if (files.length === 0) return;
    const urls = new Map<number, SignedPut>();
    for (let start = 0; start < files.length; start += 500) {
      const ordinals = files.slice(start, start + 500).map(({ ordinal }) => ordinal);
      for (const [ordinal, url] of await this.api.uploadUrls(id, ordinals)) urls.set(ordinal, url);
    }
    if (!this.waited && this.hasExpiringUrls()) {
      this.waited = true;
      await this.options.untilUrlsExpire();
    }
    const left = [...files];
    const worker = async (): Promise<void> => {
      for (let file = left.shift(); file; file = left.shift())
        await this.sendFile(id, file, urls.get(file.ordinal));
    };
    await Promise.all(Array.from({ length: filesAtOnce }, worker));
  }

  private hasExpiringUrls(): boolean {
    return [...this.options.faults.files.values()].includes('url-expired');
  }

  private async sendFile(id: string, file: PlannedFile, signed: SignedPut | undefined): Promise<void> {
    let target = signed;
    const sign = async (): Promise<SignedPut> => {
      const put = target ?? (await this.api.uploadUrls(id, [file.ordinal])).get(file.ordinal);
      target = undefined;
      if (put === undefined) throw new Error('no URL was signed for a file of the manifest');
      return put;
    };
    const bytes = this.bytesOf(file);
    const wrong = Buffer.from(bytes);
    wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 0xff, wrong.length - 1);
    if (file.arrival === 'wrong-bytes') return this.refusedPut(await sign(), wrong);
    const fault = this.options.faults.files.get(file.ordinal);
    if (fault !== undefined) await this.strike(fault, sign, bytes, wrong);
    await this.put(sign, bytes);
    if (fault === 'sent-twice') await this.put(sign, bytes);
  }

  private async strike(
    fault: FileFault,
    sign: () => Promise<SignedPut>,
    bytes: Buffer,
    wrong: Buffer,
  ): Promise<void> {
    this.options.onFault(fault);
    if (fault === 'half-sent') await sendHalf(await sign(), bytes);
    if (fault === 'wrong-bytes-first') await this.refusedPut(await sign(), wrong);
  }

  /** Bytes that are not those of the manifest must never be taken. */
  private async refusedPut({ url, headers }: SignedPut, body: Buffer): Promise<void> {
    const { status } = await steadily(url, { method: 'PUT', headers, body });
    if (status < 400) throw new Error('the store took bytes that are not those of the manifest');
  }

  /** Puts a body until the store has it: 412 says that it has. */
  private async put(sign: () => Promise<SignedPut>, body: Buffer): Promise<void> {
    for (let renewals = 0; ; renewals += 1) {
      const { url, headers } = await sign();
      const answer = await steadily(url, { method: 'PUT', headers, body });
      if (answer.status === 200 || answer.status === 412) return;
      // 403: the URL has expired. 409: another request writes the same key. 400: the body did not arrive whole.
      if (renewals === mostRenewals) throw new ApiRefusal('the PUT of a file', answer);
    }
  }

  private async complete(id: string): Promise<void> {
    await this.options.beforeCompletion();
    if (this.happens('completed-at-once'))
      await Promise.all([this.api.complete(id), this.api.complete(id), this.api.complete(id)]);
    else await this.api.complete(id);
    if (this.happens('completed-twice')) await this.api.complete(id);
  }
}

/** Sends a submission and completes it; returns its id. */
export function sendByClient(options: ClientOptions): Promise<string> {
  return new DrillClient(options).send();
}
