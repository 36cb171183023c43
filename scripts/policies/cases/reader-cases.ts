import type { Landscape } from '../landscape';
import type { Question, QuestionContext } from '../question';
import type { Reader } from '../rules/reader-rules';
import { otherActions } from './other-actions';
import { heldOutStudy, ownStudy, studyUids } from './studies';

/** Spellings of the reads: IAM compares names of actions without regard to case. */
const reads = [
  'medical-imaging:GetDICOMBulkdata',
  'medical-imaging:GetDICOMInstance',
  'medical-imaging:GetDICOMInstanceFrames',
  'medical-imaging:GetDICOMInstanceMetadata',
  'medical-imaging:GetDICOMSeriesMetadata',
] as const;
const oddlySpeltReads = [
  'Medical-Imaging:getdicominstance',
  'MEDICAL-IMAGING:GETDICOMINSTANCEFRAMES',
] as const;

const STUDY = 'medical-imaging:StudyInstanceUID';

/** A request as it should be: signed by a session of the grant, through TLS and the right endpoint. */
function rightful({ vpcEndpointId }: Landscape, study: string): QuestionContext {
  return {
    'aws:SecureTransport': 'true',
    'aws:SourceVpce': vpcEndpointId,
    'aws:PrincipalTag/ProjectId': 'p-01jb0000000000000000000001',
    'aws:PrincipalTag/GrantId': 'g-01jb0000000000000000000001',
    'aws:SourceIdentity': 'person-1',
    'aws:TokenIssueTime': '2026-11-29T12:00:00Z',
    [STUDY]: study,
  };
}

function without(context: QuestionContext, ...keys: readonly string[]): QuestionContext {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !keys.includes(key)));
}

/** What a request may say of itself beside the study: other networks, other tags, missing and misspelt keys. */
function contexts(landscape: Landscape, study: string): readonly QuestionContext[] {
  const right = rightful(landscape, study);
  const { vpcEndpointId } = landscape;
  const elsewhere = without(right, 'aws:SourceVpce');
  return [
    right,
    // networks
    { ...right, 'aws:SourceVpce': 'vpce-0fedcba9876543210' },
    { ...right, 'aws:SourceVpce': vpcEndpointId.slice(0, -1) },
    { ...right, 'aws:SourceVpce': vpcEndpointId.toUpperCase() },
    { ...right, 'aws:SourceVpce': 'vpce-*' },
    { ...right, 'aws:SourceVpce': '' },
    elsewhere,
    { ...elsewhere, 'aws:SourceVpc': 'vpc-0123456789abcdef0' },
    { ...elsewhere, 'aws:SourceIp': '203.0.113.7' },
    {
      ...elsewhere,
      'aws:VpcSourceIp': '10.0.0.7',
      'aws:ViaAWSService': 'true',
      'aws:CalledVia': ['athena.amazonaws.com'],
    },
    // transport
    { ...right, 'aws:SecureTransport': 'false' },
    { ...elsewhere, 'aws:SecureTransport': 'false' },
    without(right, 'aws:SecureTransport'),
    // the study
    without(right, STUDY),
    { ...without(right, STUDY), 'medical-imaging:SeriesInstanceUID': study },
    { ...without(right, STUDY), 'medical-imaging:StudyInstanceUIDs': study },
    { ...right, 'medical-imaging:SeriesInstanceUID': '1.2.3' },
    { ...without(right, STUDY), 'Medical-Imaging:studyinstanceuid': study },
    { ...without(right, 'aws:SourceVpce'), 'AWS:sourcevpce': vpcEndpointId },
    // tags and time neither open nor close a read by themselves
    { ...right, 'aws:PrincipalTag/ProjectId': 'p-01jb0000000000000000000999' },
    { ...right, 'aws:PrincipalTag/GrantId': 'g-01jb0000000000000000000999' },
    without(right, 'aws:PrincipalTag/ProjectId', 'aws:PrincipalTag/GrantId', 'aws:SourceIdentity'),
    { ...right, 'aws:PrincipalTag/Role': 'officer', 'aws:PrincipalIsAWSService': 'true' },
    { ...right, 'aws:CurrentTime': '2036-11-29T12:30:00Z' },
  ];
}

/** What the reads may be asked on beside the development store. */
function otherStores(landscape: Landscape): readonly string[] {
  const { developmentStore, heldOutStore, accountId, region } = landscape;
  const id = developmentStore.slice(developmentStore.lastIndexOf('/') + 1);
  const imageSet = 'imageset/5f0e7a1b2c3d4e5f60718293a4b5c6d7';
  return [
    heldOutStore,
    `${heldOutStore}/${imageSet}`,
    `${developmentStore}/${imageSet}`,
    `${developmentStore}/`,
    `${developmentStore}0`,
    developmentStore.slice(0, -1),
    developmentStore.replace(accountId, '999988887777'),
    developmentStore.replace(region, 'us-east-1'),
    developmentStore.replace('arn:aws:', 'arn:aws-us-gov:'),
    developmentStore.replace(id, '*'),
    `arn:aws:medical-imaging:${region}:${accountId}:datastore/${'0'.repeat(32)}`,
    '*',
  ];
}

/** Questions about reads: every UID in a rightful request, every context with a few UIDs, every other store. */
function readQuestions(landscape: Landscape, reader: Reader): readonly Question[] {
  const { arc } = reader.place;
  const { developmentStore: resource } = landscape;
  const telling = [
    ...new Set([
      reader.studies?.at(0) ?? ownStudy(landscape, arc),
      ownStudy(landscape, arc),
      heldOutStudy(landscape, arc),
    ]),
  ];
  const others = otherStores(landscape);
  return reads.flatMap((action) => [
    ...studyUids(landscape, reader).map((study) => ({
      action,
      resource,
      context: rightful(landscape, study),
    })),
    ...telling.flatMap((study) =>
      contexts(landscape, study).map((context) => ({ action, resource, context })),
    ),
    ...others.flatMap((store) =>
      telling.map((study) => ({ action, resource: store, context: rightful(landscape, study) })),
    ),
  ]);
}

function oddlySpeltQuestions(landscape: Landscape, reader: Reader): readonly Question[] {
  const { arc } = reader.place;
  const studies = [reader.studies?.at(-1) ?? ownStudy(landscape, arc), heldOutStudy(landscape, arc)];
  return oddlySpeltReads.flatMap((action) =>
    studies.map((study) => ({
      action,
      resource: landscape.developmentStore,
      context: rightful(landscape, study),
    })),
  );
}

/**
 * Everything else that AWS could be asked. HealthImaging's own actions in a rightful request, without a study and from
 * elsewhere; the many of other services in one of the three in turn.
 */
function otherQuestions(landscape: Landscape, reader: Reader): readonly Question[] {
  const study = reader.studies?.at(0) ?? ownStudy(landscape, reader.place.arc);
  const right = rightful(landscape, study);
  const asked = [right, without(right, STUDY), without(right, STUDY, 'aws:SourceVpce')];
  return otherActions(landscape).flatMap((deed, index) => {
    const imaging = deed.action.startsWith('medical-imaging:');
    // what a session that lists studies may do elsewhere is asked of the session of a whole collection
    if (!imaging && reader.studies !== null) return [];
    return asked
      .filter((_, turn) => imaging || turn === index % asked.length)
      .map((context) => ({ ...deed, context }));
  });
}

/** All questions about one reader. */
export function readerQuestions(landscape: Landscape, reader: Reader): readonly Question[] {
  return [
    ...readQuestions(landscape, reader),
    ...oddlySpeltQuestions(landscape, reader),
    ...otherQuestions(landscape, reader),
  ];
}
