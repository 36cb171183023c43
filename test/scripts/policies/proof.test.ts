import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Configuration } from '../../../config/configuration';
import { example } from '../../../config/example';
import { checkConfiguration } from '../../../config/load-configuration';
import { coarsenesses, policyAt } from '../../../lambda/credentials/revocation-policy.contract';
import type { AccountPolicies, PolicyDocument } from '../../../scripts/policies/account-policies';
import { revocationSets, revokedQuestions } from '../../../scripts/policies/cases/revoked-cases';
import { heldOutGoals } from '../../../scripts/policies/held-out-goals';
import { kindOf } from '../../../scripts/policies/landscape';
import { disagreements, platformVerdict } from '../../../scripts/policies/platform-verdict';
import { entriesOf, everything, type Proof, type ProofEntry, proofOf } from '../../../scripts/policies/proof';
import type { QuestionContext } from '../../../scripts/policies/question';
import { reachableGoals } from '../../../scripts/policies/reach';
import { readerSessions } from '../../../scripts/policies/readers';
import { faultsOfResourcePolicies } from '../../../scripts/policies/resource-policy-rules';
import { richConfiguration } from '../../../scripts/policies/rich-configuration';
import { heldOutReasons, mixedThings, rightsOfRole } from '../../../scripts/policies/rules/function-rights';
import { readerMay } from '../../../scripts/policies/rules/reader-rules';
import { readerMayAfter } from '../../../scripts/policies/rules/revocation-rules';
import { reachesHeldOut } from '../../../scripts/policies/rules/things';
import { synthesisePolicies } from '../../../scripts/policies/synthesise-app';
import { functionsForPeople, waysIn } from '../../../scripts/policies/ways-in';
import { type DumpedEntry, secondOpinion } from './simulator';

interface Environment {
  readonly configuration: Configuration;
  readonly account: AccountPolicies;
  readonly proof: Proof;
}

async function environmentOf(configuration: Configuration): Promise<Environment> {
  const account = await synthesisePolicies(configuration);
  return { configuration, account, proof: proofOf(configuration, account) };
}

const environments: Environment[] = [];

beforeAll(async () => {
  environments.push(await environmentOf(checkConfiguration(example, 'config/example.ts')));
  environments.push(await environmentOf(richConfiguration()));
});

const proofs = () => environments.map(({ proof }) => proof);
const count = (entries: readonly ProofEntry[]) => entries.reduce((sum, { cases }) => sum + cases.length, 0);
const first = (entries: readonly ProofEntry[], many: number) => [...disagreements(entries)].slice(0, many);

describe('people’s roles', () => {
  it('may read what a grant is for, and nothing else: at least 20,000 decisions, and the evaluator agrees with the rules', () => {
    const decisions = proofs().reduce((sum, { readers }) => sum + count(readers), 0);
    console.info(`${decisions} decisions about people's roles`);
    expect(decisions).toBeGreaterThanOrEqual(20_000);
    expect(proofs().flatMap(({ readers }) => first(readers, 5))).toEqual([]);
  });

  it('are asked about both verdicts in every entry', () => {
    for (const entry of proofs().flatMap(({ readers }) => readers)) {
      expect(new Set(entry.cases.map(({ expect: verdict }) => verdict))).toEqual(new Set(['allow', 'deny']));
    }
  });

  it('are never allowed a held-out study or the held-out store with all of their policies', () => {
    for (const { landscape, readers } of proofs()) {
      const whole = readers.filter(({ name }) => !name.endsWith('alone'));
      const allowed = whole.flatMap(({ cases }) =>
        cases.filter(({ expect: verdict }) => verdict === 'allow'),
      );
      expect(allowed.length).toBeGreaterThan(500);
      for (const { resource, context } of allowed) {
        expect(resource).toBe(landscape.developmentStore);
        expect(JSON.stringify(context)).not.toMatch(new RegExp(`"${landscape.uidRoot}\\.\\d+\\.2\\.`));
      }
    }
  });

  it('have no session that comes without an entry, and no entry that no role has', () => {
    for (const { landscape, readers } of proofs()) {
      const people = landscape.roles.filter((role) =>
        ['researcher', 'viewer'].includes(kindOf(role, landscape).kind),
      );
      expect(new Set(readers.map(({ principal }) => principal))).toEqual(
        new Set(people.map(({ arn }) => arn)),
      );
    }
  });
});

