/** How late words arrive, of one call or of all: what the notices say. Pure. */
import { WITHOUT_WORDS } from "../glossary";
import { texts } from "../texts";
import type { Alert, CallState, PromptView, WallRow } from "../types";

export const seconds = (ms: number) => Math.round(ms / 1000);

export interface Late {
  behind_ms: number; // the latest of all
  late: number; // how many calls
  live: number; // of how many
}

/** The live calls that are late; null when all are in time. */
export function lateOf(rows: readonly WallRow[]): Late | null {
  const live = rows.filter((row) => row.status === "live" && !row.without_help);
  const behind = live.map((row) => row.behind_ms).filter((ms) => ms > 0);
  return behind.length > 0 ? { behind_ms: Math.max(...behind), late: behind.length, live: live.length } : null;
}

/** What the call's screens say of the machine while it goes on: that it helps late, or not at all. */
export function busyText({ status, started, behind_ms }: CallState): string {
  if (status === "live" && started.without_help) return texts.capacity.withoutHelp;
  return behind_ms > 0 ? texts.lateness.call(seconds(behind_ms)) : "";
}

/** How late an alert came; of one that no words raised, only that it did. */
export function lateAlert(alert: Alert): string {
  return WITHOUT_WORDS.includes(alert.kind) ? texts.lateness.alertWithoutWords : texts.lateness.alert(seconds(alert.why.latency_ms));
}

/** The note on the screen: the newest card that came too late to be one, as long as it stands. */
export function lateNote(call: CallState): PromptView | null {
  const open = call.prompts.filter((view) => view.prompt.late && view.outcome === null);
  return call.status === "live" ? (open.at(-1) ?? null) : null;
}
