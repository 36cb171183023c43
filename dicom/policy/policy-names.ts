/** Policies that a collection may name. `basic` is the default; the others keep less. */
export const policyNames = ['basic', 'no-free-text', 'no-dates', 'strict'] as const;

export type PolicyName = (typeof policyNames)[number];
