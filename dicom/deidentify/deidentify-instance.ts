import { createHash } from 'node:crypto';
import { defaultRepertoire } from '../character-sets/specific-character-set';
import { type DataElement, type DataSet, find, unsignedShortOf, valueBytes } from '../data-set/data-element';
import { makeText } from '../data-set/make-element';
import { formatTag, tags } from '../data-set/tag';
import { informationObjectOf } from '../dictionary/information-objects';
import { collectIdentifyingValues } from '../identifiers/collect-identifying-values';
import { IdentifyingValues } from '../identifiers/identifying-values';
import { perceptualHashOf } from '../pixels/perceptual-hash';
import { type PixelPlan, planPixels } from '../pixels/plan-pixels';
import type { Policy } from '../policy/policy';
import { OutputProof } from '../prove/output-proof';
import { ProofFailure } from '../prove/proof-failure';
import { Quarantine } from '../quarantine/quarantine';
import type { PixelDataStart } from '../read/element-parser';
import { type InstanceHeader, InstanceReader } from '../read/instance-reader';
import { type InstanceSource, isRanged } from '../read/ranged-source';
import { ReadRefusal } from '../read/read-refusal';
import { type PixelKind, pixelKindCode, pixelKindsOf } from '../validate/pixel-kinds';
import { settleEncapsulation } from '../validate/settle-encapsulation';
import {
  type InstanceIdentity,
  isDirectory,
  readIdentity,
  validateHeader,
} from '../validate/validate-instance';
import { validateModules } from '../validate/validate-modules';
import {
  framesOf,
  type PixelDescription,
  readPixelDescription,
  validateNativeLength,
  validatePixelDescription,
} from '../validate/validate-pixel-data';
import type { WarningCode } from '../validate/warning-codes';
import { asExplicit } from '../write/as-explicit';
import { encodeDataSet } from '../write/encode-data-set';
import { encodeFileMeta } from '../write/file-meta';
import { type OutputSink, OutputStream, type OutputWatcher } from '../write/output-stream';
import { type CopiedPixelData, copyPixelData } from './copy-pixel-data';
import { DataSetDeidentifier } from './deidentify-data-set';
import { blankingAttributes, engineAttributes } from './engine-attributes';
import { groupingDigest, imageFacts } from './image-facts';
import type {
  Admission,
  DeidentificationOutcome,
  DeidentifiedInstance,
  InstanceSubject,
  NhsNumberLocation,
  PseudonymKeys,
} from './outcome';
import { OutsideFailure, watchedInput, watchedSink } from './outside-failure';
import { pixelSegments, type SegmentSizes, segmentLengths } from './pixel-segments';
import { accessionPseudonym, dateShiftDays, patientPseudonym, splitOf, UidMapper } from './pseudonyms';
import { readSubject } from './read-subject';

export type { OutputSink } from '../write/output-stream';

/** Everything that decides about an instance besides its own bytes. */
export interface DeidentificationContext {
  readonly policy: Policy;
  readonly keys: PseudonymKeys;
  readonly trust: { readonly odsCode: string; readonly nhsNumbers: readonly NhsNumberLocation[] };
  readonly collection: {
    readonly id: string;
    /** Number of the collection in its UIDs, 1 to 9999. */
    readonly arc: number;
    readonly patientsWithoutNhsNumber: 'withhold' | 'accept';
    readonly acceptedPixelKinds: readonly PixelKind[];
  };
  readonly uidRoot: string;
  /** Share of patients held out, 0 to 1. */
  readonly heldOutShare: number;
  /** Asked once the header is read, before any byte is written. */
  readonly admit: (subject: InstanceSubject) => Promise<Admission> | Admission;
  /**
   * Also digest the source; reads it to its end whatever the outcome. A ranged source is not digested: who can read it from any
   * byte on has its digest from whoever keeps it.
   */
  readonly digestSource?: boolean;
  /** False: no digest of the pixels is wanted. */
  readonly digestPixels?: boolean;
  /** Other segments than the platform's, for tests. */
  readonly segments?: SegmentSizes;
  /** Also give old and new UIDs and Patient IDs. */
  readonly collectMappings?: boolean;
}

type Fate =
  | { readonly kind: 'withheld' }
  | { readonly kind: 'deidentified'; readonly instance: DeidentifiedInstance };

