/** How tall the wall's rows are and which columns a person may add, by the width there is. Pure. */
import { capital, clock, engineName, languageName, percent } from "../../format";
import { texts } from "../../texts";
import type { WallRow } from "../../types";
import { seconds } from "../../ui/lateness";

export const COLUMNS = ["talk", "silence", "hold", "refusals", "muted", "delay", "language", "engine", "tier", "duration"] as const;
export type Column = (typeof COLUMNS)[number];
export const OPEN_KINDS = ["help", "critical", "warning", "info"] as const; // in the order of their weight
export type Density = "comfortable" | "compact";

export interface Layout {
  wide: boolean; // one line of cells; else stacked
  height_rem: number;
  times_rem: number; // width of the last cell, where it is wide
}

export const COLUMN_REM = 6.5;
const WIDE_FROM_REM = 58; // below, a reason of sixty letters would not fit beside the names and the times
const ROOT_PX = 15; // of `base.css`
const HEIGHT_REM = { wide: { comfortable: 4.5, compact: 40 / ROOT_PX }, stacked: { comfortable: 8.25, compact: 5.75 } };
const BUTTONS_REM = 15; // they come over the right side of a row, and never over its reason
const TIMES_REM = { comfortable: 6.5, compact: 9.5 };
// Where rows are stacked, the columns have lines of their own.
const COLUMNS_LINE_REM = 1.25;
const COLUMN_AND_NAME_REM = 11;

export function layoutOf(width_rem: number, density: Density, columns: readonly Column[]): Layout {
  const wide = width_rem >= WIDE_FROM_REM + COLUMN_REM * Math.max(0, columns.length - 1); // the first has room anyway
  const perLine = Math.max(1, Math.floor(width_rem / COLUMN_AND_NAME_REM));
  const extra = wide ? 0 : COLUMNS_LINE_REM * Math.ceil(columns.length / perLine);
  return {
    wide,
    height_rem: HEIGHT_REM[wide ? "wide" : "stacked"][density] + extra,
    times_rem: Math.max(TIMES_REM[density], BUTTONS_REM - COLUMN_REM * columns.length),
  };
}

/** What stands in a column at a moment of the server's clock (milliseconds since 1970); a dash where there is nothing to tell. */
export function cellText(row: WallRow, column: Column, now: number): string {
  switch (column) {
    case "talk":
      return row.agent_ms + row.customer_ms > 0 ? percent(row.agent_ms / (row.agent_ms + row.customer_ms)) : texts.agent.noTalk;
    case "refusals":
      return texts.wall.refusalsCount(row.recovered + row.dead_ends, row.dead_ends);
    case "muted":
      return row.muted ? texts.wall.muted : texts.agent.noTalk;
    case "delay":
      return row.behind_ms > 0 ? texts.lateness.short(seconds(row.behind_ms)) : texts.agent.noTalk;
    case "language":
      return languageName(row.language);
    case "silence":
      return row.heard_ms > 0 ? clock(Math.max(0, lasted(row, now) - row.heard_ms)) : texts.agent.noTalk;
    case "hold":
      return holdText(row, now);
    case "engine":
      return engineName(row.engine) || texts.agent.noTalk;
    case "tier":
      return capital(row.customer.tier) || texts.agent.noTalk;
    case "duration":
      return clock(lasted(row, now));
  }
}

/** Since when music plays on one of its legs. */
function holdText(row: WallRow, now: number): string {
  const since = row.sounds.filter(({ sound }) => sound === "music").map(({ since_ms }) => since_ms);
  return since.length > 0 ? clock(Math.max(0, lasted(row, now) - Math.min(...since))) : texts.agent.noTalk;
}

/** How long a call has lasted, or lasted. What comes of a call that is not in view may be old, and on hold there is nothing. */
export function lasted(row: WallRow, now: number): number {
  return row.status === "live" ? Math.max(row.at_ms, now - Date.parse(row.started_at)) : row.at_ms;
}
