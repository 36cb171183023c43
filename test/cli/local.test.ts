import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
beforeAll(() => command.build());
afterAll(() => command.remove());

/** A folder that looks like a checkout, with a drill that says what it was asked and ends with a code. */
function checkout(name: string, installed: boolean): string {
  const folder = join(command.folder, name);
  mkdirSync(join(folder, 'local', 'drill'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'nmip' }));
  writeFileSync(
    join(folder, 'local', 'drill', 'drill.ts'),
    'console.log(JSON.stringify(process.argv.slice(2))); process.exit(1);',
  );
  if (installed) symlinkSync(join(__dirname, '..', '..', 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

it('nmip local drill says that it runs in a checkout only', async () => {
  const { code, stderr } = await command.run('nobody', ['local', 'drill']);
  expect(code).toBe(2);
  expect(stderr).toContain('NOT_IN_A_CHECKOUT');
});

it('nmip local drill says where packages are not installed', async () => {
  const { code, stderr } = await command.run('nobody', ['local', 'drill'], { cwd: checkout('bare', false) });
  expect(code).toBe(2);
  expect(stderr).toContain('CHECKOUT_NOT_INSTALLED');
});

it('nmip local drill runs the drill of the checkout that it stands in, from below too, and ends with its code', async () => {
  const folder = checkout('whole', true);
  const words = ['local', 'drill', '--seed', 's', '--files', '20', '--faults', '0', '--report', 'r.json'];
  const { code, stdout } = await command.run('nobody', words, { cwd: join(folder, 'local') });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    '--seed',
    's',
    '--files',
    '20',
    '--faults',
    '0',
    '--report',
    join(folder, 'local', 'r.json'),
  ]);
});

it.each([
  ['--files', '10'],
  ['--faults', '-1'],
  ['--files', 'many'],
])('nmip local drill takes no %s %s', async (option, value) => {
  const { code } = await command.run('nobody', ['local', 'drill', `${option}=${value}`]);
  expect(code).toBe(2);
});
