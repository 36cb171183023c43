import { SeededDraws } from '../faults/seeded-draws';

/** What a drill sends, drawn from the seed alone. */

export const trusts = ['RX1', 'RY2'] as const;
export type Trust = (typeof trusts)[number];

/** A file that is sent, or said to be. */
export interface PlannedFile {
  /** From 1 within its submission, in the order of sending. */
  readonly ordinal: number;
  readonly patient: number;
  /** Names the study among those of the seed; with series and slice, the instance. */
  readonly study: string;
  readonly series: number;
  readonly slice: number;
  /** Rows and columns. */
  readonly size: number;
  /** Two variants of an instance have other pixels under the same UID. */
  readonly variant: 0 | 1;
  readonly header: 'plain' | 'rewritten' | 'other-sex';
  readonly damage: 'none' | 'no-image' | 'truncated';
  /** `wrong-bytes`: others than the manifest says are all that is ever sent. */
  readonly arrival: 'whole' | 'missing' | 'wrong-bytes';
  readonly group: number;
  /** A file of a series that the rest of its group is not of. */
  readonly stray: boolean;
  /** Whether it stands in the submission's one zip archive, the files of which are in order of ordinal. */
  readonly archived: boolean;
}

export interface PlannedSubmission {
  /** From 0. */
  readonly index: number;
  readonly trust: Trust;
  /** By the `nmip upload` command, or by a client that speaks to the API. */
  readonly by: 'command' | 'client';
  /** Whether the NHS numbers are sent beside the manifest, or left to be read in the headers. */
  readonly subjects: 'sent' | 'in-headers';
  /** Patients who are left out of the list that is sent. */
  readonly unlisted: ReadonlySet<number>;
  readonly files: readonly PlannedFile[];
}

export interface SendingPlan {
  readonly seed: string;
  readonly submissions: readonly PlannedSubmission[];
  readonly optedOut: ReadonlySet<number>;
  /** Patients are numbered from 0 to below this. */
  readonly patients: number;
}

export const instanceKey = (file: Pick<PlannedFile, 'study' | 'series' | 'slice'>): string =>
  `${file.study}/${file.series}/${file.slice}`;

/** A submission of the drill has about so many files. */
const filesOfSubmission = 125;
const mostSubmissions = 16;
const fewestSubmissions = 3;

const sizes = [32, 48, 64, 96, 128] as const;

/** Shares of a hundred; of what is drawn anew each time. */
const shares = {
  optedOut: 10,
  knownPatient: 20,
  missing: 2,
  wrongBytes: 1,
  noImage: 1,
  truncated: 2,
  /** After a study, something that meets what was sent before. */
  sameAgain: 25,
  ofAnotherSubmission: 25,
  otherPixels: 25,
  stray: 10,
  otherSex: 8,
  archive: 50,
  byCommand: 30,
  inHeaders: 30,
  unlisted: 3,
} as const;

interface KnownStudy {
  readonly submission: number;
  readonly name: string;
  readonly patient: number;
  readonly files: PlannedFile[];
  /** Whether other submissions may hold it too: one with a conflict within the study must be this one's alone. */
  exclusive: boolean;
}

class Planner {
  private readonly draws: SeededDraws;
  private readonly studies: KnownStudy[] = [];
  private readonly optedOut = new Set<number>();
  private patients = 0;

  constructor(private readonly seed: string) {
    this.draws = new SeededDraws(seed, 'submissions');
  }

  plan(files: number): SendingPlan {
    const wanted = Math.round(files / filesOfSubmission);
    const count = Math.min(files, Math.max(fewestSubmissions, Math.min(mostSubmissions, wanted)));
    const submissions = Array.from({ length: count }, (_, index) => {
      const before = Math.floor((files * index) / count);
      return this.submission(index, Math.floor((files * (index + 1)) / count) - before);
    });
    return { seed: this.seed, submissions, optedOut: this.optedOut, patients: this.patients };
  }

  private submission(index: number, size: number): PlannedSubmission {
    const { draws } = this;
    // The first is a client's and the second the command's, so that a small drill has both.
    const by = index === 1 || (index > 1 && draws.chance(shares.byCommand)) ? 'command' : 'client';
    const subjects = by === 'client' && draws.chance(shares.inHeaders) ? 'in-headers' : 'sent';
    const filler = new SubmissionFiller(index, by, size, draws, this.studies);
    while (!filler.full) {
      const known = this.patients > 0 && draws.chance(shares.knownPatient);
      filler.addStudy(known ? draws.between(0, this.patients - 1) : this.newPatient());
    }
    const patients = [...new Set(filler.files.map(({ patient }) => patient))];
    const mayLeaveOut = by === 'client' && subjects === 'sent';
    const unlisted = new Set(patients.filter(() => mayLeaveOut && draws.chance(shares.unlisted)));
    return {
      index,
      trust: trusts[index % trusts.length] ?? 'RX1',
      by,
      subjects,
      unlisted,
      files: by === 'client' && draws.chance(shares.archive) ? this.withArchive(filler.files) : filler.files,
    };
  }