describe('the boundary of a researcher’s role', () => {
  it('lets the role do no more than the rules say, whatever is attached to it', () => {
    for (const { landscape, readers } of proofs()) {
      for (const session of readerSessions(landscape).filter(({ scope }) => scope === 'no session policy')) {
        const entry = readers.find(({ name }) => name === `${session.role}, no session policy`);
        if (entry?.permissionsBoundary === undefined) continue;
        const widened = { ...entry, identityPolicies: [everything] };
        expect(first([widened], 3)).toEqual([]);
        expect(entry.cases.filter((asked) => secondOpinion(widened, asked) !== asked.expect)).toEqual([]);
      }
    }
  });
});

describe('golden cases, by hand', () => {
  const root = '1.3.6.1.4.1.32473.7';
  const inside = { 'aws:SecureTransport': 'true', 'aws:SourceVpce': 'vpce-0123456789abcdef0' };
  const study = (uid: string): QuestionContext => ({ ...inside, 'medical-imaging:StudyInstanceUID': uid });
  const read = 'medical-imaging:GetDICOMInstanceFrames';

  it.each<['allow' | 'deny', string, string, QuestionContext]>([
    ['allow', 'its own development study', read, study(`${root}.7.1.5`)],
    ['allow', 'the same, spelt otherwise', 'MEDICAL-IMAGING:getdicominstanceframes', study(`${root}.7.1.5`)],
    ['deny', 'its own held-out study', read, study(`${root}.7.2.5`)],
    ['deny', 'a study of arc 8', read, study(`${root}.8.1.5`)],
    ['deny', 'a study of arc 70', read, study(`${root}.70.1.5`)],
    ['deny', 'a study of arc 77', read, study(`${root}.77.1.5`)],
    ['deny', 'a split that begins with 1', read, study(`${root}.7.11.5`)],
    ['deny', 'the prefix without its last point', read, study(`${root}.7.1`)],
    ['deny', 'a wildcard for the arc', read, study(`${root}.*.1.5`)],
    ['deny', 'one character for the split', read, study(`${root}.7.?.5`)],
    ['deny', 'any study', read, study('*')],
    ['deny', 'no study', read, inside],
    ['deny', 'an empty study', read, study('')],
    ['deny', 'plain HTTP', read, { ...study(`${root}.7.1.5`), 'aws:SecureTransport': 'false' }],
    [
      'deny',
      'from anywhere',
      read,
      { 'aws:SecureTransport': 'true', 'medical-imaging:StudyInstanceUID': `${root}.7.1.5` },
    ],
    [
      'deny',
      'another endpoint',
      read,
      { ...study(`${root}.7.1.5`), 'aws:SourceVpce': 'vpce-0fedcba9876543210' },
    ],
    ['deny', 'a native read', 'medical-imaging:GetImageFrame', study(`${root}.7.1.5`)],
    ['deny', 'a search', 'medical-imaging:SearchDICOMInstances', study(`${root}.7.1.5`)],
    ['deny', 'a store', 'medical-imaging:StoreDICOMStudy', study(`${root}.7.1.5`)],
    ['deny', 'chaining', 'sts:AssumeRole', study(`${root}.7.1.5`)],
  ])('%s: a researcher of arc 7, dae-only, asks for %s', (verdict, _, action, context) => {
    const proof = proofs()[0];
    const entry = proof?.readers.find(
      ({ name }) => name === 'nmip-example-researcher-7-dae-only, whole collection',
    );
    if (proof === undefined || entry === undefined) throw new Error('no such session');
    const question = { action, resource: proof.landscape.developmentStore, context };
    expect(platformVerdict(entry)(question)).toBe(verdict);
    expect(secondOpinion(entry, { ...question, expect: verdict })).toBe(verdict);
    expect(platformVerdict(entry)({ ...question, resource: proof.landscape.heldOutStore })).toBe('deny');
  });
});

