/** What addresses say of key figures: which period, and which calls are behind a figure. Pure. */
import type { PeriodName } from "../../types";

export const PERIODS: readonly PeriodName[] = ["today", "this_week", "last_week", "eight_weeks"];

export const asPeriod = (text: string | null): PeriodName => PERIODS.find((name) => name === text) ?? "this_week";

/** The calls that a figure counts, or those that it is a part of. */
export interface Behind {
  kpi: string;
  part: "part" | "whole";
  since: string; // ISO 8601
  until: string;
  team: string | null; // empty: calls of no team; null: of all
  agent: string | null;
}

/** Null: the address names no figure with its time. */
export function behindOf(query: URLSearchParams): Behind | null {
  const [kpi, since, until] = ["kpi", "since", "until"].map((name) => query.get(name) ?? "");
  if (!kpi || !since || !until) return null;
  const part = query.get("part") === "whole" ? "whole" : "part";
  return { kpi, part, since, until, team: query.get("team"), agent: query.get("agent") };
}
