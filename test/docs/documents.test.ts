import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brokenLinks, documents, projectFolder, readDocument } from './documents';

describe('every document', () => {
  it.each(documents)('%s has only relative links that lead somewhere', (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });
});

describe('the index of decisions', () => {
  const records = readdirSync(join(projectFolder, 'docs', 'adr')).filter((name) =>
    /^\d{4}-.*\.md$/.test(name),
  );
  const rows = [...readDocument('docs/adr/README.md').matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$/gm)];

  it('has each record once, in order', () => {
    expect(rows.map(([, , name]) => name)).toEqual([...records].sort());
  });

  it('has the number and title that the record has', () => {
    for (const [, number, name, title] of rows)
      expect(readDocument(`docs/adr/${name}`).split('\n')[0]).toBe(`# ${number}: ${title}`);
  });

  it('uses no number twice', () => {
    const numbers = records.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('what is generated', () => {
  it.each(['scripts/write-quarantine-table.ts', 'scripts/write-policy-table.ts'])(
    '%s finds nothing to write',
    (script) => {
      const run = () =>
        execFileSync(process.execPath, ['--import', 'tsx', script, '--check'], {
          cwd: projectFolder,
          stdio: 'pipe',
          timeout: 60_000,
        });
      expect(run).not.toThrow();
    },
  );
});
