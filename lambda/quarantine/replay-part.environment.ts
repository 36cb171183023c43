import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `quarantine/replay-part`. */
export const replayPartEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  PIPELINE_ARN: nameVariable,
});
