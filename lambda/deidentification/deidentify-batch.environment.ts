import * as z from 'zod';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { shareVariable } from '../platform/environment-variables';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `deidentification/deidentify-batch`. */
export const deidentifyBatchEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  UID_ROOT: nameVariable,
  HELD_OUT_SHARE: shareVariable,
  configuration: z.object({
    trusts: z.array(trustConfiguration.pick({ odsCode: true, nhsNumbers: true })),
    collections: z.array(
      collectionConfiguration.pick({
        id: true,
        arc: true,
        policy: true,
        patientsWithoutNhsNumber: true,
        acceptedPixelKinds: true,
      }),
    ),
  }),
});
