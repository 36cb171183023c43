import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real DICOM files beside the project; tests of them are skipped, by name, where they are not there. */
export const corpusFolder = join(__dirname, '..', '..', '..', '..', 'shared', 'corpus');

export const describeWithCorpus = (name: string, body: () => void): void => {
  (existsSync(join(corpusFolder, 'index.csv')) ? describe : describe.skip)(name, body);
};

export const corpusFiles = (): string[] =>
  existsSync(corpusFolder)
    ? readdirSync(corpusFolder)
        .filter((name) => name.endsWith('.dcm'))
        .sort()
    : [];

export const readCorpusFile = (name: string): Buffer => readFileSync(join(corpusFolder, name));
