import type { Revocation } from '../../../lambda/register/revocation.contract';
import type { Landscape } from '../landscape';
import type { Question, QuestionContext } from '../question';
import type { Reader } from '../rules/reader-rules';
import { heldOutStudy, ownStudy } from './studies';

/** An id of the register; the last character tells one from another. */
const id = (prefix: string, last: string) => `${prefix}-${'01jb'.padEnd(25, '0')}${last}`;

const projects = { one: id('p', '1'), other: id('p', '2') };
const grants = { one: id('g', '1'), other: id('g', '2') };
const people = { one: id('r', '1'), other: id('r', '2') };

/** Of the revocation; STS cuts off what is below a second. */
const REVOKED_AT = '2026-11-29T12:00:00.500Z';

/** Sets of revocations, by what they are called: one of each kind, several at once, none. */
export function revocationSets({ arc }: Reader['place']): Readonly<Record<string, readonly Revocation[]>> {
  const common = {
    at: REVOKED_AT,
    by: people.other,
    reason: 'ended',
    expiresAt: '2026-11-29T14:00:00.000Z',
  } as const;
  const made = (kind: Record<string, unknown>, last: string) =>
    ({ ...common, id: id('v', last), ...kind }) as unknown as Revocation;
  const member = made({ kind: 'member', projectId: projects.one, person: people.one, arcs: [arc] }, '1');
  const grant = made({ kind: 'grant', projectId: projects.one, grantId: grants.one, arcs: [arc] }, '2');
  const project = made({ kind: 'project', projectId: projects.one, arcs: [arc] }, '3');
  const collection = made({ kind: 'collection', collection: `collection-${arc}`, arc }, '4');
  const longer = Number(`${arc}0`);
  const otherCollection = made({ kind: 'collection', collection: `collection-${longer}`, arc: longer }, '5');
  const everything = made({ kind: 'everything' }, '6');
  return {
    'nothing revoked': [],
    'a member revoked': [member],
    'a grant revoked': [grant],
    'a project revoked': [project],
    'its collection revoked': [collection],
    'a collection with a longer arc revoked': [otherCollection],
    'everything revoked': [everything],
    'a member, a grant and another collection revoked': [member, grant, otherCollection],
  };
}

/** Before the revocation, within the minute after it, at its end, later; and shortly before its own expiry. */
const madeAt = [
  '2026-11-29T11:30:00Z',
  '2026-11-29T11:59:59Z',
  '2026-11-29T12:00:00Z',
  '2026-11-29T12:01:00Z',
  '2026-11-29T12:01:01Z',
  '2026-11-29T12:01:02Z',
  '2026-11-29T13:00:00Z',
];

/** Questions of every combination of project, grant and person, with sessions from before and after. */
export function revokedQuestions(landscape: Landscape, reader: Reader, roleArn: string): readonly Question[] {
  const { arc } = reader.place;
  const ask = (action: string, context: QuestionContext): Question => ({
    action,
    resource: landscape.developmentStore,
    context,
  });
  return Object.values(projects).flatMap((project) =>
    Object.values(grants).flatMap((grant) =>
      Object.values(people).flatMap((person) =>
        madeAt.flatMap((made) => {
          const context = (study: string): QuestionContext => ({
            'aws:SecureTransport': 'true',
            'aws:SourceVpce': landscape.vpcEndpointId,
            'aws:PrincipalArn': roleArn,
            'aws:PrincipalTag/ProjectId': project,
            'aws:PrincipalTag/GrantId': grant,
            'aws:SourceIdentity': person,
            'aws:TokenIssueTime': made,
            'medical-imaging:StudyInstanceUID': study,
          });
          return [
            ask('medical-imaging:GetDICOMInstanceFrames', context(ownStudy(landscape, arc))),
            ask('medical-imaging:GetDICOMInstance', context(heldOutStudy(landscape, arc))),
            ask('medical-imaging:SearchDICOMStudies', context(ownStudy(landscape, arc))),
          ];
        }),
      ),
    ),
  );
}
