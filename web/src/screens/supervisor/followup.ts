/** What is to be followed up: unresolved alerts of calls that are over, filtered and in groups. Pure. */
import { isUnresolved, weight } from "../../live/store";
import type { AlertView, Level, WallRow } from "../../types";
import { alertTime, changeTime, isLive, matching } from "./wallview";

export type GroupBy = "agent" | "kind" | "day";

export interface FollowUp {
  key: string;
  row: WallRow;
  view: AlertView;
  came: number; // milliseconds since 1970
}

export interface FollowUpGroup {
  key: string; // agent's id, kind, or date
  first: FollowUp; // the heaviest
  items: FollowUp[];
}

export interface FollowUpFilter {
  team: string;
  text: string;
  level: Level | ""; // empty: every level
}

const DAY_MS = 86_400_000;

/** Finished calls that still have something to follow up; `days`: those that are older have aged out (0: none has). */
export function finished(rows: readonly WallRow[], now: number, days: number): WallRow[] {
  return rows.filter((row) => !isLive(row) && row.worst !== null && !hasAged(row, now, days));
}

/** Somebody who opens an old alert again wants to see it: what was touched lately has not aged. */
function hasAged(row: WallRow, now: number, days: number): boolean {
  const touched = row.alerts.filter(isUnresolved).map((view) => Math.max(alertTime(row, view), changeTime(row, view)));
  return days > 0 && now - Math.max(...touched) > days * DAY_MS;
}

/** Their unresolved alerts, the newest first. */
export function followUps(rows: readonly WallRow[], filter: FollowUpFilter): FollowUp[] {
  const found = rows.filter(matching(filter)).flatMap((row) => row.alerts.filter(isUnresolved).map((view) => followUp(row, view)));
  const wanted = found.filter(({ view }) => filter.level === "" || view.alert.level === filter.level);
  return wanted.sort((a, b) => b.came - a.came || (a.key < b.key ? -1 : 1));
}

function followUp(row: WallRow, view: AlertView): FollowUp {
  return { key: `${row.call_id}/${view.incident}`, row, view, came: alertTime(row, view) };
}

/** In groups: agents by name, kinds by their heaviest alert, days from the newest. */
export function grouped(items: readonly FollowUp[], by: GroupBy): FollowUpGroup[] {
  const groups = new Map<string, FollowUp[]>();
  for (const item of items) {
    const key = keyOf(item, by);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups].map(([key, all]) => ({ key, items: all, first: heaviest(all) })).sort(ORDERS[by]);
}

function keyOf({ row, view, came }: FollowUp, by: GroupBy): string {
  if (by === "agent") return row.agent.id;
  return by === "kind" ? view.alert.kind : dateOf(came);
}

/** The day here, `2026-11-29`. */
export function dateOf(ms: number): string {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

const heaviest = (items: readonly FollowUp[]) =>
  items.reduce((a, b) => (weight(b.view.alert.level) > weight(a.view.alert.level) ? b : a));

type Order = (a: FollowUpGroup, b: FollowUpGroup) => number;
const byCount: Order = (a, b) => b.items.length - a.items.length || (a.key < b.key ? -1 : 1);

const ORDERS: { [by in GroupBy]: Order } = {
  agent: (a, b) => a.first.row.agent.name.localeCompare(b.first.row.agent.name) || byCount(a, b),
  kind: (a, b) => weight(b.first.view.alert.level) - weight(a.first.view.alert.level) || byCount(a, b),
  day: (a, b) => (a.key < b.key ? 1 : -1),
};
