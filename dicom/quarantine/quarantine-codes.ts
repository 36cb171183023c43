/**
 * Why a file is quarantined: one table for the engine, the pipeline, the command and the pages.
 * `happened` and `fix` are worded for radiology staff and name no value of the file.
 */
export interface QuarantineReason {
  readonly happened: string;
  readonly fix: string;
  /** Whether the same file may pass through a newer engine or policy. */
  readonly releasable: boolean;
}

export const quarantineReasons = {
  NOT_DICOM: {
    happened: 'The file is not DICOM, or its start is damaged.',
    fix: 'Export the image again from the PACS and send it in a new submission.',
    releasable: false,
  },
  DICOMDIR: {
    happened: 'The file is a DICOMDIR index of a disc, not an image.',
    fix: 'Nothing to do: send the images that it lists.',
    releasable: false,
  },
  TRUNCATED: {
    happened: 'The file ends before its own lengths say it should.',
    fix: 'The export was cut off. Export the image again and send it in a new submission.',
    releasable: false,
  },
  MALFORMED: {
    happened: 'The file breaks the DICOM encoding rules in a way that cannot be read safely.',
    fix: 'Export the image again, if possible with another tool, and send it in a new submission.',
    releasable: true,
  },
  LIMIT_EXCEEDED: {
    happened: 'The file is nested or expands beyond the limits of safe reading.',
    fix: 'Ask the platform team to look at the file; it will not pass as it is.',
    releasable: true,
  },
  NO_SOP_UID: {
    happened: 'A UID that identifies the image, series or study is missing or not a valid UID.',
    fix: 'Export the image again from the PACS: a stored image always has these UIDs.',
    releasable: false,
  },
  NO_PATIENT_ID: {
    happened: 'The file names no patient: neither a valid NHS number nor a Patient ID.',
    fix: 'Correct the patient in the PACS and send the image again.',
    releasable: false,
  },
  UNSUPPORTED_SOP_CLASS: {
    happened: 'The platform does not take this kind of object.',
    fix: 'Nothing to do, unless the collection should take it: then ask the platform team.',
    releasable: true,
  },
  UNSUPPORTED_TRANSFER_SYNTAX: {
    happened: 'The image store does not take this compression.',
    fix: 'Send the image uncompressed or in JPEG 2000 Lossless.',
    releasable: true,
  },
  UNSUPPORTED_CHARACTER_SET: {
    happened: 'The text of the file is in a character set that cannot be read safely.',
    fix: 'Correct Specific Character Set in the export and send the image again.',
    releasable: true,
  },
  ENCAPSULATED_DOCUMENT: {
    happened: 'The file holds a document (PDF, CDA or similar), which cannot be cleaned.',
    fix: 'Nothing to do: documents are not collected.',
    releasable: false,
  },
  AUDIO_RECORDING: {
    happened: 'The file holds a sound recording, in which somebody may name the patient.',
    fix: 'Nothing to do: recordings are not collected.',
    releasable: false,
  },
  BURNED_IN_TEXT: {
    happened: 'The image says, or is of a kind known, to hold text about the patient in its pixels.',
    fix: 'Leave such images out of the export, or ask the platform team for a review.',
    releasable: true,
  },
  NEEDS_PIXEL_REVIEW: {
    happened: 'The image is of a kind whose pixels may show the patient’s name, and must be looked at first.',
    fix: 'Nothing to do: it is kept for review. Leave such images out of later exports if they are not needed.',
    releasable: true,
  },
  INVALID_PIXEL_DATA: {
    happened: 'The pixel data does not fit the image size that the header states.',
    fix: 'Export the image again from the PACS and send it in a new submission.',
    releasable: true,
  },
  INVALID_INSTANCE: {
    happened: 'Attributes that this kind of image must have are missing or not valid.',
    fix: 'Export the image again from the PACS, or ask its supplier.',
    releasable: true,
  },
  PROOF_FAILED: {
    happened: 'A check of the cleaned image found something that may identify the patient.',
    fix: 'Nothing to do now: the platform team looks at the rule and says when to send the file again.',
    releasable: true,
  },
  CHECKSUM_MISMATCH: {
    happened: 'The file received is not the file announced in the manifest.',
    fix: 'Send the file again in a new submission.',
    releasable: false,
  },
  ARCHIVE_UNREADABLE: {
    happened:
      'The zip archive in which the file came is damaged, or built in a way that cannot be read safely.',
    fix: 'Make the archive again with a common program, or send its files as they are, in a new submission.',
    releasable: false,
  },
  ARCHIVE_MEMBER_INVALID: {
    happened:
      'The file cannot be taken out of its zip archive: it is damaged there, encrypted, or packed by a method other than deflate.',
    fix: 'Make the archive again without a password and with the standard method, and send it in a new submission.',
    releasable: false,
  },
  TOO_LARGE: {
    happened: 'The file is larger than the image store takes (10 GB).',
    fix: 'Send the study in smaller parts, if the PACS can split it.',
    releasable: false,
  },
  GROUP_MISMATCH: {
    happened: 'The file is not of the series that the manifest put it into.',
    fix: 'Send the file again with the current upload command.',
    releasable: false,
  },
  UID_CONFLICT: {
    happened: 'Another image with the same SOP Instance UID but other pixels was received first.',
    fix: 'Find out in the PACS which image is right; if it is this one, tell the platform team.',
    releasable: false,
  },
  STUDY_CONFLICT: {
    happened: 'Patient or study attributes differ from those of other images of the same study.',
    fix: 'Correct the study in the PACS so that its images agree, and send the whole study again.',
    releasable: true,
  },
  IMPORT_REFUSED: {
    happened: 'The image store refused the cleaned image.',
    fix: 'Nothing to do now: the platform team looks at the reason and says when to send the file again.',
    releasable: true,
  },
  IMPORT_NOT_PRIMARY: {
    happened: 'The image store put the cleaned image apart from the rest of its series.',
    fix: 'Nothing to do now: the platform team repairs the series and says when to send the file again.',
    releasable: true,
  },
  PROCESSING_FAILED: {
    happened: 'The platform could not finish this file after several tries.',
    fix: 'Send the file again in a new submission; if it fails again, tell the platform team.',
    releasable: true,
  },
} as const satisfies Record<string, QuarantineReason>;

export type QuarantineCode = keyof typeof quarantineReasons;

export const quarantineCodes = Object.keys(quarantineReasons) as [QuarantineCode, ...QuarantineCode[]];
