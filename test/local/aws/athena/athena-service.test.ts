import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { type LakeTable, lakeTables } from '../../../../lambda/lake/lake-tables.contract';
import { allow, policy, TestPlatform } from '../test-platform';
import { askerPolicy, DATABASE, engineOf, putListed, startLakePlatform, WORK_GROUP } from './lake-platform';

let platform: TestPlatform;
let s3: S3Client;

const tables = Object.keys(lakeTables);
const asker = (name = 'asker') => engineOf(platform, name, askerPolicy(tables));
const anything = z.record(z.string(), z.unknown());

beforeAll(async () => {
  platform = await startLakePlatform();
  s3 = platform.s3Client(platform.as('writer', policy(allow('*'))));
  await putListed(s3, 'instances', { collection: 'chest', split: 'development' }, [
    {
      submission: 's-1',
      ordinal: 1,
      modality: 'CT',
      kvp: 120,
      bytes: 5_000_000_000,
      study_date: '2024-02-29',
      contrast: true,
      body_part: 'a "quoted", word',
    },
    { submission: 's-1', ordinal: 2, modality: null, kvp: 80.5, contrast: false, body_part: '' },
  ]);
  await putListed(s3, 'instances', { collection: 'knee', split: 'held-out' }, [
    { submission: 's-2', ordinal: 1, modality: 'MR' },
  ]);
});

afterAll(() => platform.stop());

