/** The parts of dynalite that are used in process: its database, its validations and its operations. */

declare module 'dynalite/db' {
  export interface Table {
    TableName: string;
    TableStatus: string;
    KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
    AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
    GlobalSecondaryIndexes?: {
      IndexName: string;
      IndexStatus?: string;
      KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
      Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
    }[];
    [member: string]: unknown;
  }
  export type AttributeValue = Readonly<Record<string, unknown>>;
  export type Item = Record<string, AttributeValue>;
  export type Callback<T = unknown> = (error: unknown, value?: T) => void;
  export interface SubDatabase {
    get(key: string, callback: Callback): void;
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    lock(key: string, run: (release: (callback: Callback) => Callback) => void): void;
    createValueStream?(options: object): NodeJS.ReadableStream;
  }
  export type BatchOperation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
  export interface Store {
    readonly options: Readonly<Record<string, unknown>>;
    readonly db: {
      open(): Promise<void>;
      get(key: string): Promise<unknown>;
      /** Undefined where nothing stands. */
      getSync(key: string): unknown;
      batch(operations: BatchOperation[]): Promise<void>;
      close(): Promise<void>;
      iterator(options: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
    };
    readonly tableDb: SubDatabase & { awsAccountId: string; awsRegion: string };
    getTable(name: string, callback: Callback<Table>): void;
    getTable(name: string, checkStatus: boolean, callback: Callback<Table>): void;
    getItemDb(name: string): SubDatabase;
    getIndexDb(indexType: string, tableName: string, indexName: string): SubDatabase;
  }
  export function create(options: { path?: string; createTableMs: number }): Store;
  export function createKey(item: Readonly<Item>, table: Table): string;
  export function validateKey(key: Readonly<Item>, table: Table): Error | undefined;
  export function checkConditional(data: object, existing: Item | undefined): Error | null | undefined;
}

declare module 'dynalite/validations' {
  import type { Store } from 'dynalite/db';
  export function checkTypes(data: object, types: object): Record<string, unknown>;
  export function checkValidations(data: object, types: object, custom: unknown, store: Store): void;
}
