import { groupOf, isPrivate, type Tag, tags } from '../data-set/tag';
import { type DictionaryEntry, lookUp } from '../dictionary/data-dictionary';
import { isNamedByModules } from './attribute-types';
import { type ProfileRow, profileRow } from './confidentiality-profile';
import type { PolicyOptions } from './policy-options';
import type { Rule } from './rule';

/** Attributes with a treatment of their own, whatever the tables say. */
const own = new Map<Tag, Rule>([
  [tags.specificCharacterSet, 'character-set'],
  [tags.imageType, 'image-type'],
  // Frame Type (0008,9007): the same values once a frame.
  [0x00089007, 'image-type'],
  [tags.accessionNumber, 'accession-number'],
  [tags.patientName, 'patient-name'],
  [tags.patientId, 'patient-id'],
  [tags.patientBirthDate, 'empty'],
  [tags.patientAge, 'cap-age'],
  [tags.patientIdentityRemoved, 'engine'],
  [tags.deidentificationMethod, 'engine'],
  [tags.deidentificationMethodCodeSequence, 'engine'],
  [tags.longitudinalTemporalInformationModified, 'engine'],
  [tags.contributingEquipmentSequence, 'engine'],
  [0x00080201, 'timezone'],
  [tags.manufacturer, 'clean-device'],
  [tags.manufacturerModelName, 'clean-device'],
  [tags.softwareVersions, 'clean-device'],
  // Names of pulse sequences, kernels, filters and coils: words of vendors, not of people.
  [0x00180024, 'clean-device'],
  [0x00181160, 'clean-device'],
  [0x00181180, 'clean-device'],
  [0x00181210, 'clean-device'],
  [0x00181250, 'clean-device'],
  [0x00181251, 'clean-device'],
  [0x00282000, 'clean-icc-profile'],
  // Original values of what was changed, signatures over what was changed, values nobody can read: all go.
  [0x00041500, 'remove'],
  [0x00280304, 'map-uid'],
]);

/** Serial numbers, identifiers and places, of which the option to keep device identity is not made use here. */
const deviceSecrets =
  /(?:SerialNumber|StationName|Location|UDI|UniqueDevice|Identifier|AETitle|ID|IDs|Number|CodeSequence|IdentificationSequence)$/;

/** Words in a keyword that mark text about people, places or orders: never kept, not even cleaned. */
const identityKeyword =
  /(?:ID|IDs|Identifier|Identifiers|Number|Numbers|Address|Telephone|Telecom|Location|Organization|Institution|Issuer|Name|Names|URI|URL|Label[A-Z]\w*|FileName|Password)$/;

/** Names that are not of people, but of techniques. */
const techniqueNames = new Set([
  'AlgorithmName', 'AlgorithmFamilyCodeSequence', 'AngioFlag', 'BeamName', 'CoordinateSystemName',
  'EventTimerNames', 'FilterType', 'PulseSequenceName', 'RecommendedDisplayName', 'SegmentationAlgorithmName',
  'StackID',
  'TransmitCoilName', 'ReceiveCoilName', 'BlockName', 'WedgeID',
]); // biome-ignore format: a table

/** Groups whose attributes describe images, acquisition, geometry, dose, plans, segments and measurements. */
const technicalGroups = new Set([
  0x0008, 0x0018, 0x0020, 0x0022, 0x0024, 0x0028, 0x003a, 0x0040, 0x0044, 0x0046, 0x0048, 0x0050, 0x0052,
  0x0054, 0x0060, 0x0062, 0x0064, 0x0066, 0x0068, 0x006a, 0x0070, 0x0080, 0x0082, 0x3002, 0x3004, 0x3006,
  0x3008, 0x300a, 0x300c, 0x300e, 0x3010, 0x2050, 0x5200, 0x5400, 0x5600, 0x7fe0,
]); // biome-ignore format: a table

