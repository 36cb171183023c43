import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import {
  announcedAttachment,
  attachmentDownload,
  type attachmentKind,
  attachmentRequest,
  attachmentsAnswer,
  attachmentView,
} from '../../lambda/register/attachment.contract';
import { letter, type letterKind } from '../../lambda/register/letter.contract';
import { ApiClient } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import type { Output } from '../terminal/output';
import { size, table } from '../terminal/text';
import { putBody } from '../upload/put-body';
import { applicationPath } from './edit-application';

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const papersPath = (id: string, paper?: string) =>
  `${applicationPath(id)}/attachments${paper === undefined ? '' : `/${encodeURIComponent(paper)}`}`;

/** Sends a PDF as a paper of an application. */
export async function attachPaper(
  output: Output,
  id: string,
  file: string,
  kind: z.infer<typeof attachmentKind>,
): Promise<undefined> {
  const bytes = await readFile(file);
  const paper = attachmentRequest.safeParse({
    kind,
    name: basename(file),
    bytes: bytes.length,
    sha256: digestOf(bytes),
  });
  if (!paper.success)
    throw new CommandError('The file cannot be attached.', exitCode.usage, {
      code: 'ATTACHMENT_NOT_VALID',
      detail: z.prettifyError(paper.error),
      fix: 'Attach a PDF of at most 25 MB.',
    });
  const client = await ApiClient.signedIn();
  const announced = await client.post(papersPath(id), paper.data, announcedAttachment, { key: randomUUID() });
  const status = await putBody(announced.upload, bytes, interruptSignal());
  // 412: a run before this one has put it there
  if (status !== 200 && status !== 412)
    throw new CommandError(`The store refused the file with status ${status}.`, exitCode.network, {
      code: 'ATTACHMENT_NOT_STORED',
      fix: 'Run the same command again.',
    });
  const received = await client.post(`${papersPath(id, announced.id)}/complete`, undefined, attachmentView);
  output.result(`${received.name} is attached as ${received.id}.`, received);
}

export async function listPapers(output: Output, id: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { attachments } = await client.get(papersPath(id), attachmentsAnswer);
  if (output.json) for (const each of attachments) output.result('', each);
  else
    output.result(
      table([
        ['ID', 'KIND', 'STATE', 'SIZE', 'NAME'],
        ...attachments.map((each) => [each.id, each.kind, each.state, size(each.bytes), each.name]),
      ]),
      attachments,
    );
}

export async function deletePaper(output: Output, id: string, paper: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const deleted = await client.post(`${papersPath(id, paper)}/delete`, undefined, attachmentView);
  output.result(`${paper} is deleted.`, deleted);
}

/**
 * Fetches a paper into a file.
 * @throws CommandError (exit 5) where its bytes are not those that were attached
 */
export async function fetchPaper(output: Output, id: string, paper: string, to: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const found = await client.get(papersPath(id, paper), attachmentDownload);
  const answer = await fetch(found.url, { redirect: 'error', signal: interruptSignal() });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok)
    throw new CommandError(`The store answered with status ${answer.status}.`, exitCode.network, {
      code: 'ATTACHMENT_NOT_FETCHED',
      fix: 'Run the same command again.',
    });
  if (digestOf(bytes) !== found.sha256)
    throw new CommandError('The paper is not what was attached.', exitCode.integrity, {
      code: 'ATTACHMENT_DIFFERS',
      fix: 'Tell the platform team the id of the attachment.',
    });
  await writeFile(to, bytes);
  const { url: _url, ...shown } = found;
  output.result(`${paper} is in ${to}.`, { ...shown, file: to });
}

/** Writes a letter of the committee into a file, or prints it. */
export async function writeLetter(
  output: Output,
  id: string,
  options: { readonly kind: z.infer<typeof letterKind>; readonly to?: string; readonly html?: boolean },
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const found = await client.get(`${applicationPath(id)}/letters/${options.kind}`, letter);
  const written = options.html ? found.html : found.text;
  if (options.to === undefined) {
    output.result(written.trimEnd(), found);
    return;
  }
  await writeFile(options.to, written);
  output.result(`The letter is in ${options.to}.`, { ...found, file: options.to });
}
