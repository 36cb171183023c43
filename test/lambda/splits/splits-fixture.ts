import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import type { RouteContract } from '../../../lambda/platform/route.contract';
import type { ReleaseState } from '../../../lambda/releases/release-record.contract';
import { changedRelease, findRelease, newRelease } from '../../../lambda/releases/release-store';
import { type SplitsPorts, serveSplits } from '../../../lambda/splits/serve-splits';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import type { LakeDatabase, Row } from '../lake/sql/lake-database';
import type { RegisterFixture } from '../register/register-fixture';

export const catalogueBucket = 'catalogue';

/** Of an evaluation set whose second quota is more than most lakes have. */
export const definition = {
  purpose: 'Nodules on chest X-ray, by sex.',
  release: '2026.4',
  collections: ['chest'],
  filter: 'modality = CR',
  stratify: ['sex'],
  quotas: [
    { group: ['1'], patients: 3 },
    { group: ['2'], patients: 20, minimum: 5 },
  ],
};

/** A series of a held-out study of the release 2026.4. */
export const heldOutSeries = (patient: number, study: number, changes: Row = {}): Row => ({
  release: '2026.4',
  collection: 'chest',
  split: 'held-out',
  patient_number: patient,
  study_number: patient * 10 + study,
  patient_pseudonym: `PATIENT${String(patient).padStart(19, '0')}`,
  study_instance_uid: `1.2.${patient}.${study}`,
  series_instance_uid: `1.2.${patient}.${study}.1`,
  datastore_id: 'd',
  instances: 1,
  bytes: 1,
  frames: 1,
  modality: 'CR',
  sex: patient % 2 === 0 ? '1' : '2',
  age_band: '60-69',
  region: 'E12000007',
  trust_region: 'E12000007',
  ...changes,
});

/** The routes of splits-api over a register in memory and a lake of DuckDB. */
export class SplitsRoom {
  readonly objects = new MemoryObjectStore();
  readonly ports: SplitsPorts;
  private readonly api = new HttpApi(silentLog);

  constructor(
    readonly register: RegisterFixture,
    readonly lake: LakeDatabase,
    changes: Partial<SplitsPorts> = {},
  ) {
    const { table, clock, committee } = register;
    this.ports = {
      table,
      clock,
      firstOfficers: committee.firstOfficers,
      engine: lake,
      objects: this.objects,
      catalogueBucket,
      keys: async () => ({ evaluation: Buffer.alloc(32, 1), commitment: Buffer.alloc(32, 2) }),
      usesPerProject: 2,
      ...changes,
    };
    serveSplits(this.api, this.ports);
  }

  /** The release 2026.4, in this state. */
  async releaseIs(state: ReleaseState): Promise<void> {
    const { table, clock } = this.register;
    const known = await findRelease(table, '2026.4');
    const write =
      known === null
        ? newRelease({
            release: '2026.4',
            title: 'Autumn 2026',
            collections: ['chest'],
            state,
            attempt: 1,
            begunAt: clock.now().toISOString(),
            begunBy: `r-${'0'.repeat(26)}`,
            stop: null,
            reasons: [],
            publication: null,
            version: 1,
          })
        : changedRelease(known, { state });
    await table.transact([write]);
  }

  async ask(
    { method, path }: RouteContract,
    person: RequestPerson,
    {
      params = {},
      query = {},
      body,
      key,
    }: {
      params?: Record<string, string>;
      query?: Record<string, string>;
      body?: unknown;
      key?: string;
    } = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const event = {
      httpMethod: method,
      resource: path,
      path,
      pathParameters: params,
      queryStringParameters: query,
      multiValueQueryStringParameters: Object.fromEntries(
        Object.entries(query).map(([name, value]) => [name, [value]]),
      ),
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      multiValueHeaders: { 'content-type': ['application/json'], ...(key && { 'idempotency-key': [key] }) },
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'request',
        authorizer: { subject: person.subject, person: JSON.stringify(person) },
      },
    } as unknown as APIGatewayProxyEvent;
    const answer = await this.api.handler(event);
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  }
}
