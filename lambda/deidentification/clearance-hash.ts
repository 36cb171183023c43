import { createHmac } from 'node:crypto';

/**
 * The keyed hash under which a cleared NHS number is remembered. The first part of the message keeps it apart from the
 * pseudonym that the same key makes of the same number.
 */
export function clearanceHash(patientKey: Buffer, nhsNumber: string): string {
  return createHmac('sha256', patientKey).update(`cleared\0${nhsNumber}`, 'utf8').digest('hex');
}
