import type { RegisterEvent } from '../../../../lambda/register/event.contract';
import { institutions } from './world';

/** Something happened in the register that its rules do not allow. */
export class Violation extends Error {}

export function demand(kept: boolean, rule: string): asserts kept {
  if (!kept) throw new Violation(rule);
}

export type EventOf<Type extends RegisterEvent['type']> = Extract<RegisterEvent, { type: Type }>;

interface Known {
  readonly pseudonym: string;
  roles: readonly string[];
  organisation: string | null;
  trust: string | null;
  machine: boolean;
}

/** The institution that goes by a name; null: none known. */
export function institutionOf(name: string | null | undefined): string | null {
  if (name === null || name === undefined) return null;
  const found = Object.entries(institutions).find(([, names]) => names.some((each) => each === name));
  return found?.[0] ?? name;
}

/** Who is who, as the history tells it. */
export class KnownPeople {
  private readonly bySubject = new Map<string, Known>();
  private held = new Map<string, Known>();

  /** A request begins: whoever loses a role while it is under way may have been in time. */
  begin(): void {
    this.held = new Map(this.bySubject);
  }

  /** @param subject whose chain the event stands in */
  introduced(subject: string, { data }: EventOf<'person-introduced'>): void {
    demand(!this.bySubject.has(subject), 'a person is introduced once');
    const nobody = { roles: [], organisation: null, trust: null, machine: false };
    this.bySubject.set(subject, { pseudonym: data.person, ...nobody });
  }

  recorded(subject: string, { data, actor }: EventOf<'person-recorded'>): void {
    const officer = this.subjectOf(actor);
    demand(officer !== null && this.heldInTime(officer, 'officer'), 'officers record people, nobody else');
    demand(officer !== subject, 'nobody records themself');
    const machine = data.kind === 'machine';
    demand(!machine || data.roles.every((role) => role === 'uploader'), 'a machine sends images only');
    const { roles, organisation, trust } = data;
    this.bySubject.set(subject, { pseudonym: data.person, roles, organisation, trust, machine });
  }

  subjectOf(pseudonym: string): string | null {
    const found = [...this.bySubject].find(([, known]) => known.pseudonym === pseudonym);
    return found?.[0] ?? null;
  }

  find(subject: string): Readonly<Known> | null {
    return this.bySubject.get(subject) ?? null;
  }

  holds(subject: string, role: string): boolean {
    if (role === 'officer' && subject === 'officer-1') return true;
    return this.find(subject)?.roles.includes(role) ?? false;
  }

  /** Whether somebody holds a role, or did when the request began. */
  heldInTime(subject: string, role: string): boolean {
    return this.holds(subject, role) || this.held.get(subject)?.roles.includes(role) === true;
  }
}
