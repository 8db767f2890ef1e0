/** What an admin types of a person, and what the server takes. Pure. */
import type { PersonChange, PersonRole, PersonView } from "../../access";

export const PERSON_ROLES: readonly PersonRole[] = ["agent", "supervisor", "reviewer", "author", "admin"];

export interface PersonDraft {
  login: string;
  name: string;
  roles: PersonRole[];
  teams: string; // one in each line
  disabled: boolean;
}

/** Of somebody, or of nobody yet. */
export const draftOf = (person: PersonView | null, first: boolean): PersonDraft => ({
  login: person?.login ?? "",
  name: person?.name ?? "",
  roles: [...(person?.roles ?? (first ? ["admin" as const] : []))],
  teams: (person?.teams ?? []).join("\n"),
  disabled: person?.disabled ?? false,
});

/** As lines say them, each once. */
export const teamsOf = (lines: string): string[] => [...new Set(lines.split("\n").map((line) => line.trim()).filter(Boolean))];

/** What is different from how the person is. */
export function changeOf(person: PersonView, draft: PersonDraft): PersonChange {
  const wanted = { name: draft.name.trim(), roles: PERSON_ROLES.filter((role) => draft.roles.includes(role)), teams: teamsOf(draft.teams), disabled: draft.disabled };
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => String(value) !== String(person[key as keyof typeof wanted])));
}
