import type { Landscape } from '../landscape';
import type { QuestionContext } from '../question';
import { dataDeeds } from './data-deeds';
import { ask, type Deeds } from './deed';
import { powerDeeds, rulingDeeds } from './power-deeds';

/** All rights there are, with the requests that each would take in this environment. */
export function deedsOf(landscape: Landscape): readonly Deeds[] {
  const base: QuestionContext = {
    'aws:SecureTransport': 'true',
    'aws:PrincipalAccount': landscape.accountId,
    'aws:ResourceAccount': landscape.accountId,
  };
  return [
    ...dataDeeds(landscape, base),
    ...powerDeeds(landscape, base),
    {
      right: 'derive pseudonyms',
      questions: ask(['kms:GenerateMac'], [landscape.arnOf('keys/PseudonymKey')], base),
    },
    { right: 'sign receipts', questions: ask(['kms:Sign'], [landscape.arnOf('keys/ReceiptKey')], base) },
    ...rulingDeeds(landscape, base),
  ];
}
