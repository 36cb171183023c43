import { londonDay } from '../platform/clock';
import type { RequestPerson } from '../platform/request-person';
import type { Application } from './application.contract';
import { type Committee, readApplication } from './applications';
import { type Condition, conditionWords } from './condition.contract';
import { type Decision, decision } from './decision.contract';
import type { Letter, LetterKind } from './letter.contract';
import { type LetterBlock, type LetterParts, letterHtml, letterText } from './letter-text';
import { type Project, project } from './project.contract';
import { refuseRegister } from './register-refusals';
import { applicationKey, projectKey } from './register-table';

/** What a letter may tell of. */
export interface LetterMatter {
  readonly application: Application;
  /** Null where there is none. */
  readonly project: Project | null;
  /** Of the application's last round. */
  readonly decisions: readonly Decision[];
  readonly targetWorkingDays: number;
  readonly today: string;
}

const paragraph = (text: string): LetterBlock => ({ kind: 'paragraph', text });

const kindNames = {
  new: 'application for access',
  amendment: 'application for an amendment',
  renewal: 'application for a renewal',
} as const;

const modeWords = {
  'dae-only': 'The images are read inside the Data Access Environment only.',
  direct: 'The images may be read outside the Data Access Environment.',
} as const;

const dayOf = (instant: string) => londonDay(new Date(instant));

function titled({ content }: Application): string {
  return content.title ? `"${content.title}"` : 'without a title';
}

function conditionText(each: Condition): string {
  const words = each.code === 'ends-earlier' ? `Access ends on ${each.endsOn}.` : conditionWords[each.code];
  if (each.code === 'other') return each.text;
  return each.text === undefined ? words : `${words} ${each.text}`;
}

function received({ application, targetWorkingDays }: LetterMatter): LetterParts | null {
  if (!('submittedAt' in application) || application.submittedAt === undefined) return null;
  return {
    subject: `We have received your ${kindNames[application.kind]}`,
    reference: application.id,
    date: dayOf(application.submittedAt),
    body: [
      paragraph(
        `Your ${kindNames[application.kind]} ${titled(application)} reached us. Two reviewers decide on it; neither may be of your organisation, or declared by you to be in conflict of interest.`,
      ),
      paragraph(`We mean to decide within ${targetWorkingDays} working days.`),
    ],
  };
}

function returned({ application }: LetterMatter): LetterParts | null {
  if (application.state !== 'returned') return null;
  return {
    subject: `Your ${kindNames[application.kind]} comes back to you`,
    reference: application.id,
    date: dayOf(application.returnedAt),
    body: [
      paragraph(`Before we can decide on ${titled(application)}, a reviewer asks:`),
      { kind: 'quotation', text: application.comment },
      paragraph('Change the application and submit it again. What was decided so far no longer counts.'),
    ],
  };
}

function approved({ application, project: its }: LetterMatter): LetterParts | null {
  if (application.state !== 'approved') return null;
  const grant = its?.grants.find(({ id }) => id === application.grantId);
  if (grant === undefined) return null;
  const revoked = its?.status === 'revoked' ? [paragraph('Access was revoked since.')] : [];
  const studies =
    grant.scope.kind === 'collection' ? 'the whole collection' : `${grant.scope.count} listed studies`;
  const conditions: LetterBlock[] =
    grant.conditions.length === 0
      ? [paragraph('No further conditions are attached.')]
      : [
          paragraph('These conditions are part of the approval:'),
          { kind: 'list', items: grant.conditions.map(conditionText) },
        ];
  return {
    subject: `Your ${kindNames[application.kind]} is approved`,
    reference: application.id,
    date: dayOf(application.decidedAt),
    body: [
      paragraph(`Two reviewers have approved ${titled(application)}.`),
      {
        kind: 'list',
        items: [
          `Project: ${application.projectId}`,
          `Collection: ${grant.collection}, ${studies}`,
          `Access from ${grant.startsOn} until ${grant.endsOn}, 23:59 London`,
          modeWords[grant.accessMode],
        ],
      },
      ...conditions,
      paragraph('Nobody may try to find out whose images they are. That is a condition of every approval.'),
      ...revoked,
    ],
  };
}

function rejected({ application, decisions }: LetterMatter): LetterParts | null {
  if (application.state !== 'rejected') return null;
  const reasons = decisions.filter((each) => each.decision === 'reject');
  return {
    subject: `Your ${kindNames[application.kind]} is rejected`,
    reference: application.id,
    date: dayOf(application.decidedAt),
    body: [
      paragraph(`Two reviewers have rejected ${titled(application)}, for these reasons:`),
      ...reasons.map(({ comment }): LetterBlock => ({ kind: 'quotation', text: comment })),
      paragraph('You may apply again with another application.'),
    ],
  };
}

function renewal({ project: its, today, application }: LetterMatter): LetterParts | null {
  if (its?.status !== 'active' || its.endsOn < today) return null;
  return {
    subject: `Access of your project ends on ${its.endsOn}`,
    reference: application.projectId,
    date: today,
    body: [
      paragraph(`Access of the project "${its.title}" ends on ${its.endsOn} at 23:59 London.`),
      paragraph(
        `If you need it for longer, ask for a renewal in good time: nmip application renew ${its.id}. A renewal changes the last day only and says why; for anything else ask for an amendment.`,
      ),
      paragraph('What was derived from the images is kept or deleted as your application says.'),
    ],
  };
}

const writers: Readonly<Record<LetterKind, (matter: LetterMatter) => LetterParts | null>> = {
  received,
  returned,
  decision: (matter) => approved(matter) ?? rejected(matter),
  renewal,
};

/**
 * A letter of the committee to the applicant.
 * @throws PlatformError LETTER_NOT_AVAILABLE where there is nothing yet that it could tell
 */
export function writeLetter(kind: LetterKind, matter: LetterMatter): Letter {
  const parts = writers[kind](matter);
  if (parts === null) throw refuseRegister('LETTER_NOT_AVAILABLE');
  return {
    applicationId: matter.application.id,
    kind,
    date: parts.date,
    subject: parts.subject,
    text: letterText(parts),
    html: letterHtml(parts),
  };
}

/**
 * A letter of an application that the requester may see.
 * @throws PlatformError APPLICATION_NOT_FOUND, LETTER_NOT_AVAILABLE
 */
export async function showLetter(
  committee: Committee,
  requester: RequestPerson,
  applicationId: string,
  kind: LetterKind,
): Promise<Letter> {
  const { table, clock, targetWorkingDays } = committee;
  const application = await readApplication(committee, requester, applicationId);
  const [its, decisions] = await Promise.all([
    table.get(projectKey(application.projectId), project),
    table.queryAll({ pk: applicationKey(applicationId).pk, skPrefix: 'DECISION#' }, decision),
  ]);
  return writeLetter(kind, {
    application,
    project: its,
    decisions: decisions.filter(({ round }) => round === application.round),
    targetWorkingDays,
    today: londonDay(clock.now()),
  });
}
