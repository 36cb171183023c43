import type { ConfigurationInput } from './configuration';

/** Shows every field with made-up values; 1.3.6.1.4.1.32473 is the arc set aside for documentation (RFC 5612). */
export const example: ConfigurationInput = {
  environmentName: 'example',
  region: 'eu-west-2',
  uidRoot: '1.3.6.1.4.1.32473.7',
  heldOutShare: 0.2,
  trusts: [
    {
      odsCode: 'RX1',
      name: 'Northfield University Hospitals NHS Trust',
      region: 'E12000004',
      nhsNumbers: [{ attribute: 'PatientID', issuer: 'NHS' }, { attribute: 'OtherPatientIDsSequence' }],
      expectedStudiesPerWeek: 40,
    },
    {
      odsCode: 'RY2',
      name: 'Westhaven Hospitals NHS Foundation Trust',
      region: 'E12000009',
      nhsNumbers: [{ attribute: 'PatientID' }],
    },
  ],
  collections: [
    {
      id: 'chest',
      arc: 7,
      title: 'Chest imaging',
      purpose: 'Development and evaluation of software that finds disease on X-ray and CT of the chest.',
      duoCodes: ['DUO:0000007', 'DUO:0000026', 'DUO:0000029'],
      legalBasis: {
        article6: '6(1)(e)',
        article9: '9(2)(j)',
        confidentiality: 'Section 251 support',
        reference: '00/CAG/0000',
        endsOn: '2031-03-31',
      },
    },
    {
      id: 'breast-screening',
      arc: 8,
      title: 'Breast screening',
      purpose: 'Development and evaluation of software that reads mammograms of the screening programme.',
      duoCodes: ['DUO:0000007', 'DUO:0000026'],
      legalBasis: {
        article6: '6(1)(e)',
        article9: '9(2)(j)',
        confidentiality: 'Section 251 support',
        reference: '00/CAG/0001',
        endsOn: '2031-03-31',
      },
    },
    {
      id: 'any-kind',
      arc: 9,
      title: 'Images of any kind',
      purpose: 'Checking that the platform takes every kind of image that a trust may send.',
      duoCodes: ['DUO:0000042'],
      legalBasis: {
        article6: '6(1)(e)',
        article9: '9(2)(j)',
        confidentiality: 'Consent',
        reference: '00/CAG/0002',
        endsOn: '2031-03-31',
      },
      acceptedPixelKinds: [
        'burned-in-annotation',
        'secondary-capture',
        'screen-save',
        'dose-report',
        'ultrasound-without-regions',
        'text-in-compressed-pixels',
        'slide-label',
      ],
    },
  ],
  oidc: { issuer: 'https://sign-in.example.nhs.uk', audience: 'nmip' },
  portalOrigin: 'https://nmip.example.nhs.uk',
  dataAccessEnvironment: { vpcEndpointId: 'vpce-0123456789abcdef0' },
  firstOfficers: ['officer-1'],
  clearance: { limitSeconds: 259_200 },
  publication: {
    publisher: { name: 'Example Imaging Programme', identifier: 'https://nmip.example.nhs.uk' },
    contact: { name: 'Data access office', email: 'data-access@nmip.example.nhs.uk' },
    licence: {
      title: 'NMIP data access agreement: no re-identification, no onward sharing',
      address: 'https://nmip.example.nhs.uk/terms',
    },
    accessRequest: 'https://nmip.example.nhs.uk/apply',
    funders: ['Example Research Fund'],
  },
};
