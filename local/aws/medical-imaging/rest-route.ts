/** Operations of HealthImaging's SDK clients that the embedded platform offers. */
export type RestOperation =
  | 'CreateDatastore'
  | 'GetDatastore'
  | 'ListDatastores'
  | 'DeleteDatastore'
  | 'StartDICOMImportJob'
  | 'GetDICOMImportJob'
  | 'ListDICOMImportJobs'
  | 'SearchImageSets'
  | 'GetImageSet'
  | 'GetImageSetMetadata'
  | 'GetImageFrame'
  | 'ListImageSetVersions'
  | 'DeleteImageSet'
  | 'ListTagsForResource'
  | 'TagResource'
  | 'UntagResource';

/** Operations that HealthImaging has and the embedded platform refuses by name. */
export type RefusedOperation = 'CopyImageSet' | 'UpdateImageSetMetadata';

export interface RestRoute {
  readonly operation: RestOperation | RefusedOperation;
  /** Ids in the path: data store, then image set or job; or the ARN of a resource. */
  readonly ids: readonly string[];
}

const store = '([0-9a-zA-Z]+)';

const routes: readonly (readonly [method: string, path: RegExp, operation: RestRoute['operation']])[] = [
  ['POST', /^\/datastore$/, 'CreateDatastore'],
  ['GET', /^\/datastore$/, 'ListDatastores'],
  ['GET', new RegExp(`^/datastore/${store}$`), 'GetDatastore'],
  ['DELETE', new RegExp(`^/datastore/${store}$`), 'DeleteDatastore'],
  ['POST', new RegExp(`^/startDICOMImportJob/datastore/${store}$`), 'StartDICOMImportJob'],
  ['GET', new RegExp(`^/getDICOMImportJob/datastore/${store}/job/${store}$`), 'GetDICOMImportJob'],
  ['GET', new RegExp(`^/listDICOMImportJobs/datastore/${store}$`), 'ListDICOMImportJobs'],
  ['POST', new RegExp(`^/datastore/${store}/searchImageSets$`), 'SearchImageSets'],
  ['POST', imageSetPath('getImageSet'), 'GetImageSet'],
  ['POST', imageSetPath('getImageSetMetadata'), 'GetImageSetMetadata'],
  ['POST', imageSetPath('getImageFrame'), 'GetImageFrame'],
  ['POST', imageSetPath('listImageSetVersions'), 'ListImageSetVersions'],
  ['POST', imageSetPath('deleteImageSet'), 'DeleteImageSet'],
  ['POST', imageSetPath('copyImageSet'), 'CopyImageSet'],
  ['POST', imageSetPath('updateImageSetMetadata'), 'UpdateImageSetMetadata'],
  ['GET', /^\/tags\/(.+)$/, 'ListTagsForResource'],
  ['POST', /^\/tags\/(.+)$/, 'TagResource'],
  ['DELETE', /^\/tags\/(.+)$/, 'UntagResource'],
];

/** The operation that method and path name; undefined where there is none. */
export function restRoute(method: string, rawPath: string): RestRoute | undefined {
  for (const [wanted, path, operation] of routes) {
    const match = wanted === method ? path.exec(rawPath) : null;
    if (match) return { operation, ids: match.slice(1).map((id) => decodeURIComponent(id)) };
  }
  return undefined;
}

function imageSetPath(verb: string): RegExp {
  return new RegExp(`^/datastore/${store}/imageSet/${store}/${verb}$`);
}