describe('what was revoked', () => {
  it('is denied to sessions from before, and nothing else is', () => {
    expect(proofs().flatMap(({ revoked }) => first(revoked, 5))).toEqual([]);
    for (const { name, cases } of proofs().flatMap(({ revoked }) => revoked)) {
      const allowed = cases.filter(({ expect: verdict }) => verdict === 'allow').length;
      expect([name, allowed > 0 && allowed < cases.length / 3 + 1]).toEqual([name, true]);
    }
  });

  it('stays denied where the policy is too long for the most precise denials', () => {
    for (const { landscape } of proofs()) {
      const names = {
        rolesOfArc: (arc: number) =>
          landscape.roleArn(`nmip/${landscape.environmentName}/researchers/*-researcher-${arc}-*`),
      };
      for (const session of readerSessions(landscape).filter(({ scope }) => scope === 'whole collection')) {
        // a grant belongs to one project: of the revoked grant there are no sessions for another
        const questions = revokedQuestions(landscape, session, session.roleArn).filter(
          ({ context }) =>
            !(
              String(context['aws:PrincipalTag/GrantId']).endsWith('1') &&
              String(context['aws:PrincipalTag/ProjectId']).endsWith('2')
            ),
        );
        for (const revocations of Object.values(revocationSets(session.place))) {
          for (const coarseness of coarsenesses) {
            const document = policyAt(coarseness, revocations, names) as unknown as PolicyDocument;
            const verdict = platformVerdict({
              name: coarseness,
              principal: session.roleArn,
              identityPolicies: [everything, document],
              sessionPolicy: null,
              trustPolicy: null,
            });
            const open = questions.filter((question) => verdict(question) === 'allow');
            const free = { ...session, studies: null };
            expect(
              open.filter(
                (question) =>
                  !readerMayAfter(revocations, free, question, landscape) &&
                  readerMay(free, question, landscape),
              ),
            ).toEqual([]);
          }
        }
      }
    }
  });
});

describe('who may take which role', () => {
  it('is the issuer, with project, grant and person, for researchers’ roles; one service for each other role', () => {
    expect(proofs().flatMap(({ assumptions }) => first(assumptions, 5))).toEqual([]);
  });

  it('the issuer is allowed some requests of each researcher’s role, and every other role some of its own service alone', () => {
    for (const { landscape, assumptions } of proofs()) {
      for (const role of landscape.roles) {
        const allowed = assumptions
          .filter(({ trustPolicy }) => trustPolicy === role.trustPolicy)
          .filter(({ cases }) =>
            cases.some(({ expect: verdict, resource }) => verdict === 'allow' && resource === role.arn),
          );
        expect([role.id, allowed.length]).toEqual([
          role.id,
          kindOf(role, landscape).kind === 'canary' ? 2 : 1,
        ]);
      }
    }
  });
});

describe('roles of functions and services', () => {
  it('may do what docs/architecture.md says of them', () => {
    expect(proofs().flatMap(({ functions }) => first(functions, 5))).toEqual([]);
  });

  it('touch what is held out only where a reason is given, and every reason is needed', () => {
    for (const { landscape } of proofs()) {
      for (const role of landscape.roles) {
        const kind = kindOf(role, landscape);
        const entry = kind.kind === 'function' ? kind.entry : undefined;
        const { may, heldOut } = rightsOfRole({ id: role.id, entry });
        const touches = may.some(reachesHeldOut);
        expect([role.id, touches]).toEqual([role.id, heldOut !== undefined]);
      }
    }
    expect(heldOutReasons().every((reason) => reason.length > 20)).toBe(true);
  });

  it('no policy at a resource lets in more than services and, for keys, the account', () => {
    for (const { account } of environments) {
      expect(account.resourcePolicies.length).toBeGreaterThan(50);
      expect(faultsOfResourcePolicies(account)).toEqual([]);
    }
  });
});

/**
 * What functions that answer people reach of held-out data through the lake. Who may read an object may list its bucket;
 * the rows of a release are numbered over both splits, and lists of evaluation sets are shown to officers alone.
 */
const readsOfRows =
  /^(s3:ListBucket on (held-out (rows|demographics)|lists of evaluation sets)|kms:(Decrypt|GenerateDataKey) on storage\/CatalogueKey)$/;
