/** What became of the line of a side, in words, and where it was lost. Pure. */
import { clock } from "../format";
import { texts } from "../texts";
import type { CallState, LineChanged, Speaker } from "../types";

/** What is seen; `since`: for how long it is so. */
export function lineSays({ state, speaker }: LineChanged, since: string): string {
  return state === "lost" ? texts.lines.lostFor(speaker, since) : texts.lines[state](speaker);
}

/** Up to when it is waited for; empty: nothing ends. */
export function lineWaits({ state, until_ms }: LineChanged): string {
  if (until_ms === null || (state !== "lost" && state !== "quiet")) return "";
  return texts.lines.waits[state](clock(until_ms));
}

/** What a screen reader is told: nothing that changes with the time. */
export function lineTold({ state, speaker }: LineChanged): string {
  return texts.lines[state](speaker);
}

export interface LostSpan {
  speaker: Speaker;
  start_ms: number;
  end_ms: number;
}

/** Where a line was lost, also where it is now. */
export function lostSpans({ gaps, lines, at_ms }: Pick<CallState, "gaps" | "lines" | "at_ms">): LostSpan[] {
  const over = gaps.filter((gap) => gap.cause === "line_lost").map(({ speaker, at_ms: start_ms, duration_ms }) => ({ speaker, start_ms, end_ms: start_ms + duration_ms }));
  const open = lines.filter((line) => line.state === "lost").map(({ speaker, at_ms: start_ms }) => ({ speaker, start_ms, end_ms: Math.max(start_ms, at_ms) }));
  return [...over, ...open];
}