describe('Athena on the embedded platform', () => {
  it('gives typed values of every type, null included, with the partitions as columns', async () => {
    const rows = await asker().rows(
      `SELECT ordinal, modality, kvp, bytes, study_date, contrast, body_part, collection, split FROM instances
       WHERE collection = 'chest' ORDER BY ordinal`,
      anything,
    );
    expect(rows).toEqual([
      {
        ordinal: 1,
        modality: 'CT',
        kvp: 120,
        bytes: 5_000_000_000,
        study_date: '2024-02-29',
        contrast: true,
        body_part: 'a "quoted", word',
        collection: 'chest',
        split: 'development',
      },
      {
        ordinal: 2,
        modality: null,
        kvp: 80.5,
        bytes: null,
        study_date: null,
        contrast: false,
        body_part: '',
        collection: 'chest',
        split: 'development',
      },
    ]);
  });

  it.each(['demographics', 'tombstones'])(
    'answers of the empty table %s with its columns and no row',
    async (table) => {
      const count = z.object({ rows: z.number() });
      const columns = [
        ...Object.keys(lakeTables[table as LakeTable].columns),
        ...lakeTables[table as LakeTable].partitions,
      ];
      const text = `SELECT count(*) AS rows FROM (SELECT ${columns.join(', ')} FROM ${table})`;
      expect(await asker().rows(text, count)).toEqual([{ rows: 0 }]);
    },
  );

  it('divides whole numbers as Trino does', async () => {
    expect(await asker().rows('SELECT 7 / 2 AS down, -7 / 2 AS up', anything)).toEqual([{ down: 3, up: -3 }]);
  });

  it('reads an answer of more rows than a page from the file of results', async () => {
    const text = `SELECT t.n AS n, 'line' AS word FROM (SELECT unnest(range(2500)) AS n) t ORDER BY n`;
    const rows = await asker().rows(text, z.object({ n: z.number(), word: z.string() }));
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 2500 }, (_, n) => n));
  });

  it('unloads into an empty folder by partitions, and refuses one that is not empty', async () => {
    const engine = asker();
    const folder = 'lake/released_series/release=r-1/';
    const text = `SELECT 1 AS patient_number, 'CT' AS modality, collection, split FROM instances`;
    await engine.unload(text, folder, ['collection', 'split']);
    const released = `SELECT count(*) AS rows, min(modality) AS modality, min(collection) AS least, max(split) AS most
      FROM released_series WHERE release = 'r-1'`;
    expect(await engine.rows(released, anything)).toEqual([
      { rows: 3, modality: 'CT', least: 'chest', most: 'held-out' },
    ]);
    await expect(engine.unload(text, folder, ['collection', 'split'])).rejects.toMatchObject({
      name: 'QueryError',
      reason: 'FAILED',
    });
  });

  it('demands the release by name where releases are asked about', async () => {
    const text = 'SELECT count(*) AS rows FROM released_series';
    await expect(asker().rows(text, anything)).rejects.toMatchObject({ reason: 'FAILED' });
  });

  it.each([
    'DROP TABLE instances',
    'INSERT INTO instances SELECT 1',
    'SELECT 1; SELECT 2',
    "COPY (SELECT 1) TO '/tmp/x'",
    'SHOW TABLES',
    "UNLOAD (SELECT 1) TO 's3://catalogue/x/' WITH (format = 'CSV')",
  ])('refuses the statement %s', async (text) => {
    await expect(asker().rows(text, anything)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it.each(["SELECT * FROM read_csv('/etc/hostname')", "SELECT content FROM read_text('/etc/hostname')"])(
    'lets nobody read the disk: %s',
    async (text) => {
      await expect(asker().rows(text, anything)).rejects.toMatchObject({ reason: 'FAILED' });
    },
  );

  it('refuses operations that it does not know by their name', async () => {
    const client = platform.athenaClient(platform.as('all', policy(allow('*'))));
    await expect(client.send(new GetWorkGroupCommand({ WorkGroup: WORK_GROUP }))).rejects.toThrow(
      'GetWorkGroup',
    );
  });

  it.each(['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'])(
    'refuses who may not %s',
    async (action) => {
      const engine = engineOf(platform, `no-${action.slice(7)}`, askerPolicy(tables, [action]));
      await expect(engine.rows('SELECT 1 AS one', anything)).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    },
  );

  it.each([
    'glue:GetDatabase',
    'glue:GetTable',
    's3:ListBucket',
    's3:GetObject',
    's3:PutObject',
    's3:GetBucketLocation',
  ])('asks with the rights of the asker: without %s the question fails', async (action) => {
    const engine = engineOf(platform, `no-${action.replace(':', '-')}`, askerPolicy(tables, [action]));
    await expect(engine.rows('SELECT ordinal FROM instances', anything)).rejects.toMatchObject({
      reason: 'FAILED',
    });
  });

  it('refuses a table that the asker may not see', async () => {
    const engine = engineOf(platform, 'narrow', askerPolicy(['tombstones']));
    await expect(engine.rows('SELECT ordinal FROM instances', anything)).rejects.toMatchObject({
      reason: 'FAILED',
    });
    expect(await engine.rows('SELECT withdrawal FROM tombstones', anything)).toEqual([]);
  });

  it('gives results by page, with a row of names first', async () => {
    const client = platform.athenaClient(platform.as('pages', askerPolicy(tables)));
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: 'SELECT ordinal FROM instances ORDER BY submission, ordinal',
        WorkGroup: WORK_GROUP,
        QueryExecutionContext: { Database: DATABASE },
      }),
    );
    const pages: unknown[] = [];
    let NextToken: string | undefined;
    for (let tries = 0; tries < 1_000 && pages.length < 4; tries += 1) {
      try {
        const page = await client.send(
          new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 1, ...(NextToken && { NextToken }) }),
        );
        pages.push(page.ResultSet?.Rows?.[0]?.Data?.[0]?.VarCharValue);
        NextToken = page.NextToken;
      } catch (error) {
        if (!String(error).includes('not yet finished')) throw error;
      }
    }
    expect(pages).toEqual(['ordinal', '1', '2', '1']);
    expect(NextToken).toBeUndefined();
  });

  it('says nothing of the text in the error of the adapter', async () => {
    const failed = await asker()
      .rows("SELECT nowhere FROM instances WHERE modality = 'SECRET'", anything)
      .catch((error: unknown) => error);
    expect(String(failed)).toContain('FAILED');
    expect(String(failed)).not.toMatch(/SECRET|nowhere|catalogue/);
  });
});

it('keeps no rows of an UNLOAD that was killed: none of a withdrawn patient, where no withdrawal looks', async () => {
  const killed = await TestPlatform.start();
  try {
    const left = join(killed.dataFolder, 'athena', 'an-execution', 'rows');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'rows.parquet'), 'rows');
    await killed.restart();
    expect(existsSync(left)).toBe(false);
  } finally {
    await killed.stop();
  }
});
