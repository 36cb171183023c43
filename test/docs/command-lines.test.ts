import type { Command } from 'commander';
import { type CommandName, commands } from '../../cli/commands';
import { documents, fencedLines, readDocument, sectionOf } from './documents';

/** A line of a document that runs the command: its words after `nmip`. */
interface CommandLine {
  readonly document: string;
  readonly line: string;
  readonly words: readonly string[];
}

function commandLines(document: string): CommandLine[] {
  const text = readDocument(document);
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...fencedLines(text), ...inline].flatMap((line) => {
    const words = /(?:^|\$\(|^ *)(?:npx )?nmip ([^#|"]*)/.exec(line.trim())?.[1];
    return words === undefined ? [] : [{ document, line, words: words.trim().split(/\s+/) }];
  });
}

const lines = documents.flatMap(commandLines).filter(({ words: [first = ''] }) => /^[a-z]/.test(first));
const isKnown = (name: string): name is CommandName => Object.hasOwn(commands, name);

/** Long options of a subcommand, those of its own subcommand included. */
function optionsOf(command: Command, words: readonly string[]): string[] {
  const nested = command.commands.find((each) => words.includes(each.name()));
  return [command, ...(nested ? [nested] : [])].flatMap((each) =>
    each.options.flatMap(({ long, negate }) => (long ? (negate ? [long, long] : [long]) : [])),
  );
}

it('documents show command lines', () => {
  expect(lines.length).toBeGreaterThan(20);
});

it('every subcommand in a document exists', () => {
  expect(lines.filter(({ words: [name = ''] }) => !isKnown(name))).toEqual([]);
});

it('every subcommand stands in docs/command.md', () => {
  const shown = new Set(commandLines('docs/command.md').map(({ words }) => words[0]));
  expect(Object.keys(commands).filter((name) => !shown.has(name))).toEqual([]);
});

it('every option in a document exists', async () => {
  const unknown: string[] = [];
  for (const { document, line, words } of lines) {
    const [name = ''] = words;
    if (!isKnown(name)) continue;
    const known = ['--help', ...optionsOf(await commands[name].load(), words)];
    for (const word of words.filter((each) => each.startsWith('--')))
      if (!known.includes(word.replace(/[^a-z-].*$/, ''))) unknown.push(`${document}: ${line}`);
  }
  expect(unknown).toEqual([]);
});

it('exit codes of docs/command.md are those of the command', async () => {
  const { exitCode } = await import('../../cli/terminal/exit-code');
  const rows = [...sectionOf(readDocument('docs/command.md'), '## Conventions').matchAll(/^\| (\d+) +\|/gm)];
  const documented = rows.map(([, code]) => Number(code));
  expect(documented).toEqual(expect.arrayContaining(Object.values(exitCode)));
});
