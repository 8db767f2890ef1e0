/**
 * Where the live calls stand while somebody reads the wall: nothing moves under the eye or the pointer.
 *
 * While it is read, every row keeps its place; new calls come in at the end, and a call that ended stays where it was.
 * Otherwise the calls stand in their order, but rows that are pinned (opened, under the pointer, with the focus) keep
 * their places. Only agents who ask for help come to the top past a pinned row. Pure but for what it remembers.
 */
import type { WallRow } from "../../types";
import { asksForHelp, isLive } from "./wallview";

export interface Reading {
  isRead: boolean;
  pinned: readonly string[]; // call ids
}

export class Places {
  #before: readonly WallRow[] = [];
  #view: unknown = null;

  /**
   * The rows as they are to be drawn: `sorted` as well as reading allows. `all`: every row the wall has, by id.
   * A person who asks for another order or filter (`view`) gets it at once.
   */
  next(sorted: readonly WallRow[], all: ReadonlyMap<string, WallRow>, view: unknown, reading: Reading): readonly WallRow[] {
    const before = view === this.#view ? this.#before : sorted;
    this.#view = view;
    return (this.#before = reading.isRead ? kept(before, sorted, all) : withPins(before, sorted, all, reading.pinned));
  }
}

function kept(before: readonly WallRow[], sorted: readonly WallRow[], all: ReadonlyMap<string, WallRow>): WallRow[] {
  const shown = new Set(before.map((row) => row.call_id));
  return [...before.map((row) => all.get(row.call_id) ?? over(row)), ...sorted.filter((row) => !shown.has(row.call_id))];
}

function withPins(before: readonly WallRow[], sorted: readonly WallRow[], all: ReadonlyMap<string, WallRow>, pinned: readonly string[]): readonly WallRow[] {
  const pins = before.flatMap((row, at) => (pinned.includes(row.call_id) ? pin(row, at, sorted, all) : []));
  if (pins.length === 0) return sorted;
  const rows = sorted.filter((row) => !pins.some((one) => one.row.call_id === row.call_id));
  const helps = rows.filter(asksForHelp).length;
  for (const { row, at } of pins) rows.splice(Math.max(at, helps), 0, row);
  return rows;
}

/** A pinned row with its place; none when a filter has taken it away, or when its own agent asks for help. */
function pin(row: WallRow, at: number, sorted: readonly WallRow[], all: ReadonlyMap<string, WallRow>): { row: WallRow; at: number }[] {
  const now = all.get(row.call_id) ?? over(row);
  const isFiltered = isLive(now) && !sorted.includes(now);
  return isFiltered || asksForHelp(now) ? [] : [{ row: now, at }];
}

const over = (row: WallRow): WallRow => (isLive(row) ? { ...row, status: "ended" } : row);

/** The call that belongs to the top but stands elsewhere, since the wall is being read. */
export function waiting(shown: readonly WallRow[], sorted: readonly WallRow[]): WallRow | null {
  const [first] = sorted;
  return first && first.worst !== null && first.call_id !== shown[0]?.call_id ? first : null;
}