/**
 * De-identifies one instance from `source` into `sink`. The bytes that the sink took may be published only when the
 * outcome is `deidentified`; otherwise they must be thrown away, since the proof runs while they are written. Of long
 * native pixel data only the start is read where the source is a ranged one and the sink can copy its ranges.
 *
 * Never throws for what a file holds: bad input ends as `quarantined` with a code. Throws only what the source, the
 * sink or `admit` throw, so that a failing network is not taken for a bad file.
 */
export async function deidentifyInstance(
  source: InstanceSource,
  sink: OutputSink,
  context: DeidentificationContext,
): Promise<DeidentificationOutcome> {
  const sourceHash = context.digestSource === true && !isRanged(source) ? createHash('sha256') : null;
  const reader = new InstanceReader(watchedInput(source), (chunk) => sourceHash?.update(chunk));
  let result: Fate | Quarantine;
  try {
    result = await run(reader, watchedSink(sink), context);
  } catch (error) {
    if (error instanceof OutsideFailure) throw error.cause;
    result = quarantineOf(error);
  }
  try {
    if (sourceHash !== null) await reader.drain();
    await reader.close();
  } catch (error) {
    if (error instanceof OutsideFailure) throw error.cause;
    result = quarantineOf(error);
  }
  const sourceSha256 = sourceHash?.digest('hex') ?? null;
  if (result instanceof Quarantine) {
    return { outcome: 'quarantined', sourceSha256, code: result.code, tagPath: result.tagPath };
  }
  if (result.kind === 'withheld') return { outcome: 'withheld', sourceSha256 };
  return { outcome: 'deidentified', sourceSha256, instance: result.instance };
}

function quarantineOf(error: unknown): Quarantine {
  if (error instanceof Quarantine) return error;
  if (error instanceof ReadRefusal) return new Quarantine(error.code, error.tagPath);
  if (error instanceof ProofFailure) return new Quarantine('PROOF_FAILED', error.tagPath);
  return new Quarantine('PROCESSING_FAILED');
}

/** What happened while the proof read counts as a failed proof, whatever it was. */
async function proving<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProofFailure || error instanceof OutsideFailure) throw error;
    throw new ProofFailure(null);
  }
}

async function run(
  reader: InstanceReader,
  sink: OutputSink,
  context: DeidentificationContext,
): Promise<Fate> {
  const read = await reader.readHeader();
  if (isDirectory(read)) throw new Quarantine('DICOMDIR');
  const subject = readSubject(read.dataSet, context.trust.nhsNumbers);
  if (subject.nhsNumber === null && subject.patientId === null) {
    readIdentity(read.dataSet);
    throw new Quarantine('NO_PATIENT_ID', formatTag(tags.patientId));
  }
  const withoutNumber =
    subject.nhsNumber === null && context.collection.patientsWithoutNhsNumber === 'withhold';
  if (withoutNumber || (await admitted(context, subject)) === 'withhold') return { kind: 'withheld' };
  const identity = readIdentity(read.dataSet);
  validateHeader(read);
  const header = settleEncapsulation(read);
  const modules = validateModules(header);
  const { plan, description, warnings } = validatePixels(header, context);
  const checked: CheckedInstance = {
    header,
    identity,
    subject,
    plan,
    description,
    warnings: [...modules, ...warnings],
  };
  return { kind: 'deidentified', instance: await write(reader, checked, sink, context) };
}

async function admitted(context: DeidentificationContext, subject: InstanceSubject): Promise<Admission> {
  try {
    return await context.admit(subject);
  } catch (error) {
    throw new OutsideFailure(error);
  }
}

/** Decides what becomes of the pixels. Throws `Quarantine` where they are refused. */
function validatePixels(
  header: InstanceHeader,
  context: DeidentificationContext,
): Pick<CheckedInstance, 'plan' | 'description' | 'warnings'> {
  if (header.pixelData === null) return { plan: { kind: 'keep' }, description: null, warnings: [] };
  const description = readPixelDescription(header.dataSet, header.encoding);
  const planned = planPixels(header, description);
  const accepted = context.collection.acceptedPixelKinds;
  for (const kind of pixelKindsOf(header, planned)) {
    if (!accepted.includes(kind)) throw new Quarantine(pixelKindCode(kind), formatTag(tags.pixelData));
  }
  const warnings = validatePixelDescription(header, description);
  validateNativeLength(header, description);
  return { plan: planned.plan, description, warnings };
}

