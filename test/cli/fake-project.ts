import type * as z from 'zod';
import type { projectView } from '../../lambda/register/project.contract';
import { datastoreId } from './fake-image-store';

export type ProjectView = z.infer<typeof projectView>;
type Grant = ProjectView['grants'][number];

export const project = `p-${'0'.repeat(26)}`;
const grantId = `g-${'0'.repeat(26)}`;

/** A project with one grant. */
export function projectOf(scope: Grant['scope'], accessMode: Grant['accessMode']): ProjectView {
  const common = {
    startsOn: '2026-01-01',
    endsOn: '2027-01-01',
    applicationId: `a-${'0'.repeat(26)}`,
    collection: 'chest',
    accessMode,
  };
  return {
    ...common,
    id: project,
    title: 'Test',
    organisation: 'A',
    laySummary: 'A test.',
    aiUse: false,
    status: 'active',
    members: ['uploader-1'],
    grants: [
      {
        ...common,
        id: grantId,
        projectId: project,
        arc: 7,
        split: 'development',
        scope,
        conditions: [],
        endsAt: '2027-01-01T23:59:59.000Z',
        status: 'active',
      },
    ],
    approvedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    daysLeft: 30,
    accessShut: null,
  };
}

/** A credential of the grant for the image store at an address. */
export const credentialsFor = (dicomwebEndpoint: string) => ({
  accessKeyId: 'ASIATEST',
  secretAccessKey: 'the-secret',
  sessionToken: 'session',
  expiration: new Date(Date.now() + 3_600_000).toISOString(),
  region: 'eu-west-2',
  dicomwebEndpoint,
  datastoreId,
  grantId,
});
