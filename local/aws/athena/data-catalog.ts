/** What CloudFormation has made of Glue's catalogue: databases and their tables, with how their files are found. */

export interface CatalogColumn {
  readonly name: string;
  /** As Hive names it, lower case. */
  readonly type: string;
}

/** A partition column by partition projection: its values stand in the table, or come with each question. */
export type CatalogPartition = CatalogColumn &
  ({ readonly projection: 'enum'; readonly values: readonly string[] } | { readonly projection: 'injected' });

export interface CatalogTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly partitions: readonly CatalogPartition[];
  /** Location of a partition, with places like `${collection}`. */
  readonly locationTemplate: string;
  /** Whether a partition's objects are Parquet or lists of Parquet files; null for what is not read here. */
  readonly format: 'parquet' | 'listed-parquet' | null;
}

export class DataCatalog {
  private readonly databases = new Map<string, Map<string, CatalogTable>>();

  constructor(
    readonly accountId: string,
    readonly region: string,
  ) {}

  ensureDatabase(name: string): void {
    if (!this.databases.has(name)) this.databases.set(name, new Map());
  }

  putTable(table: CatalogTable): void {
    this.ensureDatabase(table.database);
    this.databases.get(table.database)?.set(table.name, table);
  }

  /** The tables of a database by name; undefined where there is no such database. */
  tables(database: string): ReadonlyMap<string, CatalogTable> | undefined {
    return this.databases.get(database);
  }

  arn(resource: string): string {
    return `arn:aws:glue:${this.region}:${this.accountId}:${resource}`;
  }
}
