import { fileLimit, submissionByteLimit } from '../../../lambda/submission/submission.contract';
import { billedBytes as billedBytesOf } from '../cost/assumptions';
import { lognormalTable, type RandomStream } from '../engine/random';
import type { MixPart, Modality } from './modalities';
import { type Cut, PackCutter } from './pack-studies';

/** Bound here: a year asks for them a hundred million times. */
const [mostFiles, mostBytes, billed] = [fileLimit, submissionByteLimit, billedBytesOf];

/** What one submission holds and what it is cut into. */
export interface SubmissionContent extends Cut {
  readonly studies: number;
  readonly series: number;
  readonly files: number;
  readonly bytes: number;
  /** What HealthImaging bills for its image sets. */
  readonly billedBytes: number;
}

interface Choice {
  readonly modality: Modality;
  /** Shares of the mix before this kind, and of it. */
  readonly from: number;
  readonly share: number;
  readonly sizes: Float64Array;
}

/** Draws studies of a mix, one by one, into submissions. */
export class SubmissionDrawer {
  private readonly choices: readonly Choice[];

  constructor(
    mix: readonly MixPart[],
    private readonly heldOutShare: number,
  ) {
    const total = mix.reduce((sum, { studies }) => sum + studies, 0);
    let from = 0;
    this.choices = mix.map(({ modality, studies }) => {
      const choice = { modality, from, share: studies / total, sizes: lognormalTable(modality.variation) };
      from += choice.share;
      return choice;
    });
  }

  /**
   * As many submissions as the files of `studies` studies need: the API takes no larger one. Each study is two draws: what
   * is left of a number after it has chosen among the kinds, or the splits, is as random as before.
   */
  draw(studies: number, random: RandomStream): SubmissionContent[] {
    const { heldOutShare } = this;
    const contents: SubmissionContent[] = [];
    let open = new OpenSubmission();
    for (let study = 0; study < studies; study += 1) {
      const kind = random.uniform();
      const { modality, from, share, sizes } = this.choose(kind);
      const step = Math.min(sizes.length - 1, Math.floor(((kind - from) / share) * sizes.length));
      const size = sizes[step] as number;
      const split = random.uniform();
      const heldOut = split < heldOutShare;
      const rounding = heldOut ? split / heldOutShare : (split - heldOutShare) / (1 - heldOutShare);
      const grows = modality.grows === 'files';
      // rounded up or down by chance, so that the mean is kept
      const wanted = Math.floor(modality.filesPerStudy * (grows ? size : 1) + rounding);
      const files = Math.min(mostFiles, Math.max(1, wanted));
      const bytesPerFile = (modality.bytesPerStudy / modality.filesPerStudy) * (grows ? 1 : size);
      if (!open.hasRoomFor(files, files * bytesPerFile)) {
        contents.push(open.finish());
        open = new OpenSubmission();
      }
      open.add(files, bytesPerFile, modality.seriesPerStudy, heldOut);
    }
    if (!open.isEmpty) contents.push(open.finish());
    return contents;
  }

  private choose(kind: number): Choice {
    const { choices } = this;
    for (const choice of choices) if (kind < choice.from + choice.share) return choice;
    return choices.at(-1) as Choice;
  }
}

class OpenSubmission {
  private readonly cutter = new PackCutter();
  private studies = 0;
  private series = 0;
  private files = 0;
  private bytes = 0;
  private billed = 0;

  get isEmpty(): boolean {
    return this.studies === 0;
  }

  hasRoomFor(files: number, bytes: number): boolean {
    return this.isEmpty || (this.files + files <= mostFiles && this.bytes + bytes <= mostBytes);
  }

  add(files: number, bytesPerFile: number, seriesPerStudy: number, heldOut: boolean): void {
    const series = Math.min(files, seriesPerStudy);
    for (let index = 0, left = files; index < series; index += 1) {
      const share = Math.ceil(left / (series - index));
      this.cutter.addSeries(share, bytesPerFile, heldOut);
      left -= share;
      this.billed += billed(share * bytesPerFile);
    }
    this.studies += 1;
    this.series += series;
    this.files += files;
    this.bytes += files * bytesPerFile;
  }

  finish(): SubmissionContent {
    const { studies, series, files, bytes } = this;
    return { studies, series, files, bytes, billedBytes: this.billed, ...this.cutter.finish() };
  }
}
