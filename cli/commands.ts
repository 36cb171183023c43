import type { Command } from 'commander';

interface LazyCommand {
  readonly summary: string;
  /** Loads the code of the command, and with it what it needs. */
  readonly load: () => Promise<Command>;
}

/** Every subcommand of `nmip`, in the order of the help. */
export const commands = {
  login: {
    summary: 'sign in',
    load: async () => (await import('./sign-in/login.command')).loginCommand(),
  },
  logout: {
    summary: 'sign out and forget the tokens',
    load: async () => (await import('./sign-in/logout.command')).logoutCommand(),
  },
  whoami: {
    summary: 'who is signed in, with which roles',
    load: async () => (await import('./sign-in/whoami.command')).whoamiCommand(),
  },
  upload: {
    summary: 'send the DICOM files of a folder',
    load: async () => (await import('./upload/upload.command')).uploadCommand(),
  },
  demographics: {
    summary: 'check the demographics of a submission, or send them',
    load: async () => (await import('./demographics/demographics.command')).demographicsCommand(),
  },
  submission: {
    summary: 'state and outcome of a submission',
    load: async () => (await import('./submission/submission.command')).submissionCommand(),
  },
  receipt: {
    summary: 'verify a signed receipt',
    load: async () => (await import('./submission/receipt.command')).receiptCommand(),
  },
  quarantine: {
    summary: 'quarantined files: see, release, reject',
    load: async () => (await import('./quarantine/quarantine.command')).quarantineCommand(),
  },
  scorecard: {
    summary: "a trust's week: deliveries, delays, quality of the images",
    load: async () => (await import('./quality/scorecard.command')).scorecardCommand(),
  },
  quality: {
    summary: 'what is wrong with the images of a collection, by trust (officers, auditors)',
    load: async () => (await import('./quality/quality.command')).qualityCommand(),
  },
  withdraw: {
    summary: 'withdraw patients, studies or a trust',
    load: async () => (await import('./withdrawal/withdraw.command')).withdrawCommand(),
  },
  withdrawal: {
    summary: 'state and certificate of a withdrawal',
    load: async () => (await import('./withdrawal/withdrawal.command')).withdrawalCommand(),
  },
  'evaluation-set': {
    summary: 'samples of held-out patients (officers); what is held out, by hash (everybody)',
    load: async () => (await import('./evaluation-set/evaluation-set.command')).evaluationSetCommand(),
  },
  application: {
    summary: 'apply for access to a collection, amend, renew',
    load: async () => (await import('./application/application.command')).applicationCommand(),
  },
  review: {
    summary: 'read applications and decide on them',
    load: async () => (await import('./access/review.command')).reviewCommand(),
  },
  projects: {
    summary: 'the projects that you are a member of',
    load: async () => (await import('./access/projects.command')).projectsCommand(),
  },
  register: {
    summary: 'the public register of projects; needs no sign-in',
    load: async () => (await import('./access/register.command')).registerCommand(),
  },
  people: {
    summary: 'roles of a person (officers)',
    load: async () => (await import('./access/people.command')).peopleCommand(),
  },
  revoke: {
    summary: 'take access away from a member, a project, or everybody',
    load: async () => (await import('./access/revoke.command')).revokeCommand(),
  },
  reopen: {
    summary: 'open again what was shut for everybody (two officers)',
    load: async () => (await import('./access/reopen.command')).reopenCommand(),
  },
  credentials: {
    summary: 'a short AWS credential for a project',
    load: async () => (await import('./credentials/credentials.command')).credentialsCommand(),
  },
  configure: {
    summary: 'write a profile for AWS tools',
    load: async () => (await import('./credentials/configure.command')).configureCommand(),
  },
  cohort: {
    summary: 'count studies by a filter, and make lists of them to cite',
    load: async () => (await import('./cohort/cohort.command')).cohortCommand(),
  },
  download: {
    summary: 'fetch the images of a project or of a cohort',
    load: async () => (await import('./download/download.command')).downloadCommand(),
  },
  evaluate: {
    summary: 'judge the scores of a model by group, on this machine',
    load: async () => (await import('./evaluate/evaluate.command')).evaluateCommand(),
  },
  release: {
    summary: 'releases: fetch, verify, compare; make them (officers)',
    load: async () => (await import('./release/release.command')).releaseCommand(),
  },
  audit: {
    summary: 'verify the history, and see who had access (auditors)',
    load: async () => (await import('./audit/audit.command')).auditCommand(),
  },
  representativeness: {
    summary: 'whom a set of images represents, against a population',
    load: async () =>
      (await import('./representativeness/representativeness.command')).representativenessCommand(),
  },
  deidentify: {
    summary: 'run the de-identification engine on a folder, without the platform',
    load: async () => (await import('./deidentify.command')).deidentifyCommand(),
  },
  local: {
    summary: 'put the embedded platform of a checkout under fire',
    load: async () => (await import('./embedded/local.command')).localCommand(),
  },
} as const satisfies Record<string, LazyCommand>;

export type CommandName = keyof typeof commands;
