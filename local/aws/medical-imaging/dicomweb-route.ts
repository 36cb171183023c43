import type { ConditionContext } from '../service';

/** A request of DICOMweb, by the action that IAM knows it by. */
export type DicomwebRoute =
  | { readonly action: 'GetDICOMInstance'; readonly uids: InstanceUids }
  | { readonly action: 'GetDICOMInstanceMetadata'; readonly uids: InstanceUids }
  | { readonly action: 'GetDICOMInstanceFrames'; readonly uids: InstanceUids; readonly frames: string }
  | { readonly action: 'GetDICOMBulkdata'; readonly uids: InstanceUids; readonly path: string }
  | { readonly action: 'GetDICOMSeriesMetadata'; readonly uids: SeriesUids }
  | { readonly action: 'SearchDICOMInstances'; readonly uids: SeriesUids }
  | { readonly action: 'SearchDICOMSeries' | 'StoreDICOMStudy'; readonly uids: StudyUids }
  | { readonly action: 'SearchDICOMStudies' | 'StoreDICOM'; readonly uids: NoUids };

interface NoUids {
  readonly study?: undefined;
  readonly series?: undefined;
}
interface StudyUids {
  readonly study: string;
  readonly series?: undefined;
}
export interface SeriesUids {
  readonly study: string;
  readonly series: string;
}
export interface InstanceUids extends SeriesUids {
  readonly instance: string;
}

const datastorePath = /^\/datastore\/([0-9a-z]{32})\/(studies(?:\/.*)?)$/;

/** Data store and DICOMweb part of a path; undefined where it is no DICOMweb path. */
export function dicomwebPath(
  rawPath: string,
): { readonly datastoreId: string; readonly segments: readonly string[] } | undefined {
  const [, datastoreId, rest] = datastorePath.exec(rawPath) ?? [];
  if (datastoreId === undefined || rest === undefined) return undefined;
  return { datastoreId, segments: rest.replace(/\/$/, '').split('/').map(decoded) };
}

/** The request that method and path make; undefined where HealthImaging has none such. */
export function dicomwebRoute(method: string, segments: readonly string[]): DicomwebRoute | undefined {
  const [, study, seriesWord, series, instancesWord, instance, ...rest] = segments;
  if (method === 'POST') {
    if (study === undefined) return { action: 'StoreDICOM', uids: {} };
    return segments.length === 2 ? { action: 'StoreDICOMStudy', uids: { study } } : undefined;
  }
  if (method !== 'GET') return undefined;
  if (study === undefined) return { action: 'SearchDICOMStudies', uids: {} };
  if (seriesWord !== 'series') return undefined;
  if (series === undefined) return { action: 'SearchDICOMSeries', uids: { study } };
  const uids = { study, series };
  if (instancesWord === 'metadata' && segments.length === 5)
    return { action: 'GetDICOMSeriesMetadata', uids };
  if (instancesWord !== 'instances') return undefined;
  if (instance === undefined) return { action: 'SearchDICOMInstances', uids };
  const whole = { ...uids, instance };
  const [what, argument] = rest;
  if (rest.length === 0) return { action: 'GetDICOMInstance', uids: whole };
  if (what === 'metadata' && rest.length === 1) return { action: 'GetDICOMInstanceMetadata', uids: whole };
  if (what === 'frames' && argument !== undefined && rest.length === 2) {
    return { action: 'GetDICOMInstanceFrames', uids: whole, frames: argument };
  }
  if (what === 'bulkdata' && argument !== undefined && rest.length === 2) {
    return { action: 'GetDICOMBulkdata', uids: whole, path: argument };
  }
  return undefined;
}

/**
 * Condition keys that HealthImaging gives for a request; absent where the action has none (service authorization
 * reference: SearchDICOMStudies and StoreDICOM have neither, SearchDICOMSeries and StoreDICOMStudy no series).
 */
export function conditionKeys(route: DicomwebRoute): ConditionContext {
  const { study, series } = route.uids;
  return {
    ...(study === undefined ? {} : { 'medical-imaging:StudyInstanceUID': study }),
    ...(series === undefined ? {} : { 'medical-imaging:SeriesInstanceUID': series }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
