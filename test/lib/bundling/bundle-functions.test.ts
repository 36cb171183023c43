import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../../cdk.json';
import { configurationFileName } from '../../../lambda/platform/configuration.contract';
import { functionBundle, taskImageFolder } from '../../../lib/bundling/bundle-functions';
import { functionEntries, taskEntries } from '../../../lib/bundling/function-entries';
import { exampleStage } from '../synthesized-stage';

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'nmip-synth-'));
});
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
  // a process of the test runner does not announce its end to what it ran
  rmSync(dirname(functionBundle('submission/submission-api')), { recursive: true, force: true });
});

describe('bundle of a function', () => {
  it('has the configuration beside it where the function reads some, in a folder of that configuration', () => {
    const [one, other] = ['{"trusts":[]}\n', '{"trusts":[1]}\n'].map((text) =>
      functionBundle('submission/submission-api', text),
    );
    expect(one).not.toBe(other);
    expect(readdirSync(one ?? '').sort()).toEqual(['configuration.json', 'index.js']);
    expect(readFileSync(join(other ?? '', 'configuration.json'), 'utf8')).toBe('{"trusts":[1]}\n');
    expect(readdirSync(functionBundle('submission/submission-api'))).toEqual(['index.js']);
  });

  it('leaves out what no function uses: credentials from elsewhere than the environment, languages of messages', () => {
    for (const entry of functionEntries) {
      const code = readFileSync(join(functionBundle(entry), 'index.js'), 'utf8');
      // names in the SDK's providers for single sign-on, profiles and web identity, and a word of zod's Dutch
      expect(code).not.toMatch(/fromSSO|fromProcess|fromTokenFile|Ongeldige/);
    }
  });

  it('of a container stands with its configuration and the recipe of its image, of the same pass', () => {
    for (const entry of taskEntries) {
      const folder = taskImageFolder(entry, '{}\n', true);
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'configuration.json', 'index.js']);
      const recipe = readFileSync(join(folder, 'Dockerfile'), 'utf8');
      expect(recipe).toMatch(/^FROM [\w./-]+:[\w.-]+$/m);
      expect(recipe).toMatch(/^USER node$/m);
      const code = readFileSync(join(folder, 'index.js'), 'utf8');
      expect(code).toContain('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
      expect(code).not.toMatch(/fromSSO|fromProcess|fromTokenFile/);
      expect(dirname(folder)).toBe(dirname(functionBundle(entry)));
    }
    expect(readdirSync(taskImageFolder('deidentification/deidentify-batch', '{}', false))).toEqual([
      'Dockerfile',
    ]);
  });

  it('carries the configuration to exactly the functions that read it, each its own part', () => {
    const app = new App({ context, outdir });
    const stage = exampleStage(app);
    app.synth();
    const functions = stage.node.children
      .filter(Stack.isStack)
      .flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')));
    const parts = functions.map(({ Properties }): [string, string[]] => {
      const folder = join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`);
      const file = join(folder, configurationFileName);
      const part: object = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
      return [Properties.Description, Object.keys(part)];
    });
    expect(parts).toHaveLength(functionEntries.length);
    expect(Object.fromEntries(parts.filter(([, names]) => names.length > 0))).toEqual({
      'Submissions of trusts': ['collections', 'trusts'],
      'Checks demographics tables of trusts': ['collections'],
      'Demographics of imaged patients, under their pseudonyms': ['trusts'],
      'Balances and signs the receipt': ['collections'],
      'Quarantined files: lists, releases, rejections': ['collections', 'trusts'],
      'Asks the opt-out service': ['trusts'],
      'Withdrawals of patients, studies and trusts': ['collections', 'trusts'],
      'Takes the rows of a release': ['trusts'],
      'Merges the small files of the lake': ['collections'],
      'Lists and counts what a release holds': ['collections', 'publication', 'releases'],
      'The making of releases, for officers': ['collections'],
      'Counts under the disclosure rule, and cohorts': ['cohorts', 'releases'],
      'Scorecards of trusts and the quality of collections': ['collections', 'trusts'],
      'Scorecards of trusts for the weeks that are over': ['collections', 'trusts'],
      'De-identifies and proves a few files': ['collections', 'trusts'],
      'People, applications, decisions, projects': ['collections', 'trusts'],
      'Ends grants in time, reminds before, keeps the public register': ['collections'],
      'The public register of projects': ['collections'],
      'Takes access away, and opens again what was shut': ['collections'],
      'Cuts a credential from a grant of the register': ['collections'],
      'Bearer token of a viewer to the role of a collection': ['collections'],
    });
  }, 60_000);
});
