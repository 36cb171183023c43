import { modifiers, permissions, purposes } from '../register/duo-terms';
import { capital } from './wording.contract';

const labels: ReadonlyMap<string, string> = new Map(
  [permissions, purposes, modifiers].flatMap((terms) =>
    Object.entries(terms).map(([name, code]): [string, string] => [
      code,
      capital(name.toLowerCase().replaceAll('_', ' ')),
    ]),
  ),
);

/** The words for a DUO term, `General research use`; the code itself where the register does not know it. */
export const duoLabel = (code: string): string => labels.get(code) ?? code;

/** What a collection permits, apart from the conditions on it. */
export const isPermission = (code: string): boolean =>
  (Object.values(permissions) as readonly string[]).includes(code);
