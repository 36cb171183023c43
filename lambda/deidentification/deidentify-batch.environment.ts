import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import {
  collectionsVariable,
  landingBucketsVariable,
  shareVariable,
  trustsVariable,
} from '../platform/environment-variables';

/** Environment of `deidentification/deidentify-batch`. */
export const deidentifyBatchEnvironment = z.object({
  WORK_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  UID_ROOT: nameVariable,
  TRUSTS: trustsVariable,
  COLLECTIONS: collectionsVariable,
  HELD_OUT_SHARE: shareVariable,
});
