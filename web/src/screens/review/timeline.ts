/**
 * A finished call as one timeline: each spoken line with the cues, cards and alerts that came with it.
 *
 * Pure. Next: `screens/review` draws the moments and plays the recording from them.
 */
import { replay } from "../../live/store";
import { lines, type Line } from "../../ui/transcript";
import type { AlertView, AudioGap, CallState, CueView, PromptView, RecordOf, WireRecord } from "../../types";

export type Note =
  | { type: "cue"; at_ms: number; view: CueView; offered: string }
  | { type: "card"; at_ms: number; view: PromptView }
  | { type: "alert"; at_ms: number; view: AlertView }
  | { type: "gap"; at_ms: number; gap: AudioGap }
  | { type: "fine"; at_ms: number }
  | { type: "mute"; at_ms: number; muted: boolean };

export interface Moment {
  start_ms: number;
  line: Line | null; // null: notes from before the first word
  notes: Note[];
}

export interface Timeline {
  state: CallState;
  moments: Moment[];
}

export function timeline(records: readonly WireRecord[]): Timeline {
  const state = replay(records);
  return { state, moments: moments(lines(state), notes(state, records)) };
}

function notes(state: CallState, records: readonly WireRecord[]): Note[] {
  const all: Note[] = [
    ...state.cues.map((view) => cueNote(view, records)),
    ...state.prompts.map((view) => ({ type: "card" as const, at_ms: view.prompt.at_ms, view })),
    ...state.alerts.map((view) => ({ type: "alert" as const, at_ms: view.alert.at_ms, view })),
    ...state.gaps.map((gap) => ({ type: "gap" as const, at_ms: gap.at_ms, gap })),
    ...records.flatMap(buttonNote),
  ];
  return all.sort((a, b) => a.at_ms - b.at_ms);
}

function cueNote(view: CueView, records: readonly WireRecord[]): Note {
  const isClosing = (record: WireRecord): record is RecordOf<"refusal_closed"> =>
    record.type === "refusal_closed" && record.cue_id === view.cue.cue_id;
  return { type: "cue", at_ms: view.cue.start_ms, view, offered: records.find(isClosing)?.words ?? "" };
}

function buttonNote(record: WireRecord): Note[] {
  if (record.type === "agent_fine") return [{ type: "fine", at_ms: record.at_ms }];
  if (record.type === "mute_changed") return [{ type: "mute", at_ms: record.at_ms, muted: record.muted }];
  return [];
}

/** A note belongs to the last line that began before it. */
function moments(said: Line[], all: Note[]): Moment[] {
  const made: Moment[] = said.map((line) => ({ start_ms: line.utterance.start_ms, line, notes: [] }));
  const before: Moment = { start_ms: 0, line: null, notes: [] };
  for (const note of all) owner(made, note, before).notes.push(note);
  return before.notes.length > 0 ? [before, ...made] : made;
}

function owner(made: Moment[], note: Note, before: Moment): Moment {
  if (note.type === "cue") {
    const { speaker, utterance } = note.view.cue;
    const own = made.find(({ line }) => line?.key === `${speaker}-${utterance}`);
    if (own) return own;
  }
  return made.findLast((moment) => moment.start_ms <= note.at_ms) ?? before;
}

/** Index of the line that is being spoken at a time of the recording; -1 before the first. */
export function currentMoment(all: readonly Moment[], at_ms: number): number {
  return all.findLastIndex((moment) => moment.line !== null && moment.start_ms <= at_ms);
}
