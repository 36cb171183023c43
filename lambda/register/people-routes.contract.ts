import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { subject } from './identifiers.contract';
import { me, personInput, personView } from './person.contract';
import { registerRefusals } from './register-refusals.contract';
import { signInService } from './sign-in.contract';

const onePerson = z.object({ subject });

/** The routes of register-api about people. */
export const peopleRoutes = {
  showSignInService: {
    id: 'showSignInService',
    method: 'GET',
    path: '/v1/sign-in',
    summary: 'Names the OIDC issuer whose access tokens the API takes, and what to ask it for.',
    roles: 'public',
    open: 'Who is not signed in yet must learn where to sign in: this is the address of the issuer.',
    rateLimit: { perSecond: 50, burst: 100 },
    answer: signInService,
    refusals: {},
  },
  showMe: {
    id: 'showMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Says who the register takes the caller for, and which roles their sign-in withholds.',
    roles: 'everybody',
    answer: me,
    refusals: {},
  },
  showPerson: {
    id: 'showPerson',
    method: 'GET',
    path: '/v1/people/{subject}',
    summary: 'Shows roles, trust and organisation of a person.',
    roles: ['officer'],
    params: onePerson,
    answer: personView,
    entityTag: true,
    refusals: selectRefusals(registerRefusals, 'PERSON_NOT_FOUND'),
  },
  recordPerson: {
    id: 'recordPerson',
    method: 'PUT',
    path: '/v1/people/{subject}',
    summary:
      'Replaces roles, trust and organisation of a person; version 0 is that of somebody who is not known yet.',
    roles: ['officer'],
    params: onePerson,
    body: personInput,
    answer: personView,
    ifMatch: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'OWN_RECORD',
      'KIND_FIXED',
      'TRUST_NOT_CONFIGURED',
      'REGISTER_BUSY',
    ),
  },
} as const satisfies RouteContracts;
