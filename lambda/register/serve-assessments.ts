import type { HttpApi } from '../platform/http-api';
import type { Committee } from './applications';
import { assessmentRoutes } from './assessment-routes.contract';
import { decideAssessment, handInAssessment, saveAssessment, showAssessment } from './assessments';
import { RepeatableRequest } from './idempotency';
import type { AssessmentView } from './impact-assessment.contract';

const shown = (view: AssessmentView) => ({ body: view, version: view.version });

/** Adds the routes about impact assessments. */
export function serveAssessments(api: HttpApi, committee: Committee): void {
  api.serve(assessmentRoutes.showAssessment, async ({ person, params }) =>
    shown(await showAssessment(committee, person, params.id)),
  );

  api.serve(assessmentRoutes.saveAssessment, async ({ person, params, body, version }) =>
    shown(await saveAssessment(committee, person, params.id, body, version)),
  );

  api.serve(assessmentRoutes.submitAssessment, async ({ person, params, version, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, {
      route: 'submit-assessment',
      id: params.id,
    });
    return shown(await handInAssessment(committee, person, params.id, request, version));
  });

  api.serve(assessmentRoutes.decideAssessment, async ({ person, params, body, version, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, {
      route: 'decide-assessment',
      id: params.id,
      body,
    });
    return shown(await decideAssessment(committee, person, params.id, body, request, version));
  });
}
