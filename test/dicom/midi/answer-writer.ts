import type { Action, Answer, Box } from './answer-key';
import { formatTagPath } from './tag-path';

/** Answers about the element at one path. */
export interface PathAnswers {
  kept(value: string, category?: string): void;
  removed(value: string, category: string): void;
  uid(value: string): void;
  dated(value: string): void;
}

const keptCategory = 'TCIA-P15-DESC-C';

/** Gathers the answers of one instance while its elements are made. */
export class AnswerWriter {
  readonly rows: Answer[] = [];

  constructor(private readonly sopInstanceUid: string) {}

  #add(tag: string, action: Action, text: string, category: string, box: Box | null = null): void {
    this.rows.push({ scope: 'instance', id: this.sopInstanceUid, tag, action, text, category, box });
  }

  /** Answers at a path in MIDI-B's notation. */
  at(path: string): PathAnswers {
    return {
      kept: (value, category = keptCategory) => {
        this.#add(path, 'text_retained', value, category);
        this.#add(path, 'tag_retained', '', 'DICOM-IOD-1');
      },
      removed: (value, category) => this.#add(path, 'text_removed', value, category),
      uid: (value) => {
        this.#add(path, 'uid_changed', value, 'HIPAA-R');
        this.#add(path, 'uid_consistent', value, 'DICOM-P15-BASIC-U');
        this.#add(path, 'tag_retained', '', 'DICOM-IOD-1');
      },
      dated: (value) => this.#add(path, 'date_shifted', value, 'HIPAA-C'),
    };
  }

  #path(tag: number): string {
    return formatTagPath({ steps: [{ kind: 'public', tag }], items: [] });
  }

  kept(tag: number, value: string): void {
    this.at(this.#path(tag)).kept(value);
  }

  removed(tag: number, value: string, category: string): void {
    this.at(this.#path(tag)).removed(value, category);
  }

  uid(tag: number, value: string): void {
    this.at(this.#path(tag)).uid(value);
    this.notNull(tag);
  }

  dated(tag: number, value: string): void {
    this.at(this.#path(tag)).dated(value);
  }

  patientId(tag: number, value: string): void {
    this.#add(this.#path(tag), 'patid_consistent', value, 'DICOM-P15-BASIC-C');
    this.notNull(tag);
  }

  /** Type 1: there, and not empty. */
  notNull(tag: number): void {
    this.#add(this.#path(tag), 'text_notnull', '', 'DICOM-IOD-1');
  }

  /** Type 2: there, and perhaps empty. */
  present(tag: number): void {
    this.#add(this.#path(tag), 'tag_retained', '', 'DICOM-IOD-2');
  }

  pixelsRetained(md5: string): void {
    this.#add('<(7FE0,0010)>', 'pixels_retained', md5, 'TCIA-P15-PIX-K');
  }

  pixelsHidden(box: Box): void {
    this.#add('<(7FE0,0010)>', 'pixels_hidden', '', 'HIPAA-A', box);
  }
}
