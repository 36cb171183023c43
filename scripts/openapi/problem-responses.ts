import type { RefusalTable } from '../../lambda/platform/platform-error';

type Refusals = readonly (readonly [string, RefusalTable[string]])[];

function responseOf(status: number, refusals: Refusals): object {
  const code = { enum: refusals.map(([each]) => each) };
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { status: { const: status }, code } }],
  };
  return {
    description: refusals.map(([each, { title }]) => `\`${each}\`: ${title}`).join('\n\n'),
    ...(status === 429 && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
    content: { 'application/problem+json': { schema } },
  };
}

/** `NOT_SIGNED_IN` → `NotSignedIn`. */
function nameOf(code: string): string {
  return code
    .split('_')
    .map((word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`)
    .join('');
}

/** Answers that are problems: those of one code stand among the components, once. */
export class ProblemResponses {
  private readonly named = new Map<string, object>();

  /** Responses by status, with the codes that each may have. */
  of(refusals: RefusalTable): Record<string, object> {
    const entries = Object.entries(refusals);
    const statuses = [...new Set(entries.map(([, { status }]) => status))].sort();
    return Object.fromEntries(
      statuses.map((status) => {
        const ofStatus = entries.filter(([, refusal]) => refusal.status === status);
        return [String(status), this.shared(ofStatus, responseOf(status, ofStatus))];
      }),
    );
  }

  components(): Record<string, object> {
    return Object.fromEntries([...this.named].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** Two capabilities may mean something else by one code: the second stands where it is used. */
  private shared(refusals: Refusals, response: object): object {
    const [first] = refusals;
    if (first === undefined || refusals.length > 1) return response;
    const name = nameOf(first[0]);
    const known = this.named.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(response)) return response;
    this.named.set(name, response);
    return { $ref: `#/components/responses/${name}` };
  }
}
