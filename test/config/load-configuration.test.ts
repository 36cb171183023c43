import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expiringLegalBases } from '../../config/configuration';
import { example } from '../../config/example';
import { ConfigurationError, checkConfiguration, loadConfiguration } from '../../config/load-configuration';

const [first, second] = example.collections;
if (first === undefined || second === undefined) throw new Error('the example has two collections');
const [trust] = example.trusts;
if (trust === undefined) throw new Error('the example has a trust');

const population = (id: string) => ({
  id,
  label: 'People who had a chest X-ray',
  source: 'Diagnostic Imaging Dataset',
  date: '2025-03-31',
  licence: 'Open Government Licence v3.0',
  attributes: { sex: { '1': 480, '2': 520 } },
});

function complaint(changes: Record<string, unknown>): string {
  try {
    checkConfiguration({ ...example, ...changes }, 'config/test.ts');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the environments of the project', () => {
  it.each(['example', 'local'])('%s is valid', (name) => {
    expect(loadConfiguration(name).environmentName).toBe(name);
  });

  it('an unknown name is answered with those that are known', () => {
    expect(() => loadConfiguration('prod')).toThrow(/Unknown environment "prod". Known: example, local\./);
  });

  it('a name of an object’s own properties is unknown too', () => {
    expect(() => loadConfiguration('constructor')).toThrow(ConfigurationError);
  });

  it('a bad field ends the app with status 1 and a message without a stack trace', () => {
    const root = join(__dirname, '..', '..');
    const run = spawnSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'bin/nmip.ts'], {
      cwd: root,
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ env: 'bad' }) },
      encoding: 'utf8',
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('Unknown environment "bad"');
    expect(run.stderr).not.toContain('    at ');
  });
});

describe('a bad field is named with its path, what was expected and where to change it', () => {
  it.each([
    ['region', { region: 3 }, 'region: expected string'],
    ['an account', { account: '1234' }, 'account: expected an AWS account number: 12 digits; found "1234"'],
    ['an ODS code', { trusts: [{ ...trust, odsCode: 'rx1' }] }, 'trusts[0].odsCode: expected an ODS code'],
    ['an ODS code used twice', { trusts: [trust, trust] }, 'trusts[1].odsCode: expected a code used once'],
    [
      'an arc used twice',
      { collections: [first, { ...second, arc: first.arc }] },
      'collections[1].arc: expected an arc used once',
    ],
    [
      'an id used twice',
      { collections: [first, { ...second, id: first.id }] },
      'collections[1].id: expected an id used once',
    ],
    [
      'a population to compare with under the id of another',
      { releases: { references: [population('imaged'), population('imaged')] } },
      'releases.references[1].id: expected an id used once; imaged stands above',
    ],
    [
      'a population under the id of the census',
      { releases: { references: [population('england-census-2021')] } },
      'releases.references[0].id: expected an id used once; england-census-2021 is that of the census',
    ],
    [
      'an office without an e-mail address',
      { publication: { ...example.publication, contact: { name: 'Data access office', email: 'none' } } },
      'publication.contact.email: expected an e-mail address; found "none"',
    ],
    ['a share above one half', { heldOutShare: 0.6 }, 'heldOutShare: expected'],
    [
      'an issuer without TLS',
      { oidc: { issuer: 'http://sign-in.example', audience: 'nmip' } },
      'oidc.issuer:',
    ],
    ['a portal with a path', { portalOrigin: 'https://nmip.example/x' }, 'portalOrigin: expected an origin'],
    [
      'a VPC endpoint',
      { dataAccessEnvironment: { vpcEndpointId: 'vpc-1' } },
      'dataAccessEnvironment.vpcEndpointId: expected the id of an interface VPC endpoint',
    ],
    ['a field that does not exist', { uidRoots: '1.2' }, '(the whole file): unknown uidRoots'],
    ['a nested field that does not exist', { clearance: { limitSeconds: 60, x: 1 } }, 'clearance: unknown x'],
  ])('%s', (_name, changes, expected) => {
    const message = complaint(changes);
    expect(message).toContain(expected);
    expect(message).toContain('config/test.ts');
  });

  it('all bad fields are named at once', () => {
    const message = complaint({ region: 'london', heldOutShare: -1, firstOfficers: [] });
    for (const field of ['region:', 'heldOutShare:', 'firstOfficers:']) expect(message).toContain(field);
  });
});

describe('UID root', () => {
  const longest = { ...first, arc: 9999 };

  // 64 characters less ".9999.1." leave 56: a root of 26 leaves 30 digits, one of 27 leaves 29
  it('a root that leaves 30 digits to the largest arc is taken', () => {
    const uidRoot = `1.2.${'3'.repeat(22)}`;
    expect(checkConfiguration({ ...example, uidRoot, collections: [longest] }, 'test').uidRoot).toBe(uidRoot);
  });

  it('a root that leaves 29 digits is refused', () => {
    const message = complaint({ uidRoot: `1.2.${'3'.repeat(23)}`, collections: [longest] });
    expect(message).toContain('uidRoot: expected a root that leaves at least 30 digits');
    expect(message).toContain('this one leaves 29');
  });

  it.each(['1.02.3', '1..2', '.1.2', '1.2.', '1.2.x', '12', ''])('%p is not a UID', (uidRoot) => {
    expect(complaint({ uidRoot })).toContain('uidRoot: expected a UID');
  });
});

describe('legal basis', () => {
  const ending = (endsOn: string) => ({
    collections: [{ ...first, legalBasis: { ...first.legalBasis, endsOn } }],
  });

  it('one that has ended is refused', () => {
    expect(complaint(ending('2020-01-31'))).toContain(
      'collections[0].legalBasis.endsOn: expected a day to come; the basis ended on 2020-01-31',
    );
  });

  it('one that ends soon is named and not refused', () => {
    const { collections } = checkConfiguration({ ...example, ...ending('2031-03-31') }, 'test');
    expect(expiringLegalBases(collections, '2031-03-01', 90)).toEqual([
      { id: first.id, endsOn: '2031-03-31' },
    ]);
    expect(expiringLegalBases(collections, '2030-03-01', 90)).toEqual([]);
  });
});

describe('times', () => {
  it('what waits for clearance is kept longer than it may wait', () => {
    const message = complaint({ clearance: { limitSeconds: 864_000 } });
    expect(message).toContain('retention.exchangeDays: expected a day more than clearance.limitSeconds');
  });

  it('files outlive a submission that is never completed, and the wait for clearance after it', () => {
    const days = (openSubmissionDays: number, landingDays: number) => ({
      retention: { openSubmissionDays, landingDays },
      clearance: { limitSeconds: 2 * 86_400 },
    });
    expect(complaint(days(8, 10))).toContain('retention.openSubmissionDays: expected fewer days');
    expect(() => checkConfiguration({ ...example, ...days(7, 10) }, 'test')).not.toThrow();
  });

  it('scanning for malware is refused beyond the 25 buckets that GuardDuty protects', () => {
    const trusts = Array.from({ length: 26 }, (_, index) => ({
      ...trust,
      odsCode: `R${String(index).padStart(2, '0')}`,
    }));
    expect(complaint({ trusts, malwareScanning: true })).toContain(
      'malwareScanning: expected false, or at most 25',
    );
  });
});
