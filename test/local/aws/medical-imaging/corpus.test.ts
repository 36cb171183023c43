import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { summarise } from '../../../../local/aws/medical-imaging/instance-summary';
import { readPart10File } from '../../../../local/aws/medical-imaging/part10-file';
import { ImagingRoom } from './imaging-room';

const corpus = resolve(__dirname, '../../../../../shared/corpus');
const whereThere = existsSync(corpus) ? describe : describe.skip;

let room: ImagingRoom;
beforeEach(async () => {
  room = new ImagingRoom();
  await room.open();
});
afterEach(() => room.close());

whereThere('an import of the corpus (../shared/corpus)', () => {
  it('accounts for every file and gives back what it took, byte for byte', async () => {
    const names = (readdirSync(corpus, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.dcm'))
      .sort();
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(corpus, name))]));
    const datastoreId = await room.createStore();
    const { prefix, job, summary, success, failure } = await room.import(datastoreId, files);
    expect(job?.jobStatus).toBe('COMPLETED');
    expect(summary.numberOfScannedFiles).toBe(names.length);
    expect(success.length + failure.length).toBe(names.length);
    expect(summary.numberOfFilesWithServerError).toBe(0);
    expect(success.length).toBeGreaterThan(names.length / 2);

    const last = new Map<string, string>();
    const paths = new Map<string, string>();
    for (const { inputFile, importResponse } of success) {
      const name = inputFile.slice(prefix.length + 1);
      const uids = summarise(await readPart10File(join(room.objects.folder, 'input', inputFile)));
      const path = `/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}/instances/${uids.sopInstanceUid}`;
      paths.set(name, `${path}?imageSetId=${importResponse.imageSetId}`);
      last.set(paths.get(name) ?? '', name);
    }
    for (const [path, name] of last) {
      const accept = 'application/dicom; transfer-syntax=*';
      const read = await room.get(datastoreId, path, { accept });
      expect(read.status).toBe(200);
      expect(Buffer.from(await read.arrayBuffer()).equals(files[name] ?? Buffer.alloc(0))).toBe(true);
      const metadata = await room.get(datastoreId, path.replace('?', '/metadata?'));
      const [json] = (await metadata.json()) as Record<string, { Value?: unknown[] }>[];
      if (!json?.['7FE00010'] && !json?.['7FE00008']) continue;
      const frames = Number(json['00280008']?.Value?.[0] ?? 1);
      const frame = await room.get(datastoreId, path.replace('?', `/frames/${frames}?`), {
        accept: 'application/octet-stream; transfer-syntax=*',
      });
      expect(frame.status).toBe(200);
      expect((await frame.arrayBuffer()).byteLength).toBe(Number(frame.headers.get('content-length')));
    }
  }, 60_000);
});
