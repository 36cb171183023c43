import type { AssessmentDraft } from '../../../lambda/register/impact-assessment.contract';

/** A complete impact assessment. */
export const assessmentContent: AssessmentDraft = {
  intendedUse: 'To mark X-rays on which a fracture may be.',
  intendedUsers: 'Radiologists',
  influence: 'informs-a-clinician',
  affectedGroups: 'People with chest injuries; children are few.',
  benefits: 'Fractures are found sooner.',
  harms: [
    {
      harm: 'A fracture is missed.',
      likelihood: 'medium',
      severity: 'high',
      mitigation: 'A radiologist reads every image.',
    },
  ],
  dataLimitations: 'Images of children are few.',
  biasTesting: 'Sensitivity by age, sex and ethnic category.',
  humanOversight: 'Nothing is reported without a radiologist.',
  participation: 'Two panels of patients were heard.',
  publication: true,
};
