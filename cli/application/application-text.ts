import type { ApplicationView, Shortcoming } from '../../lambda/register/application.contract';
import { type Condition, conditionWords } from '../../lambda/register/condition.contract';
import type { AssessmentView } from '../../lambda/register/impact-assessment.contract';

/** `technicalSummary` → `Technical summary`. */
function label(name: string): string {
  const words = name.replaceAll(/([A-Z])/g, (capital) => ` ${capital.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The answers of a form as indented lines; lists as lines of their own. */
export function answerLines(value: unknown, indent = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${String(value)}`];
  return Object.entries(value).flatMap(([name, each]) => {
    const head = `${indent}${Array.isArray(value) ? '-' : label(name)}`;
    if (typeof each !== 'object' || each === null)
      return each === undefined ? [] : [`${head}: ${String(each)}`];
    const inner = answerLines(each, `${indent}  `);
    return inner.length === 0 ? [`${head}: none`] : [head, ...inner];
  });
}

export function conditionLine(condition: Condition): string {
  const words =
    condition.code === 'ends-earlier' ? `until ${condition.endsOn}` : conditionWords[condition.code];
  return `  ${condition.code}  ${[words, condition.text].filter(Boolean).join(' ')}`;
}

export function shortcomingLines(shortcomings: readonly Shortcoming[]): string[] {
  return shortcomings.map(({ path, message }) => `  ${path}: ${message}`);
}

function stageLine({ ageWorkingDays, targetWorkingDays, overdue, state }: ApplicationView): string[] {
  if (ageWorkingDays === undefined) return [];
  const late = overdue ? `, over the target of ${targetWorkingDays}` : '';
  return [`${state === 'submitted' ? 'Waits' : 'Took'}         ${ageWorkingDays} working days${late}`];
}

/** An application in full, for its applicant and the committee. */
export function applicationText(application: ApplicationView, assessment: AssessmentView | null): string {
  const { content, duoMatch } = application;
  const { scope } = content;
  const decisions = (application.decisions ?? []).map((each) => `${each.decision} (${each.reviewer})`);
  const conditions = application.conditions ?? application.proposedConditions ?? [];
  return [
    `${application.id}  ${application.kind}, edition ${application.edition}  ${application.state}`,
    `Title         ${content.title ?? ''}`,
    `Project       ${application.projectId}`,
    `Organisation  ${content.organisation ?? ''}`,
    `Collection    ${content.collection ?? ''}, ${content.accessMode}`,
    `Scope         ${scope.kind === 'collection' ? 'the whole collection' : `${scope.studies.length} studies`}`,
    `Until         ${application.endsOn ?? content.requestedEndsOn ?? ''}`,
    `AI            ${content.aiUse === undefined ? 'not said' : content.aiUse ? 'yes' : 'no'}`,
    ...(assessment?.needed ? [`Assessment    ${assessment.state}`] : []),
    `Members       ${content.members.length + 1}`,
    ...stageLine(application),
    `DUO match     ${duoMatch?.match ?? 'not yet'}`,
    ...(duoMatch?.findings ?? []).map((each) => `  ${each.code}  ${each.match}  ${each.text}`),
    ...(application.decisions ? [`Decisions     ${decisions.join(', ') || 'none yet'}`] : []),
    ...(conditions.length > 0
      ? [application.conditions ? 'Conditions' : 'Conditions proposed', ...conditions.map(conditionLine)]
      : []),
    ...(application.comment ? ['A reviewer asks', `  ${application.comment}`] : []),
    ...(content.changeReason ? ['Why it is changed', `  ${content.changeReason}`] : []),
    '',
    content.purpose ?? '',
    '',
    content.laySummary ?? '',
    '',
    'Conflicts of interest',
    ...answerLines(content.conflictsOfInterest ?? 'not declared', '  '),
    'Five Safes',
    ...answerLines(content.fiveSafes ?? 'not answered', '  '),
    'Data use',
    ...answerLines(content.dataUse ?? 'not answered', '  '),
  ].join('\n');
}