/** Groups below this one are of the file meta information and of messages; in a data set they have no meaning. */
const firstDataSetTag = 0x00080000;

/** Extended offset tables are numbers only where there are fragments: one entry of eight bytes a frame (PS3.3 C.7.6.3). */
function isOutOfPlace(element: DataElement, header: InstanceHeader, plan: PixelPlan): boolean {
  if (element.tag < firstDataSetTag) return true;
  if (element.tag !== tags.extendedOffsetTable && element.tag !== tags.extendedOffsetTableLengths)
    return false;
  if (plan.kind === 'blank' && plan.reencodes) return true;
  return header.pixelData?.length !== null || element.length !== framesOf(header.dataSet) * 8;
}

/** The data set of the output before its pixel data, the engine's own attributes in place. */
function outputDataSet(
  deidentified: DataSet,
  { header, plan }: CheckedInstance,
  pseudonym: string,
  policy: Policy,
): DataSet {
  const added: DataElement[] = [
    ...engineAttributes(policy),
    ...(plan.kind === 'blank' ? blankingAttributes(header.dataSet, deidentified, plan) : []),
    makeText(tags.patientName, 'PN', pseudonym),
    makeText(tags.patientId, 'LO', pseudonym),
  ];
  const own = new Set(added.map((element) => element.tag));
  const elements = deidentified.elements.filter(
    (element) => !own.has(element.tag) && !isOutOfPlace(element, header, plan),
  );
  return { elements: [...elements, ...added].sort((left, right) => left.tag - right.tag) };
}

/** An instance that was not refused before anything of it was written. */
interface CheckedInstance {
  readonly header: InstanceHeader;
  readonly identity: InstanceIdentity;
  readonly subject: InstanceSubject;
  readonly plan: PixelPlan;
  /** Null without pixels. */
  readonly description: PixelDescription | null;
  readonly warnings: readonly WarningCode[];
}

async function write(
  reader: InstanceReader,
  checked: CheckedInstance,
  sink: OutputSink,
  context: DeidentificationContext,
): Promise<DeidentifiedInstance> {
  const { header, identity, subject, plan, description } = checked;
  const { keys, policy } = context;
  const { encoding, pixelData, transferSyntax } = header;
  const pseudonym = patientPseudonym(keys, subject, context.trust.odsCode);
  const split = splitOf(keys, pseudonym, context.heldOutShare);
  const uids = new UidMapper(keys, pseudonym, context.uidRoot, context.collection.arc, split);
  const identifying = new IdentifyingValues();
  for (const { tag, text } of header.meta?.texts ?? []) addFileLevelText(identifying, tag, text);
  collectIdentifyingValues(header.dataSet, identifying, defaultRepertoire);
  const pseudonyms = new Set([pseudonym]);
  const deidentifier = new DataSetDeidentifier({
    policy,
    encoding,
    object: informationObjectOf(identity.sopClassUid),
    identifying,
    uids,
    shiftDays: dateShiftDays(keys, pseudonym),
    patientPseudonym: pseudonym,
    accession: (source) => {
      const accession = accessionPseudonym(keys, pseudonym, source);
      pseudonyms.add(accession);
      return accession;
    },
  });
  const output = outputDataSet(deidentifier.deidentify(header.dataSet), checked, pseudonym, policy);
  const encode = (dataSet: DataSet): Buffer => encodeOutput(dataSet, header);

  const proof = new OutputProof();
  const watcher: OutputWatcher = {
    push: (chunk) => {
      try {
        return proof.push(chunk);
      } catch (error) {
        throw error instanceof ProofFailure ? error : new ProofFailure(null);
      }
    },
    pass: (bytes) => proof.pass(bytes),
  };
  const segments = segmentsOf(pixelData, context.segments ?? pixelSegments);
  const stream = new OutputStream(sink, watcher, segments !== null && passesUntouched(header, plan));
  const meta = encodeFileMeta({
    sopClassUid: identity.sopClassUid,
    sopInstanceUid: uids.map(identity.sopInstanceUid),
    transferSyntaxUid: transferSyntax.uid,
    uidRoot: context.uidRoot,
  });
  if (transferSyntax.deflated) {
    await stream.write(meta);
    stream.startDeflating();
    await stream.write(encode(output));
  } else await stream.write(Buffer.concat([meta, encode(output)]));

  const hash = description === null ? null : perceptualHashOf(description, transferSyntax);
  let pixels: CopiedPixelData | null = null;
  let trailer: DataSet = { elements: [] };
  if (pixelData !== null) {
    pixels = await copyPixelData(reader, header, pixelData, {
      plan,
      stream,
      key: context.digestPixels === false ? null : keys.pixels,
      segments,
      identifying,
      hash,
    });
    trailer = await reader.readTrailer(pixelData);
    collectIdentifyingValues(trailer, identifying, defaultRepertoire);
    const kept = deidentifier.deidentify(trailer);
    if (kept.elements.length > 0) await stream.write(encode(kept));
  }
  await stream.finish();
  const source = { elements: [...header.dataSet.elements, ...trailer.elements] };
  await proving(() => proof.finish({ identifying, uidPrefix: uids.prefix, pseudonyms, source }));

  const digest = stream.digest();
  const pixelDigest = pixelData === null ? digest.sha256 : pixels?.digest;
  return {
    studyInstanceUid: uids.map(identity.studyInstanceUid),
    seriesInstanceUid: uids.map(identity.seriesInstanceUid),
    sopInstanceUid: uids.map(identity.sopInstanceUid),
    sopClassUid: identity.sopClassUid,
    transferSyntaxUid: transferSyntax.uid,
    patientPseudonym: pseudonym,
    split,
    frames: pixelData === null ? 0 : framesOf(header.dataSet),
    bytes: stream.bytes,
    ...digest,
    ...(typeof pixelDigest === 'string' && { pixelDigest }),
    perceptualHash: hash?.digest() ?? null,
    groupingDigest: groupingDigest(output),
    facts: imageFacts(output, header.dataSet, encoding, policy.options),
    warnings: [
      ...new Set([
        ...header.warnings,
        ...checked.warnings,
        ...deidentifier.warnings,
        ...(pixels?.warnings ?? []),
        ...blankingWarnings(plan),
      ]),
    ].sort(),
    ...(context.collectMappings === true
      ? {
          mappings: {
            uids: uids.entries(),
            patientIds: [[asciiPatientId(header.dataSet), pseudonym]] as const,
          },
        }
      : {}),
  };
}