/** Technical attributes of functional groups and newer editions, which the module tables at hand do not name. */
const functionalGroupRanges: readonly (readonly [number, number])[] = [
  [0x00089007, 0x00089459],
  [0x00186000, 0x00186070],
  [0x00188150, 0x00189fff],
  [0x00209056, 0x00209fff],
  [0x0022_0000, 0x0022_ffff],
  [0x00280000, 0x0028ffff],
  [0x00400710, 0x004008ff],
  [0x00409092, 0x004092ff],
  [0x00480000, 0x0048ffff],
  [0x00540000, 0x0054ffff],
  [0x00620000, 0x0062ffff],
  [0x00660000, 0x0066ffff],
  [0x006a0000, 0x006affff],
  [0x52000000, 0x5200ffff],
  [0x7fe00001, 0x7fe00002],
];

/** UI attributes whose values are registered: SOP classes, transfer syntaxes, coding schemes, context groups. */
const classUids = new Set([
  'SOPClassUID', 'ReferencedSOPClassUID', 'RelatedGeneralSOPClassUID', 'OriginalSpecializedSOPClassUID',
  'SOPClassesInStudy', 'SOPClassesSupported', 'ReferencedSOPClassUIDInFile', 'ReferencedRelatedGeneralSOPClassUIDInFile',
  'CodingSchemeUID', 'ContextUID', 'MappingResourceUID', 'TransferSyntaxUID', 'AvailableTransferSyntaxUID',
  'ReferencedTransferSyntaxUIDInFile', 'EncryptedContentTransferSyntaxUID', 'MACCalculationTransferSyntaxUID',
  'PaletteColorLookupTableUID', 'ContextGroupExtensionCreatorUID', 'DataSetTransferSyntaxUID',
]); // biome-ignore format: a table

/** Binary attributes that hold numbers by definition. All other binary values can hold text or pictures. */
const numericBinary = new Set([
  'LUTData', 'RedPaletteColorLookupTableData', 'GreenPaletteColorLookupTableData', 'BluePaletteColorLookupTableData',
  'AlphaPaletteColorLookupTableData', 'SegmentedRedPaletteColorLookupTableData',
  'SegmentedGreenPaletteColorLookupTableData', 'SegmentedBluePaletteColorLookupTableData',
  'SegmentedAlphaPaletteColorLookupTableData', 'WaveformData', 'ChannelMinimumValue', 'ChannelMaximumValue',
  'WaveformPaddingValue', 'SpectroscopyData', 'ExtendedOffsetTable', 'ExtendedOffsetTableLengths',
  'PointCoordinatesData', 'DoublePointCoordinatesData', 'LongPrimitivePointIndexList', 'LongEdgePointIndexList',
  'LongVertexPointIndexList', 'LongTrianglePointIndexList', 'VectorCoordinateData', 'TrackPointIndexList',
  'PrimitivePointIndexList', 'EdgePointIndexList', 'VertexPointIndexList', 'TrianglePointIndexList', 'VectorGridData',
  'FloatPixelPaddingValue', 'DoubleFloatPixelPaddingValue', 'DoubleFloatRealWorldValueFirstValueMapped',
  'PixelPaddingValue', 'TableOfXBreakPoints', 'TableOfYBreakPoints', 'TableOfPixelValues', 'TableOfParameterValues',
  'RWaveTimeVector', 'ExposuresOnDetectorSinceLastCalibration', 'RedPaletteColorLookupTableDescriptor',
]); // biome-ignore format: a table

/** Sequences that hold people, originals or pictures and that neither table names or names mildly. */
const deniedSequences = new Set([
  'IconImageSequence', 'OriginalAttributesSequence', 'ReferencedPatientSequence', 'EncryptedAttributesSequence',
  'ReferencedRequestSequence', 'RequestAttributesSequence', 'PersonIdentificationCodeSequence',
  'ReferencedPatientPhotoSequence', 'HL7StructuredDocumentReferenceSequence', 'ConversionSourceAttributesSequence',
  'PertinentDocumentsSequence', 'DisplaySystemCalibrationResultSequence', 'UDISequence',
]); // biome-ignore format: a table

