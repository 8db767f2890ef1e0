/** What addresses say of reports, how rows are sorted, and which calls a row opens. Pure. */
import type { ReportView, ReportViewRow } from "../../reports";

export const REPORT_IDS = ["refusals", "offers", "reasons", "promises", "disclosures", "rules", "versions", "abuse_hours", "abuse_agents"] as const;
export type ReportPlace = (typeof REPORT_IDS)[number]; // "versions" has a form of its own

export const asReport = (text: string | null): ReportPlace => REPORT_IDS.find((id) => id === text) ?? "refusals";

/** The list of the calls of a row; null where it cannot be listed. */
export function opensRow(view: ReportView, row: ReportViewRow, team: string | null): string | null {
  if (Object.keys(row.opens).length === 0) return null;
  const query = new URLSearchParams({ ...row.opens, from: view.since, to: view.until });
  if (team !== null) query.set("team", team);
  return `/review?${query}`;
}

/** By a figure; rows without a value come last either way. Empty `by`: as the server orders them. */
export function sortedRows(rows: readonly ReportViewRow[], by: string, descending: boolean): ReportViewRow[] {
  if (by === "") return [...rows];
  if (by === "name") return [...rows].sort((a, b) => a.name.localeCompare(b.name) * (descending ? -1 : 1));
  const value = (row: ReportViewRow) => row.values[by]?.value ?? null;
  const known = rows.filter((row) => value(row) !== null);
  known.sort((a, b) => ((value(a) ?? 0) - (value(b) ?? 0)) * (descending ? -1 : 1));
  return [...known, ...rows.filter((row) => value(row) === null)];
}
