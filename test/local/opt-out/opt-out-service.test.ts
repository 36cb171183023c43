import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ObjectStorage } from '../../../local/aws/service';
import { optOutCaller } from '../../../local/opt-out/opt-out-caller';
import { answerRequest, OptOutService } from '../../../local/opt-out/opt-out-service';

describe('answer of the opt-out service', () => {
  it('lists the numbers that are not opted out, each with comma and line feed', () => {
    const optedOut = new Set(['9990000026']);
    expect(answerRequest('9990000018,\n9990000026,\n9990000034,\n', optedOut)).toBe(
      '9990000018,\n9990000034,\n',
    );
  });

  it('is empty when a line is no number', () => {
    expect(answerRequest('9990000018,\nname,\n', new Set())).toBe('');
  });
});

describe('OptOutService', () => {
  let folder: string;
  let service: OptOutService;
  const objects = new Map<string, string>();
  const faults: Error[] = [];

  const storage: ObjectStorage = {
    getObject: async (_caller, _bucket, key) => {
      const text = objects.get(key);
      if (text === undefined) throw new Error('NoSuchKey');
      return { body: Readable.from([text]), bytes: text.length, etag: '' };
    },
    putObject: async (caller, bucket, key, body) => {
      caller.authorise('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
      objects.set(key, body.toString());
    },
    listKeys: async (_caller, _bucket, prefix) =>
      [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key, bytes: 0 })),
  };
  const created = (key: string, name = 'exchange') => ({
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [],
    detail: { bucket: { name }, object: { key } },
  });
  const answered = async (key: string): Promise<string> => {
    while (!objects.has(key)) await new Promise((resolve) => setTimeout(resolve, 2));
    return objects.get(key) ?? '';
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'opt-out-'));
    objects.clear();
    faults.length = 0;
    service = new OptOutService({
      objects: storage,
      caller: optOutCaller('000000000000', 'exchange'),
      exchangeBucket: 'exchange',
      optedOutFile: join(folder, 'opted-out.txt'),
      delayMilliseconds: 1,
      onFault: (error) => faults.push(error),
    });
  });
  afterEach(() => {
    service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers a request by the list as it stands then', async () => {
    writeFileSync(join(folder, 'opted-out.txt'), '9990000026\n');
    objects.set('requests/s-1.txt', '9990000018,\n9990000026,\n');
    service.observe(created('requests/s-1.txt'));
    expect(await answered('responses/s-1.txt')).toBe('9990000018,\n');
    expect(faults).toEqual([]);
  });

  it('lets everybody pass when there is no list', async () => {
    objects.set('requests/s-1.txt', '9990000018,\n');
    service.observe(created('requests/s-1.txt'));
    expect(await answered('responses/s-1.txt')).toBe('9990000018,\n');
  });

  it('takes up what an earlier run left unanswered, and only that', async () => {
    objects.set('requests/s-1.txt', '9990000018,\n');
    objects.set('requests/s-2.txt', '9990000018,\n');
    objects.set('responses/s-2.txt', 'answered');
    await service.resume();
    await answered('responses/s-1.txt');
    expect(objects.get('responses/s-2.txt')).toBe('answered');
  });

  it('may read requests and write answers, and nothing else', () => {
    const caller = optOutCaller('000000000000', 'exchange');
    const may = (action: string, resource: string): boolean => {
      try {
        caller.authorise(action, resource);
        return true;
      } catch {
        return false;
      }
    };
    expect(may('s3:GetObject', 'arn:aws:s3:::exchange/requests/s-1.txt')).toBe(true);
    expect(may('s3:PutObject', 'arn:aws:s3:::exchange/responses/s-1.txt')).toBe(true);
    expect(may('s3:GetObject', 'arn:aws:s3:::exchange/subjects/s-1.txt')).toBe(false);
    expect(may('s3:PutObject', 'arn:aws:s3:::exchange/requests/s-1.txt')).toBe(false);
    expect(may('s3:GetObject', 'arn:aws:s3:::landing/requests/s-1.txt')).toBe(false);
    expect(may('kms:Decrypt', 'arn:aws:kms:eu-west-2:000000000000:key/1')).toBe(false);
  });
});
