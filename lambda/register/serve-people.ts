import type { TrustConfiguration } from '../platform/configuration.contract';
import type { HttpApi } from '../platform/http-api';
import { describeMe, findPerson, type People, recordPerson } from './people';
import { peopleRoutes } from './people-routes.contract';
import { refuseRegister } from './register-refusals';
import type { SignInService } from './sign-in.contract';

/** Adds the routes about people. */
export function servePeople(
  api: HttpApi,
  people: People,
  trusts: readonly TrustConfiguration[],
  signIn: SignInService,
): void {
  api.serve(peopleRoutes.showSignInService, async () => ({ body: signIn }));

  api.serve(peopleRoutes.showMe, async ({ person }) => ({
    body: await describeMe(people, trusts, person),
  }));

  api.serve(peopleRoutes.showPerson, async ({ params }) => {
    const found = await findPerson(people.table, params.subject);
    if (found === null) throw refuseRegister('PERSON_NOT_FOUND');
    return { body: found, version: found.version };
  });

  api.serve(peopleRoutes.recordPerson, async ({ person, params, body, version }) => {
    const recorded = await recordPerson(people, trusts, person, params.subject, body, version);
    return { body: recorded, version: recorded.version };
  });
}