const dateVrs = new Set(['DA', 'DT', 'TM']);
const textVrs = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT']);
const numericVrs = new Set(['AT', 'DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

/** What may be kept of an attribute under a policy's options, judged by its VR, where a table lets it stay. */
function ruleOfVr(entry: DictionaryEntry, options: PolicyOptions): Rule {
  const { vr, keyword } = entry;
  if (vr === 'SQ') return deniedSequences.has(keyword) ? 'remove' : 'sequence';
  if (vr === 'UI') return classUids.has(keyword) ? 'keep-class-uid' : 'map-uid';
  if (dateVrs.has(vr)) return options.modifiedDates ? 'shift-date' : 'remove';
  if (vr === 'AS') return 'cap-age';
  if (vr === 'CS' || numericVrs.has(vr) || vr === 'US/SS') return 'keep';
  if (textVrs.has(vr)) {
    if (!options.descriptors) return 'remove';
    return identityKeyword.test(keyword) && !techniqueNames.has(keyword) ? 'remove' : 'clean';
  }
  if (numericBinary.has(keyword)) return 'keep-binary';
  return 'remove';
}

const basicRule = (basic: string): Rule => {
  if (basic.startsWith('U')) return 'map-uid';
  if (basic === 'D') return 'dummy';
  if (basic === 'Z' || basic === 'Z/D') return 'empty';
  return 'remove';
};

/** A row of Table E.1-1 under a policy's options. */
function ruleOfRow(row: ProfileRow, entry: DictionaryEntry, options: PolicyOptions): Rule {
  const { vr, keyword } = entry;
  if (vr === 'UI') return 'map-uid';
  if (deniedSequences.has(keyword)) return basicRule(row.basic);
  // References stay a graph: what they name is mapped wherever it stands. A dummy sequence is one of dummy values.
  if (vr === 'SQ' && (row.uids || row.basic === 'D')) return 'sequence';
  if (options.modifiedDates && row.modifiedDates && dateVrs.has(vr)) return 'shift-date';
  if (options.patientCharacteristics && row.patient !== null) return ruleOfVr(entry, options);
  const isCleaned =
    (options.descriptors && row.descriptors) ||
    (options.structuredContent && row.structuredContent) ||
    (options.graphics && row.graphics);
  if (isCleaned) {
    if (vr === 'SQ') return 'sequence';
    if (textVrs.has(vr)) return 'clean';
  }
  if (options.deviceIdentity && row.device && !deviceSecrets.test(keyword) && textVrs.has(vr))
    return 'clean-device';
  return basicRule(row.basic);
}

const isFunctionalGroupAttribute = (tag: Tag): boolean =>
  functionalGroupRanges.some(([first, last]) => tag >= first && tag <= last);

/** The rule of an attribute with a treatment of its own, which an option may forbid. */
function ownRule(tag: Tag, options: PolicyOptions): Rule | undefined {
  const rule = own.get(tag);
  const isForbidden =
    (rule === 'cap-age' && !options.patientCharacteristics) ||
    (rule === 'clean-device' && !options.deviceIdentity) ||
    (rule === 'timezone' && !options.modifiedDates);
  return isForbidden ? 'remove' : rule;
}

/**
 * The rule of a public attribute under a policy's options. Default deny: `remove` for whatever is not in the data
 * dictionary, is in no technical group, or is named neither by Table E.1-1 nor by a module or functional group.
 */
export function ruleOf(tag: Tag, options: PolicyOptions): Rule {
  const special = ownRule(tag, options);
  if (special !== undefined) return special;
  if (isPrivate(tag)) return 'remove';
  const group = groupOf(tag);
  const entry = lookUp(tag);
  if (entry === undefined) return 'remove';
  // Curves and overlays (rows 50xx,xxxx and 60xx,…): graphics burnt into planes cannot be cleaned, so they go whole.
  if (group >= 0x5000 && group < 0x5200) return 'remove';
  if (group >= 0x6000 && group < 0x6100) return 'remove';
  if (group === 0x0400) return 'remove';
  const row = profileRow(tag);
  if (row !== undefined) return ruleOfRow(row, entry, options);
  if (!technicalGroups.has(group)) return 'remove';
  if (entry.retired && !isNamedByModules(tag)) return 'remove';
  if (!isNamedByModules(tag) && !isFunctionalGroupAttribute(tag)) return 'remove';
  return ruleOfVr(entry, options);
}