  /** The files of a group of which each is sent, in an archive. */
  private withArchive(files: readonly PlannedFile[]): PlannedFile[] {
    const absent = new Set(files.filter(({ arrival }) => arrival !== 'whole').map(({ group }) => group));
    const whole = files.filter(({ group }) => !absent.has(group)).map(({ group }) => group);
    const chosen = whole.length === 0 ? null : this.draws.pick(whole);
    return files.map((file) => ({ ...file, archived: file.group === chosen }));
  }

  private newPatient(): number {
    const patient = this.patients;
    this.patients += 1;
    if (this.draws.chance(shares.optedOut)) this.optedOut.add(patient);
    return patient;
  }
}

/** Draws the files of one submission. */
class SubmissionFiller {
  readonly files: PlannedFile[] = [];
  private groups = 0;

  constructor(
    private readonly index: number,
    private readonly by: PlannedSubmission['by'],
    private readonly size: number,
    private readonly draws: SeededDraws,
    private readonly studies: KnownStudy[],
  ) {}

  get full(): boolean {
    return this.files.length >= this.size;
  }

  /** Adds a study of a patient, and after it perhaps what meets it or an earlier one. */
  addStudy(patient: number): void {
    const { draws } = this;
    const name = `${this.index}-${this.studies.length}`;
    const study: KnownStudy = { submission: this.index, name, patient, files: [], exclusive: false };
    this.studies.push(study);
    for (let series = draws.between(1, 2); series > 0; series -= 1) {
      const group = this.newGroup();
      for (let slice = draws.between(2, 6); slice > 0; slice -= 1)
        this.add(study, { series, slice, size: draws.pick(sizes), group, ...this.state() });
      if (this.by === 'client' && draws.chance(shares.stray)) this.addStray(study, group);
    }
    if (draws.chance(shares.otherSex)) this.addOtherSex(study);
    if (draws.chance(shares.sameAgain)) this.addCopies(study);
    if (draws.chance(shares.ofAnotherSubmission)) {
      const others = this.studies.filter((each) => each.submission !== this.index && !each.exclusive);
      if (others.length > 0) this.addCopies(draws.pick(others));
    }
  }

  private state(): Pick<PlannedFile, 'damage' | 'arrival'> {
    const { draws } = this;
    if (draws.chance(shares.truncated)) return { damage: 'truncated', arrival: 'whole' };
    // The command sends what is there and an image.
    if (this.by === 'command') return { damage: 'none', arrival: 'whole' };
    if (draws.chance(shares.noImage)) return { damage: 'no-image', arrival: 'whole' };
    if (draws.chance(shares.missing)) return { damage: 'none', arrival: 'missing' };
    return { damage: 'none', arrival: draws.chance(shares.wrongBytes) ? 'wrong-bytes' : 'whole' };
  }

  private newGroup(): number {
    this.groups += 1;
    return this.groups;
  }

  private add(
    study: KnownStudy,
    file: Pick<PlannedFile, 'series' | 'slice' | 'size' | 'group'> & Partial<PlannedFile>,
  ): void {
    if (this.full) return;
    const planned: PlannedFile = {
      ordinal: this.files.length + 1,
      patient: study.patient,
      study: study.name,
      variant: 0,
      header: 'plain',
      damage: 'none',
      arrival: 'whole',
      stray: false,
      archived: false,
      ...file,
    };
    this.files.push(planned);
    if (study.submission === this.index && !planned.stray) study.files.push(planned);
  }

  /** Whether the first file of a group is sure to say of which series the group is. */
  private isLedBySoundFile(group: number): boolean {
    const first = this.files.find((file) => file.group === group);
    return first?.damage === 'none' && first.arrival === 'whole';
  }

  /** A file of another series in a group; the study is nobody else's, as its claim is nobody's. */
  private addStray({ patient, name }: KnownStudy, group: number): void {
    if (!this.isLedBySoundFile(group)) return;
    const stray = {
      submission: this.index,
      name: `${name}-stray-${group}`,
      patient,
      files: [],
      exclusive: true,
    };
    this.add(stray, { series: 1, slice: 1, size: 32, group, stray: true });
  }

  /** An image of the study whose patient is of the other sex. */
  private addOtherSex(study: KnownStudy): void {
    const [first] = study.files;
    if (first?.damage !== 'none' || first.arrival !== 'whole') return;
    study.exclusive = true;
    this.add(study, { series: 9, slice: 1, size: 32, group: this.newGroup(), header: 'other-sex' });
  }

  /** Files of a known study again: the same bytes, another header, or other pixels. */
  private addCopies(study: KnownStudy): void {
    const { draws } = this;
    const sound = study.files.filter((file) => file.damage === 'none' && file.header === 'plain');
    if (sound.length === 0) return;
    const [{ series }] = [draws.pick(sound)];
    const group = this.newGroup();
    const copied = sound.filter((file) => file.series === series).slice(0, draws.between(1, 4));
    for (const { slice, size } of copied)
      this.add(study.submission === this.index ? { ...study, files: [] } : study, {
        series,
        slice,
        size,
        group,
        header: draws.chance(50) ? 'rewritten' : 'plain',
        variant: draws.chance(shares.otherPixels) ? 1 : 0,
      });
  }
}

/** Draws submissions of so many files in all. */
export function planSubmissions(seed: string, files: number): SendingPlan {
  return new Planner(seed).plan(files);
}
