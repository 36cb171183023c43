/** A complete application for access, as an applicant writes it into a file. */
export function demoApplication(title: string, collection: string, requestedEndsOn: string): object {
  return {
    title,
    organisation: 'Research organisation A',
    collection,
    purpose: 'To show on one machine how an approved project reads images, and what it cannot read.',
    laySummary: 'This shows how the platform works. No image is of a real person.',
    duoCodes: ['DUO:0000007', 'DUO:0000026', 'DUO:0000029'],
    accessMode: 'dae-only',
    requestedEndsOn,
    aiUse: false,
    fiveSafes: {
      people: {
        experience: 'A made-up researcher who has read made-up images before.',
        trainedInGovernance: true,
        noReidentification: true,
      },
      projects: {
        aims: 'To show that an approved project can read what it was granted.',
        methods: 'Studies are downloaded and compared with what was sent.',
        ethics: 'not-required',
        ethicsReference: 'No image is of a real person.',
        commercial: false,
      },
      settings: { environment: 'data-access-environment', assurances: [], countries: ['GB'] },
      data: {
        necessity: 'A few studies are enough to show the way of an image.',
        minimisation: 'Only one collection is asked for.',
        afterwards: 'The folder of the demonstration is deleted.',
      },
      outputs: {
        kinds: ['statistics'],
        disclosureControl: 'Counts of made-up studies leave the machine, nothing else.',
        publicationPlan: 'The report of the demonstration is printed on this machine.',
      },
    },
    dataUse: {
      organisationSector: 'academic',
      technicalSummary: 'DICOMweb reads of synthetic studies, compared with their source files.',
      publicBenefitStatement: 'People can see what the platform does before images of patients are in it.',
      requestCategoryType: 'research',
      requestFrequency: 'one-off',
      datasetLinkage: false,
      accreditedResearcherStatus: 'none',
      fundersAndSponsors: [],
      otherApprovalCommittees: [],
      nonGatewayOutputs: [],
    },
    conflictsOfInterest: { declared: 'none' },
  };
}
