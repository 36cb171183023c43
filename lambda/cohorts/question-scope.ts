import type { GrantedScope } from '../catalogue/project-studies';
import type { ReleaseScope } from '../lake/sql/released-rows';
import { canonicalDigest } from '../platform/canonical-json';
import { refuseCohort } from './cohort-refusals';
import { canonicalFilter } from './filter-canonical.contract';
import { FilterError } from './filter-error.contract';
import { parseFilter } from './filter-parser.contract';
import { filterText } from './filter-text.contract';
import type { Condition, Filter } from './filter-tree.contract';

/** What a project asks about. */
export interface QuestionScope {
  readonly release: string;
  readonly collections: readonly string[];
  /** The filter as it was asked, in the form in which filters are kept. */
  readonly filter: Filter;
  /** The part of the release that is seen: never the held-out split. */
  readonly rows: ReleaseScope;
  /** Filter and collections in one text: the log tells questions apart by it, whoever asks. */
  readonly text: string;
}

/**
 * Reads a filter of a request.
 * @throws PlatformError with a code of `filterRefusals`
 */
export function readFilter(text: string): Filter {
  try {
    return canonicalFilter(parseFilter(text));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { position, found, expected, nearest } = error.fault;
    throw refuseCohort(error.code, {
      detail: error.message,
      extensions: { position, found, expected, ...(nearest !== undefined && { nearest }) },
    });
  }
}

/** What a filter means within the collections of a project. `listed` are the studies of the grants that list some. */
export function questionScope(
  release: string,
  filter: Filter,
  scopes: readonly GrantedScope[],
  listed: readonly string[],
): QuestionScope {
  const collections = scopes.map(({ collection }) => collection);
  const listing = scopes.flatMap(({ collection, listedBy }) => (listedBy === null ? [] : [collection]));
  const within: Condition = { kind: 'in-values', field: 'collection', negated: false, values: collections };
  const whole = canonicalFilter(
    filter.kind === 'everything' ? within : { kind: 'and', operands: [within, filter] },
  );
  const text = filterText(whole);
  return {
    release,
    collections,
    filter,
    rows: {
      release,
      splits: ['development'],
      collections,
      ...(listing.length > 0 && { listed: { collections: listing, studies: listed } }),
    },
    text: listing.length === 0 ? text : `${text} among ${canonicalDigest([listing, listed])}`,
  };
}