const readsOfTheLake: Readonly<Record<string, RegExp>> = {
  'cohorts/cohorts-api': readsOfRows,
  // scorecards stand under the catalogue's key
  'quality/quality-api': /^kms:(Decrypt|GenerateDataKey) on storage\/CatalogueKey$/,
  'releases/releases-api': readsOfRows,
  'splits/splits-api': new RegExp(`^s3:GetObject on lists of evaluation sets$|${readsOfRows.source}`),
};

describe('held-out data', () => {
  it('nothing that a person holds reaches any of it, alone or by another role, nor any other role at all', () => {
    for (const { account, proof } of environments) {
      const goals = heldOutGoals(proof.landscape);
      expect(goals.length).toBeGreaterThanOrEqual(100);
      for (const wayIn of waysIn(proof.landscape)) expect(reachableGoals(wayIn, account, goals)).toEqual([]);
    }
  });

  it('the walk finds what the issuer and the import role come to', () => {
    for (const { account, proof } of environments) {
      const wayIn = (id: string) => {
        const role = account.roles.find((candidate) => candidate.id === id);
        if (role === undefined) throw new Error(`no role ${id}`);
        const identityPolicies = role.identityPolicies.map(({ document }) => document);
        return { called: id, principal: role.arn, identityPolicies, sessionPolicy: null };
      };
      const goals = heldOutGoals(proof.landscape);
      const ofIssuer = reachableGoals(wayIn('credentials/CredentialsApiRole'), account, goals);
      expect(ofIssuer.map(({ goal }) => goal).sort()).toEqual(
        account.roles
          .filter((role) => kindOf(role, proof.landscape).kind === 'researcher')
          .map(({ id }) => `role ${id}`)
          .sort(),
      );
      expect(reachableGoals(wayIn('imaging/ImportRole'), account, goals)).toContainEqual({
        goal: 's3:GetObject on de-identified held-out files',
        path: ['imaging/ImportRole'],
      });
    }
  });

  it('functions that answer people open no image of it: what they read by themselves is listed, with the reason', () => {
    for (const { account, proof } of environments) {
      const serving = functionsForPeople(proof.landscape, account);
      expect(serving.length).toBeGreaterThanOrEqual(8);
      for (const wayIn of serving) {
        const direct = reachableGoals(wayIn, account, heldOutGoals(proof.landscape))
          .filter(({ path, goal }) => path.length === 1 && !goal.startsWith('role '))
          .map(({ goal }) => goal);
        for (const goal of direct) {
          if (readsOfTheLake[wayIn.called]?.test(goal)) continue;
          expect([wayIn.called, goal]).toEqual([
            wayIn.called,
            expect.stringMatching(
              /^(dynamodb:(GetItem|BatchGetItem|Query) on the ledger|kms:(Decrypt|GenerateDataKey) on (records\/LedgerKey|storage\/WorkKey)|s3:GetObject on results of submissions|s3:ListBucket on (held-out job outputs|results of submissions))$/,
            ),
          ]);
        }
      }
    }
    expect(Object.keys(mixedThings)).toEqual([
      'ledger',
      'steps',
      'release-unloads',
      'lake-answers',
      'leakage-reports',
      'commitments',
      'withdrawal-work',
    ]);
  });
});

describe('npm run policies -- --json', () => {
  it('pipes JSON on which a simulator that shares no code agrees in every case', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/policies.ts', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [json, code] = await Promise.all([
      text(child.stdout),
      new Promise<number | null>((resolve) => child.on('close', resolve)),
    ]);
    expect(code).toBe(0);
    const entries = JSON.parse(json) as readonly DumpedEntry[];
    const expected = proofs().flatMap(entriesOf);
    expect(entries.length).toBe(expected.length);
    let decisions = 0;
    const different: unknown[] = [];
    for (const entry of entries) {
      for (const asked of entry.cases) {
        decisions++;
        if (secondOpinion(entry, asked) !== asked.expect && different.length < 5)
          different.push({ entry: entry.name, ...asked });
      }
    }
    console.info(`${decisions} decisions in the JSON`);
    expect(different).toEqual([]);
    expect(decisions).toBeGreaterThanOrEqual(20_000);
    // stable: the same sources give the same bytes
    expect(json === `${JSON.stringify(expected)}\n`).toBe(true);
  }, 300_000);
});
