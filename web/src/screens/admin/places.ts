/** The parts of /admin, and what its audit is filtered by, as addresses have them. Pure. */

export const ADMIN_TABS = ["people", "keys", "notices", "data", "audit"] as const;
export type AdminTab = (typeof ADMIN_TABS)[number];

/** Null: there is no such part. */
export const asAdminTab = (place = "people"): AdminTab | null => ADMIN_TABS.find((tab) => tab === place) ?? null;

/** Empty: all. */
export interface AuditFilter {
  who: string;
  what: string; // `call` has `call.opened` too
  call: string;
  day: string; // 2026-11-21, where the browser is
}

export const NO_FILTER: AuditFilter = { who: "", what: "", call: "", day: "" };

export function auditFilterOf(query: URLSearchParams): AuditFilter {
  const day = query.get("day") ?? "";
  const given = (name: string) => (query.get(name) ?? "").trim();
  return { who: given("who"), what: given("what"), call: given("call"), day: isDay(day) ? day : "" };
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

/** The first moment of a day, and of the next one. */
export function boundsOf(day: string): { since: string; until: string } {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = (shift: number) => new Date(year, month - 1, date + shift).toISOString();
  return { since: at(0), until: at(1) };
}