/** Of the value as it stands in the output, which has an even length. */
function segmentsOf(pixelData: PixelDataStart | null, sizes: SegmentSizes): readonly number[] | null {
  if (pixelData === null || pixelData.length === null) return null;
  return segmentLengths(pixelData.length + (pixelData.length & 1), sizes);
}

/** Whether the value of native pixel data stands in the output as it stands in the file. */
function passesUntouched(header: InstanceHeader, plan: PixelPlan): boolean {
  const { deflated, encapsulated, encoding } = header.transferSyntax;
  const length = header.pixelData?.length ?? 1;
  return !deflated && !encapsulated && encoding.littleEndian && plan.kind === 'keep' && length % 2 === 0;
}

const asciiPatientId = (dataSet: DataSet): string => {
  const element = find(dataSet, tags.patientId);
  return element === undefined ? '' : valueBytes(element).toString('utf8').trim();
};

/** Application entities and addresses of the file meta information (group 0002) identify the sender's systems. */
function addFileLevelText(identifying: IdentifyingValues, tag: number, text: string): void {
  const element = tag & 0xffff;
  if (element === 0x0003) identifying.addUid(text);
  else if (element >= 0x0016 && element <= 0x0028) identifying.addId(text);
}

function blankingWarnings(plan: PixelPlan): WarningCode[] {
  if (plan.kind !== 'blank') return [];
  return plan.reencodes ? ['PIXELS_BLANKED', 'OFFSET_TABLE_DROPPED'] : ['PIXELS_BLANKED'];
}

/** Elements as the transfer syntax wants them, which may be with VRs where the source had none. */
function encodeOutput(dataSet: DataSet, header: InstanceHeader): Buffer {
  const { encoding } = header.transferSyntax;
  if (encoding.explicit === header.encoding.explicit) return encodeDataSet(dataSet, encoding);
  const isSigned = unsignedShortOf(header.dataSet, tags.pixelRepresentation, header.encoding) === 1;
  return encodeDataSet(asExplicit(dataSet, isSigned), encoding);
}
