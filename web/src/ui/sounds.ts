/**
 * What a line carried besides talk, as spans of time. Pure.
 * Next: `ui/transcript.ts` puts them between the lines, `ui/Timeline.svelte` draws them, `ui/talk.ts` counts no talk there.
 */
import type { CallState, LineSound, LineSoundChanged, Speaker } from "../types";

export interface SoundSpan {
  speaker: Speaker;
  sound: LineSound;
  start_ms: number;
  end_ms: number | null; // null: it goes on
  count: number; // how many that followed each other closely are told as one: keys, beeps, rings
}

/** Shorter pauses part nothing: rings come every 6 s, keys and the songs of hold music sooner. */
const JOIN_MS = 6_000;

/** People wait while these sound: whatever is heard there is not said by them. */
export const isWaiting = ({ sound }: SoundSpan) => sound === "music" || sound === "ringing" || sound === "busy";

/** All spans of a call in order of their start; `over_ms`: when a call that is over ended. */
export function soundSpans(changes: readonly LineSoundChanged[], over_ms: number | null): readonly SoundSpan[] {
  const spans: SoundSpan[] = [];
  const last: { [speaker in Speaker]?: SoundSpan } = {};
  for (const { speaker, sound, since_ms } of changes) {
    const before = last[speaker];
    if (before?.end_ms === null) before.end_ms = since_ms;
    if (sound === "none") continue;
    if (before?.sound === sound && since_ms - (before.end_ms ?? since_ms) < JOIN_MS) {
      before.end_ms = null;
      before.count += 1;
    } else spans.push((last[speaker] = { speaker, sound, start_ms: since_ms, end_ms: null, count: 1 }));
  }
  for (const span of spans) span.end_ms ??= over_ms;
  return spans.sort((a, b) => a.start_ms - b.start_ms);
}

/** The spans of a call as it stands. */
export function soundsOf({ line_sounds, status, at_ms }: Pick<CallState, "line_sounds" | "status" | "at_ms">): readonly SoundSpan[] {
  return soundSpans(line_sounds, status === "live" ? null : at_ms);
}

/** For how long of a stretch people only waited on that leg. */
export function waited_ms(speaker: Speaker, start_ms: number, end_ms: number, spans: readonly SoundSpan[]): number {
  const own = spans.filter((span) => span.speaker === speaker && isWaiting(span));
  return own.reduce((sum, span) => sum + Math.max(0, Math.min(end_ms, span.end_ms ?? end_ms) - Math.max(start_ms, span.start_ms)), 0);
}
