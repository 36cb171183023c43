import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { chainOf } from '../../lambda/register/applications';
import type { RegisterEvent } from '../../lambda/register/event.contract';
import { recordPerson } from '../../lambda/register/people';
import { project } from '../../lambda/register/project.contract';
import { projectKey } from '../../lambda/register/register-table';
import type { Platform } from '../../local/platform';
import type { DrillParts } from '../../local/services';
import { tableOf } from '../lambda/fixtures/embedded-table';
import { approveOne, makeRegister, officer, trusts } from '../lambda/register/register-fixture';
import { signInByScript } from '../local/sign-in/sign-in-by-script';
import { platformOn } from './platform-on';

/** A platform whose register knows a few people and their projects, without images. */

export const members = ['applicant-1', 'member-1', 'uploader-rx1'] as const;

const anyRecord = z.record(z.string(), z.unknown());

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** As many times as the command tries. */
const attempts = 10;

export interface AccessPlatform {
  readonly platform: Platform;
  readonly projects: readonly string[];
  readonly register: ReturnType<typeof tableOf>['table'];
  /**
   * Asks for a credential until there is an answer for good, under one key, as the command does: another key only where the
   * service calls the request old.
   * @returns the answer, the keys that were used, and how many answers were failures of the way there
   */
  ask(
    subject: string,
    projectId: string,
    key: string,
  ): Promise<Answer & { readonly keys: number; readonly failures: number }>;
  /** Revokes a project's grant by the API, as an officer. */
  revoke(projectId: string): Promise<void>;
  /** What stands in a project's partition, by the beginning of its keys. */
  records(projectId: string, kind: 'ISSUE#' | 'EVENT#'): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startAccessPlatform(
  dataFolder: string,
  projects: number,
  drill?: DrillParts,
): Promise<AccessPlatform> {
  const platform = await platformOn(dataFolder, undefined, { ...(drill && { drill }) });
  const { table: register, stop } = tableOf(platform.services.dynamodb, platform.variable('REGISTER_TABLE'));
  const fixture = await makeRegister();
  fixture.clock.moveTo(new Date());
  await recordPerson(fixture.committee, trusts, officer, 'uploader-rx1', {
    roles: [],
    organisation: 'Westgate Hospital',
  });
  const made: string[] = [];
  for (let number = 0; number < projects; number += 1)
    made.push((await approveOne(fixture, { members: members.slice(1) })).projectId);
  for (const item of fixture.table.partition()) await register.put(item);
  const tokens = new Map<string, string>();
  for (const subject of members)
    tokens.set(subject, (await signInByScript(platform.addresses.issuer, subject)).access_token);

  const officerToken = (await signInByScript(platform.addresses.issuer, 'officer-1')).access_token;

  const revoke = async (projectId: string): Promise<void> => {
    const found = await register.get(projectKey(projectId), project);
    const grant = found?.grants.find(({ status }) => status === 'active');
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${platform.addresses.frontDoor}/v1/projects/${projectId}/revocations`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${officerToken}`,
          'content-type': 'application/json',
          'idempotency-key': `revoke-${projectId}`,
          'if-match': `"${found?.version}"`,
        },
        body: JSON.stringify({ kind: 'grant', grantId: grant?.id, reason: 'security' }),
      });
      if (response.status === 201) return;
      if (response.status < 500 || attempt === attempts)
        throw new Error(`The revocation was answered with ${response.status}: ${await response.text()}`);
      await pause(100 * attempt);
    }
  };

  const askOnce = async (subject: string, projectId: string, key: string): Promise<Answer> => {
    const response = await fetch(`${platform.addresses.frontDoor}/v1/projects/${projectId}/credentials`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(subject)}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: '{}',
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  return {
    platform,
    projects: made,
    register,
    ask: async (subject, projectId, key) => {
      let name = key;
      let keys = 1;
      let failures = 0;
      for (let attempt = 1; ; attempt += 1) {
        const answer = await askOnce(subject, projectId, name);
        const { status } = answer;
        if (status >= 500) failures += 1;
        if (answer.body.code === 'CREDENTIAL_REQUEST_OLD') {
          keys += 1;
          name = `${key}-${keys}`;
        } else if ((status < 500 && status !== 429) || attempt === attempts)
          return { ...answer, keys, failures };
        await pause(100 * attempt);
      }
    },
    revoke,
    records: (projectId, kind) =>
      register.queryAll({ pk: chainOf(projectId).partition, skPrefix: kind }, anyRecord),
    stop: async () => {
      stop();
      await platform.stop();
    },
  };
}

export const typesOf = (events: readonly Record<string, unknown>[], type: RegisterEvent['type']) =>
  events.filter((event) => event.type === type);
