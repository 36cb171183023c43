/** Somebody who may sign in to the embedded platform. Names are roles, since nobody of them exists. */
export interface DemoPerson {
  /** `sub` of the tokens. */
  readonly subject: string;
  readonly name: string;
  readonly email: string;
}

/** What each may do is for the register to say; `officer-1` is the first officer of the local configuration. */
export const demoPeople: readonly DemoPerson[] = [
  { subject: 'uploader-rx1', name: 'Uploader, trust RX1', email: 'uploader@rx1.example.nhs.uk' },
  { subject: 'uploader-ry2', name: 'Uploader, trust RY2', email: 'uploader@ry2.example.nhs.uk' },
  {
    subject: 'applicant-1',
    name: 'Applicant, research organisation A',
    email: 'applicant@research-a.example.org',
  },
  {
    subject: 'member-1',
    name: 'Project member, research organisation A',
    email: 'member@research-a.example.org',
  },
  { subject: 'reviewer-1', name: 'Reviewer, organisation B', email: 'reviewer@organisation-b.example.org' },
  { subject: 'reviewer-2', name: 'Reviewer, organisation C', email: 'reviewer@organisation-c.example.org' },
  { subject: 'officer-1', name: 'Officer of the platform', email: 'officer@nmip.example.nhs.uk' },
  { subject: 'auditor-1', name: 'Auditor', email: 'auditor@nmip.example.nhs.uk' },
];
