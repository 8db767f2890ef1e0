/**
 * Which alerts are told to a supervisor, and how: spoken, with a sound, on the desktop. Pure but for what was seen.
 *
 * Never makes a sound itself. Next: `notifier.svelte.ts`.
 */
import type { AlertView, Level, WallRow } from "../types";
import { weight } from "./store";

export interface NewAlert {
  row: WallRow;
  view: AlertView;
}

/** What a person chose: levels that make a sound, levels that show on the desktop, and when neither may. */
export interface NoticeChoice {
  sound: readonly Level[];
  desktop: readonly Level[];
  quiet: { from: string; to: string } | null; // "18:00" to "08:00", by this machine's clock
}

export interface Notice {
  sound: Level | null; // the heaviest
  desktop: readonly NewAlert[];
}

/**
 * Remembers which alerts were seen: those of the first rows are not new, those of a later snapshot may be.
 * An incident is news while nobody has taken it on, and when it rises after somebody did.
 */
export class SeenAlerts {
  #seen: Set<string> | null = null;
  #calls: ReadonlySet<string> = new Set();

  /**
   * The incidents of which people were not told this before. What had happened at `since` (milliseconds since 1970) in
   * calls that were not among the rows is no news: somebody has only chosen to see them.
   */
  unseen(rows: readonly WallRow[], since = -Infinity): NewAlert[] {
    const [before, calls] = [this.#seen, this.#calls];
    const all = rows.flatMap((row) => row.alerts.map((view) => ({ row, view })));
    this.#seen = new Set(all.flatMap(keysOf));
    this.#calls = new Set(rows.map((row) => row.call_id));
    const isNews = ({ row, view }: NewAlert) =>
      (view.state === "open" || view.risen) && (calls.has(row.call_id) || Date.parse(row.started_at) + view.alert.at_ms >= since);
    return before ? all.filter((one) => isNews(one) && keysOf(one).some((key) => !before.has(key))) : [];
  }
}

/** One for each time that people were told; a repeat tells nobody. */
function keysOf({ row, view }: NewAlert): string[] {
  return view.happened.filter((alert) => alert.alert_id !== "").map((alert) => `${row.call_id}/${alert.alert_id}`);
}

/** Open alerts of live calls that nobody has taken on: what the tab's title counts. */
export function openAlerts(rows: readonly WallRow[]): number {
  const live = rows.filter((row) => row.status === "live");
  return live.reduce((sum, row) => sum + row.alerts.filter((view) => view.state === "open").length, 0);
}

/** How new alerts are told, at this minute of the day. */
export function noticeOf(alerts: readonly NewAlert[], choice: NoticeChoice, minute: number): Notice {
  if (isQuiet(choice.quiet, minute)) return { sound: null, desktop: [] };
  const levels = alerts.map(({ view }) => view.alert.level).filter((level) => choice.sound.includes(level));
  const sound = levels.reduce<Level | null>((a, b) => (weight(b) > weight(a) ? b : a), null);
  return { sound, desktop: alerts.filter(({ view }) => choice.desktop.includes(view.alert.level)) };
}

/** Whether it is quiet at this minute of the day; hours may go over midnight. */
export function isQuiet(quiet: NoticeChoice["quiet"], minute: number): boolean {
  if (!quiet) return false;
  const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)];
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}

/** `"18:30"` → 1110. */
export function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}
