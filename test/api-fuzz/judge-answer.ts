import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { ApiDescription, Operation } from './operations';
import type { WireAnswer, WireRequest } from './wire-request';

/** Who sent a request. */
export interface Sender {
  readonly name: string;
  /** Roles in the register; null for nobody whom the platform knows. */
  readonly roles: readonly string[] | null;
}

/** Path as the embedded gateway takes it: dots are resolved, empty segments count for nothing. */
function pathOf({ target }: WireRequest): string | null {
  try {
    const { pathname } = new URL(`http://localhost${target}`);
    return pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  } catch {
    return null;
  }
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Holds answers to `docs/openapi.json`. */
export class AnswerJudge {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: false });

  constructor(private readonly description: ApiDescription) {
    addFormats(this.ajv);
    this.ajv.addSchema(description.document, 'openapi.json');
  }

  /** What is wrong with an answer; null where nothing is. */
  judge(wire: WireRequest, answer: WireAnswer, sender: Sender): string | null {
    const { status } = answer;
    const path = pathOf(wire);
    if (status >= 500) return `status ${status}: ${answer.text.slice(0, 300)}`;
    // Answered by node's parser or by the front door: nothing of the API has seen it.
    if (path === null || !path.startsWith('/v1/') || answer.contentType === '') {
      return status >= 400 || wire.method === 'OPTIONS' ? null : `status ${status} outside the API`;
    }
    if (wire.method === 'OPTIONS' && status === 204) return null;
    const operation = this.description.operationAt(wire.method, path);
    if (wire.method === 'HEAD') return status === 404 ? null : `HEAD answered ${status}`;
    if (status < 300) return this.judgeSuccess(operation, answer, sender);
    if (!answer.contentType.startsWith('application/problem+json'))
      return `${status} of type ${answer.contentType}`;
    if (operation === undefined)
      return status === 404
        ? this.misfit('#/components/schemas/Problem', answer)
        : `${status} of no operation`;
    return this.judgeStated(operation, answer);
  }

  private judgeSuccess(operation: Operation | undefined, answer: WireAnswer, sender: Sender): string | null {
    if (operation === undefined) return `${answer.status} of no operation`;
    const { roles, id } = operation;
    if (roles !== 'public' && sender.roles === null)
      return `${id} answered ${answer.status} to ${sender.name}`;
    if (typeof roles !== 'string' && !roles.some((role) => sender.roles?.includes(role)))
      return `${id} answered ${answer.status} to ${sender.name}, who has none of its roles`;
    return this.judgeStated(operation, answer);
  }

  private judgeStated(operation: Operation, answer: WireAnswer): string | null {
    const status = String(answer.status);
    if (!operation.statuses.includes(status))
      return `${operation.id} may not answer ${status}: ${answer.text.slice(0, 200)}`;
    const at = `#/paths/${escaped(operation.path)}/${operation.method.toLowerCase()}/responses/${status}`;
    const response = this.description.resolve({ $ref: at });
    const [media = ''] = Object.keys((response.content ?? {}) as object);
    if (!answer.contentType.startsWith(media))
      return `${operation.id} ${status} of type ${answer.contentType}`;
    const stated = this.pointerOf(at);
    return this.misfit(`${stated}/content/${escaped(media)}/schema`, answer, media.endsWith('json'));
  }

  /** A response may stand among the components. */
  private pointerOf(at: string): string {
    const found = at
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (value, name) => Reflect.get(value as object, name.replaceAll('~1', '/').replaceAll('~0', '~')),
        this.description.document,
      );
    const { $ref } = found as { $ref?: string };
    return $ref ?? at;
  }

  private misfit(pointer: string, answer: WireAnswer, isJson = true): string | null {
    if (!isJson) return null;
    let value: unknown;
    try {
      value = JSON.parse(answer.text);
    } catch {
      return `${answer.status} is not JSON: ${answer.text.slice(0, 100)}`;
    }
    const reference = `openapi.json${pointer}`;
    const validate = this.ajv.getSchema(reference) as ValidateFunction | undefined;
    if (validate === undefined) return `no schema at ${reference}`;
    if (validate(value)) return null;
    const faults = validate.errors
      ?.map(({ instancePath, message }) => `${instancePath} ${message}`)
      .join('; ');
    return `${answer.status} does not fit ${pointer}: ${faults}; ${answer.text.slice(0, 200)}`;
  }
}
