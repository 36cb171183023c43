import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * The rows of Athena's file of results, without the row of names: every value in quotation marks, a mark doubled in a
 * value, null as nothing at all between two commas (Athena User Guide, "Work with query results").
 * @throws Error where the file ends within a value or is not of this form
 */
export async function* readResultFile(file: Readable): AsyncGenerator<(string | null)[]> {
  const decoder = new StringDecoder('utf8');
  const parser = new ResultParser();
  let first = true;
  const withoutNames = function* (rows: Iterable<(string | null)[]>) {
    for (const row of rows) {
      if (!first) yield row;
      first = false;
    }
  };
  for await (const chunk of file) yield* withoutNames(parser.take(decoder.write(chunk as Buffer)));
  yield* withoutNames(parser.take(decoder.end()));
  parser.end();
}

class ResultParser {
  private values: (string | null)[] = [];
  private text = '';
  private state: 'before' | 'within' | 'quote' = 'before';

  *take(chunk: string): Generator<(string | null)[]> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.state === 'within') {
        const end = chunk.indexOf('"', at);
        if (end < 0) break;
        this.text += chunk.slice(from, end);
        this.state = 'quote';
        at = end;
        continue;
      }
      const character = chunk[at];
      if (character === '"') {
        if (this.state === 'quote') this.text += '"';
        this.state = 'within';
        from = at + 1;
      } else if (character === ',' || character === '\n') {
        this.values.push(this.state === 'quote' ? this.text : null);
        this.text = '';
        this.state = 'before';
        if (character === '\n') {
          yield this.values;
          this.values = [];
        }
      } else throw new Error('a value of a file of results stands outside quotation marks');
    }
    if (this.state === 'within') this.text += chunk.slice(from);
  }

  end(): void {
    if (this.state !== 'before' || this.values.length > 0)
      throw new Error('a file of results ends within a row');
  }
}
