import type { Readable } from 'node:stream';
import { AwsError, type Caller } from '../service';
import type { ItemReaderField, MapState } from './definition-schema';
import { type EvaluationScope, isArray } from './jsonata-template';
import type { Json } from './payload-limits';
import { StateError } from './state-error';
import { type MapItem, mapItems, wholeNumber } from './template-values';
import type { Engine } from './workflow';

/**
 * Items of a Distributed Map: from the object that ItemReader names (a JSON array, or JSON Lines), from Items, or from
 * the state's input.
 * @throws StateError `States.ItemReaderFailed`
 */
export async function readItems(
  state: MapState,
  scope: EvaluationScope,
  engine: Engine,
  caller: Caller,
): Promise<MapItem[]> {
  if (state.ItemReader) return readObject(state.ItemReader, scope, engine, caller);
  const source =
    state.Items === undefined
      ? scope.states.input
      : await engine.evaluator.evaluate(state.Items, scope, 'Items');
  return mapItems(source, 'Items');
}

async function readObject(
  reader: ItemReaderField,
  scope: EvaluationScope,
  engine: Engine,
  caller: Caller,
): Promise<MapItem[]> {
  const location = await engine.evaluator.evaluate(reader.Arguments, scope, 'ItemReader/Arguments');
  const { Bucket, Key } = location as { Bucket?: Json; Key?: Json };
  if (typeof Bucket !== 'string' || typeof Key !== 'string') {
    throw new StateError('States.ItemReaderFailed', 'ItemReader needs a Bucket and a Key.');
  }
  let text: string;
  try {
    const { body } = await engine.objects.getObject(caller, Bucket, Key);
    text = await textOf(body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StateError('States.ItemReaderFailed', `${error.code}: ${error.message}`);
  }
  const { InputType, MaxItems } = reader.ReaderConfig;
  const values = InputType === 'JSON' ? jsonArray(text) : jsonLines(text);
  const most =
    MaxItems === undefined
      ? values.length
      : wholeNumber(await engine.evaluator.evaluate(MaxItems, scope, 'MaxItems'), 'MaxItems');
  const items = values.slice(0, most).map((Value, Index) => ({ Index, Value }));
  return items;
}

function jsonArray(text: string): readonly Json[] {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new StateError('States.ItemReaderFailed', 'The object of ItemReader is not JSON.');
  }
  if (isArray(value)) return value;
  throw new StateError('States.ItemReaderFailed', 'The object of ItemReader is not a JSON array.');
}

function jsonLines(text: string): Json[] {
  const values: Json[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line) as Json);
    } catch {
      throw new StateError(
        'States.ItemReaderFailed',
        `Line ${index + 1} of ItemReader's object is not JSON.`,
      );
    }
  }
  return values;
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
