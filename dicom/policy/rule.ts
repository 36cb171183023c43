/**
 * What is done with an attribute.
 * - `remove`: it goes; emptied or replaced by a dummy where its Type asks for that
 * - `empty`, `dummy`: as the table says, also where its Type would allow to leave it out
 * - `keep`: it stays if its value passes the check of its VR
 * - `keep-binary`: bytes that hold numbers by definition (lookup tables, vectors, samples)
 * - `keep-class-uid`: stays if it is a registered UID of the standard
 * - `map-uid`, `shift-date`, `cap-age`: transformed
 * - `clean`: free text, word by word against the list of terms
 * - `clean-device`: the same with the list of device terms
 * - `sequence`: its items are treated by the same rules
 * - the others are single attributes with a treatment of their own
 */
export type Rule =
  | 'remove'
  | 'empty'
  | 'dummy'
  | 'keep'
  | 'keep-binary'
  | 'keep-class-uid'
  | 'map-uid'
  | 'shift-date'
  | 'cap-age'
  | 'clean'
  | 'clean-device'
  | 'clean-icc-profile'
  | 'sequence'
  | 'character-set'
  | 'timezone'
  | 'patient-name'
  | 'patient-id'
  | 'accession-number'
  | 'image-type'
  | 'engine';
