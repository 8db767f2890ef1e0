/**
 * What a person does here, and which pages belong to that. On an open server it is a choice of the browser; somebody
 * who signs in has the roles that an admin gave, and the server holds them to these. Pure.
 */
import type { PersonRole } from "./access";

export const ROLES = ["agent", "supervisor", "reviewer", "author", "all"] as const;
export type Role = (typeof ROLES)[number];
export type Tab = "agent" | "supervisor" | "review" | "playbook" | "admin";

/** The pages of each role, the one that it works on first. Everybody may read finished calls. */
const TABS: { [role in Role]: readonly Tab[] } = {
  agent: ["agent", "review"],
  supervisor: ["supervisor", "review"],
  reviewer: ["review"],
  author: ["playbook", "review"],
  all: ["agent", "supervisor", "review", "playbook"],
};

const GIVEN: { [role in PersonRole]: readonly Tab[] } = {
  agent: TABS.agent,
  supervisor: TABS.supervisor,
  reviewer: TABS.reviewer,
  author: ["playbook"],
  admin: ["admin"],
};
const ORDER: readonly Tab[] = [...TABS.all, "admin"];

/** The pages of somebody who is signed in. */
export const tabsOfPerson = (roles: readonly PersonRole[]): readonly Tab[] =>
  ORDER.filter((tab) => roles.some((role) => GIVEN[role]?.includes(tab)));

/** Which tab a page is of; none for what everybody may open. */
const TAB_OF: { readonly [page: string]: Tab } = { agent: "agent", supervisor: "supervisor", followUp: "supervisor", review: "review", call: "review", kpis: "review", reports: "review", playbook: "playbook", admin: "admin" };

/** The roles that a page is for; null: everybody who is signed in. */
export function rolesFor(page: string): readonly PersonRole[] | null {
  const tab = TAB_OF[page];
  return tab ? (Object.keys(GIVEN) as PersonRole[]).filter((role) => GIVEN[role].includes(tab)) : null;
}

/** Whether a page is of somebody with these roles. */
export const isTheirs = (page: string, roles: readonly PersonRole[]): boolean => rolesFor(page)?.some((role) => roles.includes(role)) ?? true;

/** Whether somebody may see the sample calls of a demo, whose agents have no login. */
export const seesSamples = (roles: readonly PersonRole[]): boolean => roles.includes("supervisor");

/** Where their work is: the first of their pages; without a role, they have only their own account. */
export const homeOfPerson = (roles: readonly PersonRole[]): string => `/${tabsOfPerson(roles)[0] ?? "account"}`;

/** Null: nobody has said yet what they do. */
export const tabsOf = (role: Role | null): readonly Tab[] => TABS[role ?? "all"];

/** Where a role's work is; null where there is more than one place. */
export const homeOf = (role: Role | null): string | null => (role === null || role === "all" ? null : `/${TABS[role][0]}`);

export const asRole = (text: string): Role | null => ROLES.find((role) => role === text) ?? null;
