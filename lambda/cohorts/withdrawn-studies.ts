import type { QueryEngine } from '../lake/query-engine';
import { withdrawnUidRow, withdrawnUidsSelect } from '../lake/sql/withdrawn-studies';
import type { Clock } from '../platform/clock';

/** A list is read in pages, one soon after the other: they need not ask the lake each. */
const keptMilliseconds = 60_000;

/** Studies that were ever withdrawn, as the lake knows them. */
export class WithdrawnStudies {
  private readonly kept = new Map<string, { readonly at: number; readonly studies: ReadonlySet<string> }>();

  constructor(
    private readonly engine: Pick<QueryEngine, 'rows'>,
    private readonly clock: Clock,
  ) {}

  /** Those of some collections, as of a minute ago at the earliest. */
  async of(collections: readonly string[]): Promise<ReadonlySet<string>> {
    const name = [...collections].sort().join();
    const now = this.clock.now().getTime();
    const kept = this.kept.get(name);
    if (kept !== undefined && now - kept.at < keptMilliseconds) return kept.studies;
    const rows = await this.engine.rows(withdrawnUidsSelect(collections), withdrawnUidRow);
    const studies = new Set(rows.map((row) => row.study_instance_uid));
    this.kept.set(name, { at: now, studies });
    return studies;
  }
}
