/** What a person does here, and which pages belong to that. Rights come with signing in, not with a role. Pure. */

export const ROLES = ["agent", "supervisor", "reviewer", "author", "all"] as const;
export type Role = (typeof ROLES)[number];
export type Tab = "agent" | "supervisor" | "review" | "playbook";

/** The pages of each role, the one that it works on first. Everybody may read finished calls. */
const TABS: { [role in Role]: readonly Tab[] } = {
  agent: ["agent", "review"],
  supervisor: ["supervisor", "review"],
  reviewer: ["review"],
  author: ["playbook", "review"],
  all: ["agent", "supervisor", "review", "playbook"],
};

/** Null: nobody has said yet what they do. */
export const tabsOf = (role: Role | null): readonly Tab[] => TABS[role ?? "all"];

/** Where a role's work is; null where there is more than one place. */
export const homeOf = (role: Role | null): string | null => (role === null || role === "all" ? null : `/${TABS[role][0]}`);

export const asRole = (text: string): Role | null => ROLES.find((role) => role === text) ?? null;
