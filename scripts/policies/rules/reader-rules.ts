import type { Landscape, ReadingPlace } from '../landscape';
import { keyValue, type Question } from '../question';

/** Somebody who reads images: a researcher by a credential, or a viewer's bearer token. */
export interface Reader {
  readonly reader: 'researcher' | 'viewer';
  readonly place: ReadingPlace;
  /** Studies that the credential lists; `null`: the whole collection's development split. */
  readonly studies: readonly string[] | null;
}

/** The DICOMweb reads that know a study's UID (HealthImaging's service authorization reference), written out here again. */
const READS: ReadonlySet<string> = new Set([
  'medical-imaging:getdicombulkdata',
  'medical-imaging:getdicominstance',
  'medical-imaging:getdicominstanceframes',
  'medical-imaging:getdicominstancemetadata',
  'medical-imaging:getdicomseriesmetadata',
]);

/** `<root>.<arc>.1.`, with the point that keeps arc 7 from 70 and split 1 from 10. */
function beginningOfDevelopment({ uidRoot }: Landscape, arc: number): string {
  return [uidRoot, String(arc), '1', ''].join('.');
}

/**
 * Whether a reader may do what a request asks, by the rules of docs/architecture.md and docs/adr/0010: the five reads, on
 * the development data store, of development studies of the own collection (of the listed ones, where some are listed),
 * through TLS, and for `dae-only` through the Data Access Environment's endpoint. What a request does not say of itself
 * never counts in its favour.
 */
export function readerMay(reader: Reader, question: Question, landscape: Landscape): boolean {
  return isWithinGrant(reader, question, landscape) && comesFromWhereItMay(reader, question, landscape);
}

function isRead({ action }: Question): boolean {
  return READS.has(action.toLowerCase());
}

function isWithinGrant({ place, studies }: Reader, question: Question, landscape: Landscape): boolean {
  const { resource, context } = question;
  if (!isRead(question)) return false;
  if (resource !== landscape.developmentStore) return false;
  const study = keyValue(context, 'medical-imaging:StudyInstanceUID');
  if (study === undefined) return false;
  if (!study.startsWith(beginningOfDevelopment(landscape, place.arc))) return false;
  if (studies !== null && !studies.includes(study)) return false;
  return keyValue(context, 'aws:SecureTransport') === 'true';
}

function comesFromWhereItMay({ place }: Reader, { context }: Question, landscape: Landscape): boolean {
  return place.accessMode === 'direct' || keyValue(context, 'aws:SourceVpce') === landscape.vpcEndpointId;
}

/**
 * What the Allows of a reader's role may come to by themselves: no more than the grant, even if every Deny were lost.
 */
export function readerMayByAllowsAlone(reader: Reader, question: Question, landscape: Landscape): boolean {
  return isWithinGrant(reader, question, landscape);
}

/**
 * What the Denies of a reader's role leave by themselves, where somebody has attached a policy that allows everything: the
 * five reads, not through plain HTTP, and only from where the role may be used.
 */
export function readerMayByDeniesAlone(reader: Reader, question: Question, landscape: Landscape): boolean {
  return (
    isRead(question) &&
    keyValue(question.context, 'aws:SecureTransport') !== 'false' &&
    comesFromWhereItMay(reader, question, landscape)
  );
}
