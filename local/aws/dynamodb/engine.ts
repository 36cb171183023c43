import { createRequire } from 'node:module';
import {
  type Callback,
  create,
  createKey,
  type Item,
  type Store,
  type SubDatabase,
  type Table,
  validateKey,
} from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import { AwsError } from '../service';
import { asAwsError } from './dynamodb-error';
import { OverlayStore } from './overlay-store';
import { readAtOnce } from './read-at-once';
import { type ConditionParser, rememberingParser } from './remembered-conditions';

/** Operations that dynalite performs, by the name of its module. */
export type EngineOperation =
  | 'batchGetItem'
  | 'batchWriteItem'
  | 'createTable'
  | 'deleteItem'
  | 'describeTable'
  | 'getItem'
  | 'listTables'
  | 'putItem'
  | 'query'
  | 'scan'
  | 'updateItem';

/** Members of a request after dynalite has checked them; expressions are parsed into members that begin with `_`. */
export type CheckedRequest = Record<string, unknown>;

type OperationModule = (
  store: Store,
  data: CheckedRequest,
  callback: (error: unknown, result?: unknown) => void,
) => void;
interface ValidationModule {
  readonly types: object;
  readonly custom?: unknown;
}

const load = createRequire(__filename);
/** The object by which dynalite's validations call the parser. */
const conditionParser: ConditionParser = load('dynalite/db/conditionParser');
conditionParser.parse = rememberingParser({ parse: conditionParser.parse });

const loadOperation = (name: EngineOperation): OperationModule => load(`dynalite/actions/${name}`);
const loadValidation = (name: EngineOperation): ValidationModule => load(`dynalite/validations/${name}`);

/**
 * dynalite's database and operations in process. Writes run one at a time against an overlay and reach the disk in one
 * atomic batch.
 */
export class DynamoEngine {
  private readonly store: Store;
  private readonly tables = new Map<string, Table>();
  private writes: Promise<unknown> = Promise.resolve();
  private readonly running = new Set<Promise<unknown>>();
  private closing = false;

  constructor(folder: string, accountId: string, region: string) {
    this.store = create({ path: folder, createTableMs: 0 });
    this.store.tableDb.awsAccountId = accountId;
    this.store.tableDb.awsRegion = region;
    this.rememberTables();
    this.readItemsAtOnce();
  }

  /** Opens the database. Throws where another process holds it. */
  open(): Promise<void> {
    return this.store.db.open();
  }

  /** Waits for what is under way: dynalite reads on in later turns, and throws into nowhere on a closed database. */
  async close(): Promise<void> {
    await this.writes.catch(() => undefined);
    this.closing = true;
    await Promise.allSettled(this.running);
    await this.store.db.close();
  }

  get database(): Store['db'] {
    return this.store.db;
  }

  /**
   * Checks a request as DynamoDB would and parses its expressions. The request is given away: what it holds goes into the
   * result, without the members of structures that DynamoDB does not know.
   */
  check(operation: EngineOperation, request: object): CheckedRequest {
    const { types, custom } = loadValidation(operation);
    try {
      const data = checkTypes({ ...request }, types);
      checkValidations(data, types, custom, this.store);
      return data;
    } catch (error) {
      throw asAwsError(error);
    }
  }

  /** Runs a checked request against the database, or against the overlay of a write. */
  run(
    operation: EngineOperation,
    data: CheckedRequest,
    store: Store = this.store,
  ): Promise<Record<string, unknown>> {
    if (this.closing)
      return Promise.reject(new AwsError('InternalServerError', 'the database is being closed', 500));
    const result = new Promise<Record<string, unknown>>((resolve, reject) => {
      loadOperation(operation)(store, data, (error, answer) => {
        if (error) reject(asAwsError(error));
        else resolve(answer as Record<string, unknown>);
      });
    });
    this.running.add(result);
    const forget = () => this.running.delete(result);
    result.then(forget, forget);
    return result;
  }

  /** Runs `write` alone, after every write before it. What it puts on the overlay is lost unless it commits. */
  exclusively<T>(write: (overlay: OverlayStore) => Promise<T>): Promise<T> {
    const result = this.writes.then(() => write(new OverlayStore(this.store)));
    this.writes = result.catch(() => undefined);
    return result;
  }

  /** Takes a table as it is for the rest of the run: nobody changes a table that is in use. */
  remember(table: Table): void {
    this.tables.set(table.TableName, table);
  }

  /** dynalite reads a table's description anew for every operation, which costs as much as reading an item. */
  private rememberTables(): void {
    const read = this.store.getTable.bind(this.store) as (
      name: string,
      check: boolean,
      callback: Callback<Table>,
    ) => void;
    const getTable = (name: string, check: boolean | Callback<Table>, callback?: Callback<Table>): void => {
      const answer = typeof check === 'function' ? check : callback;
      const known = this.tables.get(name);
      if (!answer) return;
      if (known) process.nextTick(answer, null, known);
      else read(name, typeof check === 'function' ? true : check, answer);
    };
    Object.assign(this.store, { getTable });
  }

  private readItemsAtOnce(): void {
    const { db } = this.store;
    const open = this.store.getItemDb.bind(this.store);
    const getItemDb = (name: string): SubDatabase => ({
      ...open(name),
      get: (key, callback) => readAtOnce(db, `item-${name}~${key}`, callback),
    });
    Object.assign(this.store, { getItemDb });
  }

  /** @throws AwsError `ResourceNotFoundException` */
  table(name: string): Promise<Table> {
    return new Promise((resolve, reject) => {
      this.store.getTable(name, false, (error, table) => {
        if (error || !table) reject(asAwsError(error));
        else resolve(table);
      });
    });
  }

  /** Key of an item in the database. Throws `ValidationException` where the key does not match the table's schema. */
  itemKey(table: Table, key: Item): string {
    const invalid = validateKey(key, table);
    if (invalid) throw asAwsError(invalid) as AwsError;
    return createKey(key, table);
  }
}
