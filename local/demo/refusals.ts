import { type SessionCredentials, signedRequest } from './signed-request';

/** Where and with what a project reads. */
export interface ProjectAccess {
  readonly credentials: SessionCredentials;
  /** A credential for one study only, and a study that it is not for; null where the project has one study. */
  readonly narrow: { readonly credentials: SessionCredentials; readonly otherSeries: string } | null;
  /** Endpoint as seen inside the Data Access Environment, and outside it. */
  readonly inside: string;
  readonly outside: string;
  readonly region: string;
  readonly datastoreId: string;
  /** Path of a series that the project may read, e.g. `/studies/1.2/series/1.3`. */
  readonly grantedSeries: string;
  /** Series of a held-out study with its data store; null where the draw left none. */
  readonly heldOut: { readonly datastoreId: string; readonly series: string } | null;
}

export interface Refusal {
  readonly what: string;
  readonly status: number;
}

/** A request that must be refused; what is not said is as in a granted read. */
interface Attempt {
  readonly what: string;
  readonly path: string;
  readonly as?: SessionCredentials;
  readonly method?: 'GET' | 'POST';
  readonly endpoint?: string;
  readonly store?: string;
}

/** A UID of another collection, or of the held-out split: `<root>.<arc>.<split>.<digits>` with one number changed. */
function movedSeries(series: string, component: 'arc' | 'split'): string {
  return series.replace(/\/studies\/([\d.]+)/, (_whole, uid: string) => {
    const parts = uid.split('.');
    const position = parts.length - (component === 'arc' ? 3 : 2);
    parts[position] = component === 'split' ? '2' : parts[position] === '7' ? '8' : '7';
    return `/studies/${parts.join('.')}`;
  });
}

/** Asks for what the project may not have, and returns how each request was answered. */
export async function attemptRefusedReads(access: ProjectAccess): Promise<Refusal[]> {
  const { credentials, inside, outside, region, datastoreId, grantedSeries, narrow, heldOut } = access;
  const attempts: Attempt[] = [
    ...(narrow
      ? [
          {
            what: 'a study outside the credential',
            as: narrow.credentials,
            endpoint: inside,
            path: `${narrow.otherSeries}/metadata`,
          },
        ]
      : []),
    { what: 'another collection', path: `${movedSeries(grantedSeries, 'arc')}/metadata` },
    { what: 'the held-out split', path: `${movedSeries(grantedSeries, 'split')}/metadata` },
    ...(heldOut
      ? [
          {
            what: 'a held-out study in its own store',
            store: heldOut.datastoreId,
            path: `${heldOut.series}/metadata`,
          },
        ]
      : []),
    { what: 'a search', path: '/studies?PatientID=1' },
    { what: 'storing an image', method: 'POST', path: '/studies' },
    {
      what: 'the granted study, outside the VPC endpoint',
      endpoint: outside,
      path: `${grantedSeries}/metadata`,
    },
  ];
  const refusals: Refusal[] = [];
  for (const attempt of attempts) {
    const response = await signedRequest(attempt.as ?? credentials, {
      method: attempt.method ?? 'GET',
      endpoint: attempt.endpoint ?? inside,
      region,
      path: `/datastore/${attempt.store ?? datastoreId}${attempt.path}`,
    });
    await response.arrayBuffer();
    refusals.push({ what: attempt.what, status: response.status });
  }
  return refusals;
}
