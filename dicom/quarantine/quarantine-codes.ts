/**
 * Whether the same bytes may pass when they are processed again: after a change of the engine or the collection's rules;
 * at any time, since it depends on something else; or never.
 */
export type Release = 'rule-change' | 'any-time' | 'never';

/**
 * Why a file is quarantined: one table for the engine, the pipeline, the command and the pages.
 * `happened` and `fix` are worded for radiology staff and name no value of the file.
 */
export interface QuarantineReason {
  readonly happened: string;
  readonly fix: string;
  readonly release: Release;
  /** Why so, in one sentence. */
  readonly releaseReason: string;
}

export const quarantineReasons = {
  NOT_DICOM: {
    happened: 'The file is not DICOM, or its start is damaged.',
    fix: 'Export the image again from the PACS and send it in a new submission.',
    release: 'never',
    releaseReason: 'These bytes are no image and cannot become one.',
  },
  DICOMDIR: {
    happened: 'The file is a DICOMDIR index of a disc, not an image.',
    fix: 'Nothing to do: send the images that it lists.',
    release: 'never',
    releaseReason: 'An index is not an image.',
  },
  TRUNCATED: {
    happened: 'The file ends before its own lengths say it should.',
    fix: 'The export was cut off. Export the image again and send it in a new submission.',
    release: 'never',
    releaseReason: 'The end of the file is not there.',
  },
  MALFORMED: {
    happened: 'The file breaks the DICOM encoding rules in a way that cannot be read safely.',
    fix: 'Export the image again, if possible with another tool, and send it in a new submission.',
    release: 'rule-change',
    releaseReason: 'A later engine may read it safely.',
  },
  LIMIT_EXCEEDED: {
    happened: 'The file is nested or expands beyond the limits of safe reading.',
    fix: 'Ask the platform team to look at the file; it will not pass as it is.',
    release: 'rule-change',
    releaseReason: 'The limits of reading may be raised.',
  },
  NO_SOP_UID: {
    happened: 'A UID that identifies the image, series or study is missing or not a valid UID.',
    fix: 'Export the image again from the PACS: a stored image always has these UIDs.',
    release: 'never',
    releaseReason: 'Nobody may invent the UID of an image.',
  },
  NO_PATIENT_ID: {
    happened: 'The file names no patient: neither a valid NHS number nor a Patient ID.',
    fix: 'Correct the patient in the PACS and send the image again.',
    release: 'never',
    releaseReason: 'Nobody can say whose image it is.',
  },
  UNSUPPORTED_SOP_CLASS: {
    happened: 'The platform does not take this kind of object.',
    fix: 'Nothing to do, unless the collection should take it: then ask the platform team.',
    release: 'rule-change',
    releaseReason: 'A later engine may take this kind of object.',
  },
  UNSUPPORTED_TRANSFER_SYNTAX: {
    happened: 'The image store does not take this compression.',
    fix: 'Send the image uncompressed or in JPEG 2000 Lossless.',
    release: 'rule-change',
    releaseReason: 'A later engine or image store may take this compression.',
  },
  UNSUPPORTED_CHARACTER_SET: {
    happened: 'The text of the file is in a character set that cannot be read safely.',
    fix: 'Correct Specific Character Set in the export and send the image again.',
    release: 'rule-change',
    releaseReason: 'A later engine may read this character set.',
  },
  ENCAPSULATED_DOCUMENT: {
    happened: 'The file holds a document (PDF, CDA or similar), which cannot be cleaned.',
    fix: 'Nothing to do: documents are not collected.',
    release: 'never',
    releaseReason: 'Documents are not collected.',
  },
  AUDIO_RECORDING: {
    happened: 'The file holds a sound recording, in which somebody may name the patient.',
    fix: 'Nothing to do: recordings are not collected.',
    release: 'never',
    releaseReason: 'Recordings are not collected.',
  },
  BURNED_IN_TEXT: {
    happened: 'The image says, or is of a kind known, to hold text about the patient in its pixels.',
    fix: 'Leave such images out of the export, or ask the platform team for a review.',
    release: 'rule-change',
    releaseReason: 'The collection may come to accept the kind, or the engine to blank the text.',
  },
  NEEDS_PIXEL_REVIEW: {
    happened: 'The image is of a kind whose pixels may show the patient’s name, and must be looked at first.',
    fix: 'Nothing to do: it is kept for review. Leave such images out of later exports if they are not needed.',
    release: 'rule-change',
    releaseReason: 'The collection may come to accept the kind after a review.',
  },
  INVALID_PIXEL_DATA: {
    happened: 'The pixel data does not fit the image size that the header states.',
    fix: 'Export the image again from the PACS and send it in a new submission.',
    release: 'rule-change',
    releaseReason: 'A later engine may understand this pixel data.',
  },
  INVALID_INSTANCE: {
    happened: 'Attributes that this kind of image must have are missing or not valid.',
    fix: 'Export the image again from the PACS, or ask its supplier.',
    release: 'rule-change',
    releaseReason: 'The requirement may be found too strict.',
  },
  PROOF_FAILED: {
    happened: 'A check of the cleaned image found something that may identify the patient.',
    fix: 'Nothing to do now: the platform team looks at the rule and says when to send the file again.',
    release: 'rule-change',
    releaseReason: 'The rule that let it through may be put right, or the check that was wrong.',
  },
  CHECKSUM_MISMATCH: {
    happened: 'The file received is not the file announced in the manifest.',
    fix: 'Send the file again in a new submission.',
    release: 'never',
    releaseReason: 'These are not the bytes that the trust announced.',
  },
  ARCHIVE_UNREADABLE: {
    happened:
      'The zip archive in which the file came is damaged, or built in a way that cannot be read safely.',
    fix: 'Make the archive again with a common program, or send its files as they are, in a new submission.',
    release: 'never',
    releaseReason: 'Nothing can be taken out of the archive.',
  },
  ARCHIVE_MEMBER_INVALID: {
    happened:
      'The file cannot be taken out of its zip archive: it is damaged there, encrypted, or packed by a method other than deflate.',
    fix: 'Make the archive again without a password and with the standard method, and send it in a new submission.',
    release: 'never',
    releaseReason: 'The file cannot be taken out of the archive.',
  },
  TOO_LARGE: {
    happened:
      'The file, as sent or as cleaned, is larger than the platform takes (10 GB, or less by its configuration).',
    fix: 'Send the study in smaller parts, if the PACS can split it.',
    release: 'never',
    releaseReason: 'The image store takes no larger files.',
  },
  GROUP_MISMATCH: {
    happened: 'The file is not of the series that the manifest put it into.',
    fix: 'Send the file again with the current upload command.',
    release: 'never',
    releaseReason: 'Only its sender knows to which series it belongs.',
  },
  UID_CONFLICT: {
    happened: 'Another image with the same SOP Instance UID but other pixels was received first.',
    fix: 'Find out in the PACS which image is right; if it is this one, tell the platform team.',
    release: 'any-time',
    releaseReason: 'It passes once the other image has been taken out; until then it ends the same way.',
  },
  STUDY_CONFLICT: {
    happened: 'Patient or study attributes differ from those of other images of the same study.',
    fix: 'Correct the study in the PACS so that its images agree, and send the whole study again.',
    release: 'any-time',
    releaseReason: 'It passes once the images that it contradicts have been taken out.',
  },
  IMPORT_REFUSED: {
    happened: 'The image store refused the cleaned image.',
    fix: 'Nothing to do now: the platform team looks at the reason and says when to send the file again.',
    release: 'any-time',
    releaseReason: 'The image store may take what it refused before.',
  },
  IMPORT_NOT_PRIMARY: {
    happened: 'The image store put the cleaned image apart from the rest of its series.',
    fix: 'Nothing to do now: the platform team repairs the series and says when to send the file again.',
    release: 'any-time',
    releaseReason: 'The stray image set has been deleted; the file can be imported again.',
  },
  CLEARANCE_MISSING: {
    happened: 'The national opt-out service gave no usable answer about this submission in time.',
    fix: 'Nothing to do now: the platform team processes the file again when the service answers. If it has not when the file’s time ends, send it again.',
    release: 'any-time',
    releaseReason: 'The opt-out service is asked again.',
  },
  PROCESSING_FAILED: {
    happened: 'The platform could not finish this file after several tries.',
    fix: 'Send the file again in a new submission; if it fails again, tell the platform team.',
    release: 'any-time',
    releaseReason: 'The fault may have passed.',
  },
} as const satisfies Record<string, QuarantineReason>;

export type QuarantineCode = keyof typeof quarantineReasons;

export const quarantineCodes = Object.keys(quarantineReasons) as [QuarantineCode, ...QuarantineCode[]];
