import {
  acknowledgementReasons,
  type LeakageFinding,
  type LeakageKind,
  type LeakageReport,
} from '../../lambda/splits/leakage.contract';
import { count, plural } from '../terminal/text';

/** Digits of a finding's id that are printed; among a thousand findings they are one finding's alone. */
const idDigits = 12;

export const shortId = ({ id }: Pick<LeakageFinding, 'id'>): string => id.slice(0, idDigits);

const whatItIs: Readonly<Record<LeakageKind, string>> = {
  'patient-in-both': 'one pseudonym in both splits',
  'same-person': 'two pseudonyms with one Patient ID of one trust',
  'same-pixels': 'the same pixels of two patients',
  'near-duplicate': 'images of two patients that look alike',
};

/** Reasons for which a finding of this kind may be acknowledged. */
const reasonsFor = (kind: LeakageKind): string[] =>
  Object.entries(acknowledgementReasons).flatMap(([reason, kinds]) =>
    (kinds as readonly LeakageKind[]).includes(kind) ? [reason] : [],
  );

/** Whether anything still has to be looked at before the release goes on. */
export const isOpen = ({ findings, more }: Pick<LeakageReport, 'findings' | 'more'>): boolean =>
  findings.length > 0 || more;

function findingText(finding: LeakageFinding): string {
  const { kind, images, distance, development, heldOut } = finding;
  const alike = kind === 'same-pixels' || kind === 'near-duplicate';
  const amount = alike ? plural(images, 'pair of images', 'pairs of images') : plural(images, 'image');
  const nearest = distance === undefined ? '' : `, the nearest ${plural(distance, 'bit')} of 256 apart`;
  const reasons = reasonsFor(kind);
  const sides = [
    ['development', development],
    ['held out', heldOut],
  ] as const;
  return [
    `${shortId(finding)}  ${kind}: ${whatItIs[kind]} (${amount}${nearest})`,
    ...sides.flatMap(([name, { collection, study, series, instance }]) => [
      `  ${name}, ${collection}`,
      `    study ${study}`,
      `    series ${series}`,
      `    image ${instance}`,
    ]),
    reasons.length === 0
      ? '  Cannot be acknowledged: withdraw the images of one side.'
      : `  May be acknowledged as ${reasons.join(', ')}.`,
  ].join('\n');
}

/** What to do about findings that hold a release back. */
function nextSteps({ release, findings, more }: LeakageReport): string[] {
  const [first] = findings;
  const collection = first?.heldOut.collection ?? 'ID';
  return [
    'What to do, for each:',
    `  - One side should not be there: \`nmip withdraw studies STUDY --collection ${collection} --reason sent-in-error --confirm\`.`,
    ...(findings.some(({ kind }) => reasonsFor(kind).length > 0)
      ? [`  - It is no leak: \`nmip release acknowledge ${release} --finding ID --reason REASON\`.`]
      : []),
    '  - You cannot tell: withdraw one side.',
    ...(more ? ['There are more findings than are listed: the next check lists others.'] : []),
    `Then \`nmip release resume ${release}\`: the guard looks again.`,
  ];
}

/** What stands on both sides of the split, and the way on. */
export function leakageText(report: LeakageReport): string {
  const { release, checkedAt, outcome, account, findings, acknowledged } = report;
  const { compared, withoutInformation, withoutHash, distance, duplicates } = account;
  const verdict =
    outcome === 'clear'
      ? 'clear'
      : isOpen(report)
        ? `stopped, ${plural(findings.length, 'finding')} to look at`
        : 'stopped, nothing left to look at';
  return [
    `${release}: ${verdict} (checked ${checkedAt}).`,
    `${plural(compared, 'image')} compared, near means ${plural(distance, 'bit')} of 256 at most; not compared: ${count(withoutInformation)} that say too little, ${count(withoutHash)} without a hash.`,
    `Acknowledged: ${count(acknowledged)}. Pixels that patients of one split share: ${count(duplicates.development)} in development, ${count(duplicates.heldOut)} held out.`,
    ...findings.flatMap((finding) => ['', findingText(finding)]),
    ...(isOpen(report) ? ['', ...nextSteps(report)] : []),
    ...(outcome === 'stopped' && !isOpen(report)
      ? [`Go on: \`nmip release resume ${release}\`. The guard looks again.`]
      : []),
  ].join('\n');
}
