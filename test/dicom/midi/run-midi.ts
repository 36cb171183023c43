import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAnswerKey, parseCsv, parseMapping } from './answer-key';
import { deidentifySet } from './run-set';
import {
  collapseBySeries,
  type ScoredInstance,
  type ScoreReport,
  score,
  summarise,
  type Tally,
} from './score';
import { ScoredFile } from './scored-file';
import { makeSyntheticSet } from './synthetic-set';

const usage = `npm run midi
  makes a synthetic set, de-identifies it and scores it
npm run midi -- --key KEY --instances CSV --outputs FOLDER --uids CSV --patients CSV
  scores outputs that are there: KEY is an answer key (CSV or JSON); the instances' CSV has the columns
  sop_instance_uid,series_instance_uid,study_instance_uid,patient_id of the sources; the mappings id_old,id_new
both: [--collapse] the worst result by action, tag and series; [--json]`;

const line = (name: string, { passed, checks, percent }: Tally): string =>
  `${name.padEnd(22)} ${String(passed).padStart(6)} of ${String(checks).padStart(6)}  ${percent.toFixed(2)} %`;

function print(report: ScoreReport, refused: Readonly<Record<string, number>>): void {
  console.log(line('all', report.all));
  console.log(line('removal', report.removal));
  console.log(line('retention', report.retention));
  console.log('\nby action');
  for (const [action, tally] of Object.entries(report.byAction)) console.log(line(action, tally));
  console.log('\nby category');
  for (const [category, tally] of Object.entries(report.byCategory)) console.log(line(category, tally));
  const failures = Object.entries(report.failures).sort((left, right) => right[1] - left[1]);
  if (failures.length > 0) console.log('\nfailed');
  for (const [place, count] of failures) console.log(`${String(count).padStart(6)}  ${place}`);
  for (const [code, count] of Object.entries(refused))
    console.log(`${String(count).padStart(6)}  refused: ${code}`);
  if (report.dropped > 0)
    console.log(`\n${report.dropped} checks of pixels could not be made and are left out.`);
}

/** Outputs by their SOP Instance UIDs; the files may lie in any folders below. */
function outputsBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile() && file.name.endsWith('.dcm'))
      .map((file) => [file.name.slice(0, -'.dcm'.length), join(file.parentPath, file.name)]),
  );
}

/** Instances of a real set: an output is found by the UID that its source's became, as `nmip deidentify` names it. */
function instancesOf(csv: string, folder: string, uids: ReadonlyMap<string, string>): ScoredInstance[] {
  const outputs = outputsBelow(folder);
  return parseCsv(csv)
    .slice(1)
    .map(([sopInstanceUid = '', seriesInstanceUid = '', studyInstanceUid = '', patientId = '']) => {
      const path = outputs.get(uids.get(sopInstanceUid) ?? '');
      const open = (): ScoredFile | null =>
        path === undefined || !existsSync(path) ? null : new ScoredFile(readFileSync(path));
      return { sopInstanceUid, seriesInstanceUid, studyInstanceUid, patientId, open };
    });
}

async function midi(): Promise<number> {
  const { values } = parseArgs({
    options: {
      key: { type: 'string' },
      instances: { type: 'string' },
      outputs: { type: 'string' },
      uids: { type: 'string' },
      patients: { type: 'string' },
      collapse: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const finish = (results: ReturnType<typeof score>, refused: Readonly<Record<string, number>>): number => {
    const report = summarise(values.collapse ? collapseBySeries(results) : results);
    if (values.json) console.log(JSON.stringify({ ...report, refused }, null, 2));
    else print(report, refused);
    return report.all.passed === report.all.checks && report.all.checks > 0 ? 0 : 1;
  };
  if (values.key === undefined) {
    const set = makeSyntheticSet('midi');
    const { instances, mappings, refused } = await deidentifySet(set);
    if (!values.json) {
      const modalities = new Set(set.objects.map(({ modality }) => modality)).size;
      console.log(`${set.objects.length} instances of ${modalities} modalities, ${set.key.length} actions\n`);
    }
    return finish(score(set.key, instances, mappings), refused);
  }
  const { key, instances, outputs, uids, patients } = values;
  if (instances === undefined || outputs === undefined || uids === undefined || patients === undefined) {
    throw new Error('An answer key needs instances, outputs and both mappings.');
  }
  const read = (path: string): string => readFileSync(path, 'utf8');
  const mappings = { uids: parseMapping(read(uids)), patientIds: parseMapping(read(patients)) };
  const scored = instancesOf(read(instances), outputs, mappings.uids);
  return finish(score(parseAnswerKey(read(key)), scored, mappings), {});
}

midi().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error), `\n${usage}`);
    process.exitCode = 2;
  },
);
