/** Which finished calls still have something to follow up, as far as a wall has them. Pure. */
import { isUnresolved } from "../../live/store";
import type { WallRow } from "../../types";
import { alertTime, changeTime, isLive } from "./wallview";

const DAY_MS = 86_400_000;

/** `days`: those that are older have aged out (0: none has). */
export function finished(rows: readonly WallRow[], now: number, days: number): WallRow[] {
  return rows.filter((row) => !isLive(row) && row.worst !== null && !hasAged(row, now, days));
}

/** Somebody who opens an old alert again wants to see it: what was touched lately has not aged. */
function hasAged(row: WallRow, now: number, days: number): boolean {
  const touched = row.alerts.filter(isUnresolved).map((view) => Math.max(alertTime(row, view), changeTime(row, view)));
  return days > 0 && now - Math.max(...touched) > days * DAY_MS;
}
