/** The wall's rows as a supervisor wants them: filtered, and in order. Pure. */
import { plain } from "../../fold";
import { reasonOf } from "../../reason";
import { isUnresolved, weight } from "../../live/store";
import type { AlertView, WallRow } from "../../types";

export type SortKey = "urgency" | "longest" | "newest" | "agent" | "dead_ends";
export type Show = "all" | "alerts";

export interface WallView {
  sort: SortKey;
  show: Show;
  text: string;
}

/** When an alert came, in milliseconds since 1970. */
export const alertTime = (row: WallRow, view: AlertView) => Date.parse(row.started_at) + view.alert.at_ms;

/** The alert that a row shows: the heaviest unresolved one, an open one first, then the oldest. */
export function leadingAlert(row: WallRow): AlertView | null {
  const [first] = row.alerts.filter(isUnresolved).sort(compareAlerts);
  return first ?? null;
}

function compareAlerts(a: AlertView, b: AlertView): number {
  const open = Number(b.state === "open") - Number(a.state === "open");
  return weight(b.alert.level) - weight(a.alert.level) || open || a.alert.at_ms - b.alert.at_ms;
}

export function arrange(rows: readonly WallRow[], view: WallView): WallRow[] {
  const text = plain(view.text.trim());
  const isShown = (row: WallRow) =>
    (view.show === "all" || row.worst !== null) && (text === "" || matches(row, text));
  return rows.filter(isShown).sort(ORDERS[view.sort]);
}

function matches(row: WallRow, text: string): boolean {
  const quotes = row.alerts.map((view) => `${reasonOf(view.alert)} ${view.alert.quote}`);
  const all = [row.agent.name, row.customer.name, row.customer.tier, row.last_words, ...quotes];
  return all.some((part) => plain(part).includes(text));
}

type Order = (a: WallRow, b: WallRow) => number;

const byId: Order = (a, b) => (a.call_id < b.call_id ? -1 : 1);
/** By the moment: two texts of it may have different zones. */
const byStart: Order = (a, b) => Date.parse(a.started_at) - Date.parse(b.started_at) || byId(a, b);

const byUrgency: Order = (a, b) => {
  const [left, right] = [leadingAlert(a), leadingAlert(b)];
  if (!left || !right) return Number(right !== null) - Number(left !== null) || byStart(a, b);
  const heavier = weight(right.alert.level) - weight(left.alert.level);
  const open = Number(right.state === "open") - Number(left.state === "open");
  return heavier || open || alertTime(a, left) - alertTime(b, right) || byId(a, b);
};

const ORDERS: { [key in SortKey]: Order } = {
  urgency: byUrgency,
  longest: byStart,
  newest: (a, b) => byStart(b, a),
  agent: (a, b) => a.agent.name.localeCompare(b.agent.name) || byStart(a, b),
  dead_ends: (a, b) => b.dead_ends - a.dead_ends || byUrgency(a, b),
};

/** The newest live call: what an agent screen follows. */
export function newestLive(rows: readonly WallRow[]): WallRow | null {
  const [newest] = rows.filter((row) => row.status === "live").sort((a, b) => byStart(b, a));
  return newest ?? null;
}
