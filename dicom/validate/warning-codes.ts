/**
 * What was odd about a file that was de-identified all the same, worded for radiology staff. Stable codes: they stand in
 * results and in the catalogue, and name no value of the file.
 */
export const warningTexts = {
  TRANSFER_SYNTAX_ASSUMED:
    'The file does not say how it is encoded; it was read as what its first bytes show.',
  TRANSFER_SYNTAX_CORRECTED:
    'The file is encoded otherwise than it says; it was read as what its bytes show.',
  TRAILING_PADDING_DROPPED: 'Empty bytes behind the last attribute were left out.',
  UNKNOWN_VR_REMOVED: 'Values of unknown representation were removed.',
  LARGE_VALUE_REMOVED: 'A value too large to be looked into was removed.',
  INVALID_VALUE_REMOVED: 'Values that are not legal for their representation were removed.',
  MODULES_UNKNOWN: 'What this kind of object must hold is not known to the platform and was not checked.',
  SOP_CLASS_MISMATCH:
    'The start of the file names another kind of object than its content; the content was believed.',
  REQUIRED_VALUE_MISSING: 'A value that this kind of object must have (Type 1) is missing.',
  REQUIRED_ATTRIBUTE_MISSING:
    'An attribute that this kind of object must have, if empty (Type 2), is missing.',
  PIXEL_DATA_MISSING: 'The object is an image without pixel data.',
  PIXEL_DESCRIPTION_INCONSISTENT: 'Attributes that describe the pixels contradict each other.',
  FRAME_CONTAINER: 'Compressed frames stand in a file format of their own instead of bare.',
  COMMENTS_BLANKED: 'Text inside compressed frames was overwritten; the image itself is unchanged.',
  PIXELS_BLANKED: 'What lies outside of the image regions was blanked.',
  OFFSET_TABLE_DROPPED: 'The table of frame positions was left out, since blanked frames have other lengths.',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof warningTexts;
