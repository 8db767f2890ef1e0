/** The live calls as a supervisor wants them: filtered, and in order, whoever asks for help first. Pure. */
import { plain } from "../../fold";
import { gravity, isHelp, isUnresolved } from "../../live/store";
import { reasonOf } from "../../reason";
import type { AlertView, WallFilter, WallRow, WallTotals } from "../../types";
import { matchesFilter } from "./wallfilter";

export type SortKey = "urgency" | "longest" | "newest" | "agent" | "dead_ends";
export type Show = "all" | "live" | "alerts"; // "live": without what is to be followed up; "alerts": unresolved only

export interface WallView {
  sort: SortKey;
  show?: Show; // without it as "all"; what is unresolved only, the filter says
  filter: WallFilter;
  text: string;
}

/** When an alert came, in milliseconds since 1970. */
export const alertTime = (row: WallRow, view: AlertView) => Date.parse(row.started_at) + view.alert.at_ms;

/** When somebody changed an alert last, in milliseconds since 1970. */
export function changeTime(row: WallRow, view: AlertView): number {
  return view.changed_at ? Date.parse(view.changed_at) : Date.parse(row.started_at) + (view.changed_ms ?? 0);
}

export const isLive = (row: WallRow) => row.status === "live";

const isOpen = (view: AlertView) => Number(view.state === "open");

/** The alert that a row shows: a call for help, else the heaviest unresolved one, an open one first, then the oldest. */
export function leadingAlert(row: WallRow): AlertView | null {
  const [first] = row.alerts.filter(isUnresolved).sort(compareAlerts);
  return first ?? null;
}

function compareAlerts(a: AlertView, b: AlertView): number {
  return gravity(b) - gravity(a) || isOpen(b) - isOpen(a) || a.alert.at_ms - b.alert.at_ms;
}

/** Whether the agent asks for help and nobody has taken it on. */
export const asksForHelp = (row: WallRow) => row.alerts.some((view) => isHelp(view) && view.state === "open");

const LEAVES_MS = 120_000; // until then whoever was about to take care of an alert finds it where it was

/** Whether a call is over since a moment only and has something left: then it leaves the wall for the queue. */
export const hasJustEnded = (row: WallRow, now: number) => !isLive(row) && row.worst !== null && now - (Date.parse(row.started_at) + row.at_ms) < LEAVES_MS;

/** The live calls that match, and those that have just ended, in order. An agent who asks for help comes first, however
 * the others are sorted. */
export function arrange(rows: readonly WallRow[], view: WallView, now = Infinity): WallRow[] {
  const hasText = matching({ team: "", text: view.text });
  const isCurrent = (row: WallRow) => isLive(row) || (view.show !== "live" && hasJustEnded(row, now));
  const shown = rows.filter((row) => isCurrent(row) && matchesFilter(view.filter, row) && hasText(row));
  const asks = (row: WallRow) => Number(isLive(row) && asksForHelp(row));
  return shown.sort((a, b) => asks(b) - asks(a) || ORDERS[view.sort](a, b));
}

/** Whether a row is of the team and has the words. */
export function matching({ team, text }: { team: string; text: string }): (row: WallRow) => boolean {
  const words = plain(text.trim());
  return (row) => (team === "" || row.agent.team === team) && (words === "" || hasWords(row, words));
}

function hasWords(row: WallRow, words: string): boolean {
  const quotes = row.alerts.map((view) => `${reasonOf(view.alert)} ${view.alert.quote}`);
  const all = [row.agent.name, row.customer.name, row.customer.tier, row.last_words, ...quotes];
  return all.some((part) => plain(part).includes(words));
}

/** How many calls have what as their leading alert; an info does not count. */
export interface Counts {
  help: number;
  critical: number;
  warning: number;
  others: number;
}

export function countsOf(rows: readonly WallRow[]): Counts {
  const counts = { help: 0, critical: 0, warning: 0, others: 0 };
  for (const row of rows) {
    const alert = leadingAlert(row);
    const level = alert && isHelp(alert) ? "help" : alert?.alert.level;
    counts[level === undefined || level === "info" ? "others" : level] += 1;
  }
  return counts;
}

/** What goes on outside of what is shown. */
export function elsewhere(totals: WallTotals, shown: readonly WallRow[]): Counts | null {
  const here = countsOf(shown);
  const left = (all: number, those: number) => Math.max(0, all - those);
  const [help, critical, warning] = [left(totals.help, here.help), left(totals.critical, here.critical), left(totals.warning, here.warning)];
  const others = left(totals.live - shown.length, help + critical + warning);
  return help + critical + warning + others > 0 ? { help, critical, warning, others } : null;
}

/** What a filter may choose from: of all that one may see, which the server counts while there is a filter. */
export type Choices = Pick<WallTotals, "teams" | "languages" | "kinds">;

export function choicesOf(rows: readonly WallRow[], totals: WallTotals | null): Choices {
  if (totals) return totals;
  const some = (values: readonly string[]) => [...new Set(values)].filter(Boolean).sort((a, b) => a.localeCompare(b));
  const alerts = rows.flatMap((row) => row.alerts.filter(isUnresolved));
  return { teams: some(rows.map((row) => row.agent.team)), languages: some(rows.map((row) => row.language)), kinds: some(alerts.map((view) => view.alert.kind)) };
}

type Order = (a: WallRow, b: WallRow) => number;

const byId: Order = (a, b) => (a.call_id < b.call_id ? -1 : 1);
/** By the moment: two texts of it may have different zones. */
const byStart: Order = (a, b) => Date.parse(a.started_at) - Date.parse(b.started_at) || byId(a, b);

const byUrgency: Order = (a, b) => {
  const [left, right] = [leadingAlert(a), leadingAlert(b)];
  if (!left || !right) return Number(right !== null) - Number(left !== null) || byStart(a, b);
  const heavier = gravity(right) - gravity(left);
  return heavier || isOpen(right) - isOpen(left) || alertTime(a, left) - alertTime(b, right) || byId(a, b);
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
  const [newest] = rows.filter(isLive).sort((a, b) => byStart(b, a));
  return newest ?? null;
}
