import type { QuarantineCode } from '../quarantine/quarantine-codes';
import type { WarningCode } from '../validate/warning-codes';

/** Who a file is about, as far as its header says; never leaves the function that reads it. */
export interface InstanceSubject {
  /** Ten digits that pass modulus 11, from a configured location; null where there is none. */
  readonly nhsNumber: string | null;
  /** Patient ID (0010,0020), trimmed; null where absent or empty. */
  readonly patientId: string | null;
}

export type Admission = 'admit' | 'withhold';

export type Split = 'development' | 'held-out';

/** Where the NHS number stands in a trust's files (attribute and, optionally, the issuer beside it). */
export interface NhsNumberLocation {
  readonly attribute: 'PatientID' | 'OtherPatientIDsSequence';
  readonly issuer?: string | undefined;
}

/** In-process keys, 32 bytes each, one a purpose: of HMAC-SHA-256, that of the pixels also of `PixelDigest`. */
export interface PseudonymKeys {
  readonly patient: Buffer;
  readonly uid: Buffer;
  readonly accession: Buffer;
  readonly dates: Buffer;
  readonly split: Buffer;
  readonly pixels: Buffer;
}

/** Facts of an image that may stand in the catalogue: coded or numeric, never free text, never identifying. */
export interface ImageFacts {
  readonly modality: string | null;
  readonly bodyPartExamined: string | null;
  readonly manufacturer: string | null;
  readonly manufacturerModelName: string | null;
  /** Kilovolts. */
  readonly kvp: number | null;
  /** Tesla. */
  readonly magneticFieldStrength: number | null;
  /** Millimetres. */
  readonly sliceThickness: number | null;
  readonly viewPosition: string | null;
  /** Whether the source names a contrast or bolus agent; not which. */
  readonly contrast: boolean;
  readonly rows: number | null;
  readonly columns: number | null;
  /** Patient's age at the study in whole years, 90 for 90 and over. */
  readonly ageYears: number | null;
  readonly sex: string | null;
  /** Study date after the keyed shift, `YYYYMMDD`. */
  readonly studyDate: string | null;
}

export interface DeidentifiedInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly patientPseudonym: string;
  readonly split: Split;
  readonly frames: number;
  /** Size of the output in bytes. */
  readonly bytes: number;
  /** SHA-256 of the output, or of the SHA-256 of its parts where it was written in parts, hex. */
  readonly sha256: string;
  /** Present where the output was written in parts. */
  readonly digest?: 'parts';
  /**
   * `PixelDigest` of the value of Pixel Data (fragments and item headers included), `segmentedPixelDigest` of a long native
   * one; `sha256` where there is none. 64 hex digits. Absent where the context wants none.
   */
  readonly pixelDigest?: string;
  /**
   * `DifferenceHash` of the middle frame as it was written, 64 hex digits; null where it was not looked at: compressed pixels
   * but RLE, native frames above 128 MiB, and frames of one brightness.
   */
  readonly perceptualHash: string | null;
  /** SHA-256 over the patient and study attributes by which HealthImaging groups, after de-identification, hex. */
  readonly groupingDigest: string;
  readonly facts: ImageFacts;
  readonly warnings: readonly WarningCode[];
  /** Old and new identifiers; present only when the context asked for them. */
  readonly mappings?: {
    readonly uids: readonly (readonly [string, string])[];
    readonly patientIds: readonly (readonly [string, string])[];
  };
}

export type DeidentificationOutcome =
  | {
      readonly outcome: 'deidentified';
      readonly sourceSha256: string | null;
      readonly instance: DeidentifiedInstance;
    }
  | {
      readonly outcome: 'quarantined';
      readonly sourceSha256: string | null;
      readonly code: QuarantineCode;
      /** Where, e.g. `(0008,1140)[0].(0008,1155)`; never a value. */
      readonly tagPath: string | null;
    }
  | { readonly outcome: 'withheld'; readonly sourceSha256: string | null };
