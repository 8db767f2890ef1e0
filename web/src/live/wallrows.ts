/**
 * The rows that a wall shows: those that belong on it, and for a while those that were just resolved.
 *
 * A finished call leaves with its last alert, but whoever resolved that is offered an undo and must see for what.
 * Keeps nothing else, so a wall that is open for weeks stays small. Next: `live/wall.svelte.ts` shows the rows.
 */
import { applyWall, belongsOnWall, openRow } from "./store";
import type { ChangedRows, RowWords, WallRow, WireRecord } from "../types";

export const LINGERS_MS = 11_000; // the ten seconds of Undo (ui/toasts.svelte.ts), and the way of the answer

export class WallRows {
  readonly #byId = new Map<string, WallRow>();
  readonly #older = new Set<string>(); // of those, finished calls that the server's wall does not have
  readonly #resolved = new Map<string, number>(); // when a call's alert was resolved last, while that is new

  all(): WallRow[] {
    return [...this.#byId.values()];
  }

  /** A snapshot says what belongs; a row that still lingers is not in it. */
  replace(rows: readonly WallRow[], now_ms: number): void {
    const lingering = this.all().filter((row) => !belongsOnWall(row));
    this.#byId.clear();
    this.#older.clear();
    for (const row of [...lingering, ...rows]) this.#byId.set(row.call_id, row);
    this.sweep(now_ms);
  }

  /** A finished call that is back on the wall. */
  add(row: WallRow): void {
    this.#byId.set(row.call_id, row);
    this.#older.delete(row.call_id);
  }

  /** Rows as the server has them now, and the calls that it does not show here any more. */
  put({ rows, left, aged }: Pick<ChangedRows, "rows" | "left" | "aged">, keepsAged: boolean): void {
    this.leave(aged, keepsAged);
    for (const callId of left) if (!aged.includes(callId)) this.#delete(callId);
    for (const row of rows) this.add(row);
  }

  /** What was said last. */
  hear(calls: readonly RowWords[]): void {
    for (const words of calls) {
      const row = this.#byId.get(words.call_id);
      if (row) this.#byId.set(row.call_id, { ...row, ...words });
    }
  }

  /** Finished calls that are too old for the server's wall. */
  addOlder(rows: readonly WallRow[]): void {
    for (const row of rows) {
      if (this.#byId.has(row.call_id)) continue;
      this.#byId.set(row.call_id, row);
      this.#older.add(row.call_id);
    }
  }

  /** Calls that the server's wall has no more: somebody else's by now, or finished ones that newer ones have pushed
   * out, which stay on this one if `isKept`. */
  leave(callIds: readonly string[], isKept: boolean): void {
    for (const callId of callIds) {
      const row = this.#byId.get(callId);
      if (!isKept || row?.status === "live") this.#delete(callId);
      else if (row) this.#older.add(callId);
    }
  }

  /** How many are here that the server's wall does not have. */
  get olderCount(): number {
    return this.#older.size;
  }

  #delete(callId: string): void {
    this.#byId.delete(callId);
    this.#older.delete(callId);
  }

  change(record: WireRecord, now_ms: number): void {
    const known = this.#byId.get(record.call_id);
    if (!known && record.type !== "call_started") return;
    const row = known ? applyWall(known, record) : openRow(record);
    if (record.type === "alert_changed" && record.state === "resolved") this.#note(row, now_ms);
    if (this.#stays(row)) this.#byId.set(row.call_id, row);
    else this.#delete(row.call_id);
  }

  #note(row: WallRow, now_ms: number): void {
    this.#resolved.delete(row.call_id); // maps keep the order of insertion: the oldest comes first
    this.#resolved.set(row.call_id, now_ms);
  }

  #stays(row: WallRow): boolean {
    return belongsOnWall(row) || this.#resolved.has(row.call_id);
  }

  /** Lets go of what lingered long enough; gives the milliseconds until the next one leaves, null if none waits. */
  sweep(now_ms: number): number | null {
    for (const [callId, since] of this.#resolved) if (now_ms - since >= LINGERS_MS) this.#resolved.delete(callId);
    for (const row of this.all()) if (!this.#stays(row)) this.#delete(row.call_id);
    const [oldest] = this.#resolved.values();
    return oldest === undefined ? null : LINGERS_MS - (now_ms - oldest);
  }
}
