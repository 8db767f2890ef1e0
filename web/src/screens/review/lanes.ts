/**
 * What lies under the waveform: cues, cards, alerts, messages, how people spoke, and what the line did. Pure.
 *
 * Every mark is an entry of the list of moments, too: what is drawn here is for the eye and the mouse only.
 * Next: `Lanes.svelte` draws them, `MomentsTab.svelte` lists them.
 */
import { lostSpans } from "../../ui/lines";
import { isWaiting, soundsOf } from "../../ui/sounds";
import type { Speaker } from "../../types";
import { raised, type Peaks } from "./peaks";
import { overlaps, silences } from "./stretches";
import type { Note, Timeline } from "./timeline";

export const LANES = ["cue", "card", "alert", "coaching", "speech", "line"] as const;
export type Lane = (typeof LANES)[number];
export type SpanKind = "silence" | "overlap" | "raised" | "waiting" | "held" | "lost" | "paused";

export type Moment = Extract<Note, { type: "cue" | "card" | "alert" | "coaching" }>;
export interface SpanMark {
  type: "span";
  kind: SpanKind;
  speaker: Speaker | null; // null: of both
  at_ms: number;
  end_ms: number;
}
export type Mark = Moment | SpanMark;

const LANE_OF: { readonly [kind in SpanKind]: Lane } = { silence: "speech", overlap: "speech", raised: "speech", waiting: "line", held: "line", lost: "line", paused: "line" };

export const laneOf = (mark: Mark): Lane => (mark.type === "span" ? LANE_OF[mark.kind] : mark.type);

const isMoment = (note: Note): note is Moment => note.type === "cue" || note.type === "card" || note.type === "alert" || note.type === "coaching";

/** All marks in order of time; `peaks`: null while there is no waveform, and then nobody is told to be loud. */
export function marksOf(whole: Timeline, peaks: Peaks | null): readonly Mark[] {
  const notes = whole.moments.flatMap((moment) => moment.notes);
  const moments = notes.filter(isMoment).filter((one) => one.type !== "cue" || one.view.status !== "retracted");
  return [...moments, ...speechMarks(whole, peaks), ...lineMarks(whole, notes)].sort((a, b) => a.at_ms - b.at_ms);
}

function speechMarks({ state }: Timeline, peaks: Peaks | null): SpanMark[] {
  return [
    ...spanned("silence", silences(state.finals, state.at_ms)),
    ...spanned("overlap", overlaps(state.finals)),
    ...spanned("raised", peaks ? raised(peaks) : []),
  ];
}

function lineMarks({ state }: Timeline, notes: readonly Note[]): SpanMark[] {
  const until = (end_ms: number | null) => end_ms ?? state.at_ms;
  return [
    ...spanned("waiting", soundsOf(state).filter(isWaiting).map((span) => ({ ...span, end_ms: until(span.end_ms) }))),
    ...spanned("lost", lostSpans(state)),
    ...spanned("held", heldSpans(notes, state.at_ms)),
    ...spanned("paused", (state.pauses ?? []).map((pause) => ({ speaker: null, start_ms: pause.start_ms, end_ms: until(pause.end_ms) }))),
  ];
}

function spanned(kind: SpanKind, stretches: readonly { speaker: Speaker | null; start_ms: number; end_ms: number }[]): SpanMark[] {
  return stretches.map(({ speaker, start_ms, end_ms }) => ({ type: "span", kind, speaker, at_ms: start_ms, end_ms }));
}

/** A side is on hold until its line says something else. */
function heldSpans(notes: readonly Note[], over_ms: number): { speaker: Speaker; start_ms: number; end_ms: number }[] {
  const changes = notes.filter((note) => note.type === "line").sort((a, b) => a.at_ms - b.at_ms);
  return changes.flatMap(({ line, at_ms }, i) => {
    if (line.state !== "held") return [];
    const next = changes.slice(i + 1).find((other) => other.line.speaker === line.speaker);
    return [{ speaker: line.speaker, start_ms: at_ms, end_ms: next?.at_ms ?? over_ms }];
  });
}

/** Those that a picture has room for: what begins within `least_ms` of the same sort is drawn as one with it. */
export function thinned(marks: readonly Mark[], least_ms: number): readonly Mark[] {
  const last = new Map<string, Mark>();
  const kept: Mark[] = [];
  for (const mark of marks) {
    const sort = mark.type === "span" ? `${mark.kind} ${mark.speaker}` : mark.type;
    const before = last.get(sort);
    if (before && mark.at_ms - before.at_ms < least_ms) {
      if (before.type === "span" && mark.type === "span") before.end_ms = Math.max(before.end_ms, mark.end_ms);
      continue;
    }
    const drawn = mark.type === "span" ? { ...mark } : mark;
    last.set(sort, drawn);
    kept.push(drawn);
  }
  return kept;
}

/** The time of the next cue, card, alert or message after a time, or of the one before it; null: there is none. */
export function nextMoment(marks: readonly Mark[], at_ms: number, by: 1 | -1): number | null {
  const times = marks.filter(({ type }) => type !== "span").map((mark) => mark.at_ms);
  const found = by > 0 ? times.find((time) => time > at_ms) : times.findLast((time) => time < at_ms);
  return found ?? null;
}
