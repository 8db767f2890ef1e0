/**
 * A finished call as one timeline: each spoken line with the cues, cards and alerts that came with it.
 *
 * Pure. Next: `screens/review` draws the moments and plays the recording from them.
 */
import { replay } from "../../live/store";
import { keyOf, lines, type Line, type Lines } from "../../ui/transcript";
import { soundsOf, type SoundSpan } from "../../ui/sounds";
import type { AlertView, AudioDoubted, AudioGap, CallState, CardVolume, CoachingView, CrossTalkChanged, CueView, DisclosureChanged, LegMergeChanged, LineChanged, NoteAdded, PhoneActed, PromiseHeard, PromptView, RecordOf, Speaker, WireRecord } from "../../types";

/** Less that is missing nobody hears: the packet by which one side of a phone system begins later than the other. */
const NOTICED_MS = 50;

export type Note =
  | { type: "cue"; at_ms: number; view: CueView; offered: string }
  | { type: "card"; at_ms: number; view: PromptView; falseAlarmBy: string }
  | { type: "alert"; at_ms: number; view: AlertView; falseAlarmBy: string }
  | { type: "gap"; at_ms: number; gap: AudioGap }
  | { type: "audio"; at_ms: number; audio: AudioDoubted }
  | { type: "line"; at_ms: number; line: Pick<LineChanged, "speaker" | "state"> }
  | { type: "sound"; at_ms: number; span: SoundSpan }
  | { type: "crosstalk"; at_ms: number; change: Pick<CrossTalkChanged, "speaker" | "level_db"> }
  | { type: "merge"; at_ms: number; change: Pick<LegMergeChanged, "speaker" | "merged"> }
  | { type: "doubt"; at_ms: number; speaker: Speaker; doubted: boolean }
  | { type: "disclosure"; at_ms: number; change: DisclosureChanged }
  | { type: "promise"; at_ms: number; promise: PromiseHeard }
  | { type: "coaching"; at_ms: number; view: CoachingView }
  | { type: "written"; at_ms: number; note: NoteAdded }
  | { type: "pause"; at_ms: number; paused: boolean; by: string }
  | { type: "phone"; at_ms: number; event: PhoneActed }
  | { type: "fine"; at_ms: number; says: "said" | "undone" | "rose" | "offered" }
  | { type: "listening"; at_ms: number; listeners: RecordOf<"listening_changed">["listeners"] }
  | { type: "people"; at_ms: number; agent: string; customer: string; by: string }
  | { type: "mute"; at_ms: number; muted: boolean }
  | { type: "volume"; at_ms: number; volume: CardVolume };

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
  const offers = new Map(records.flatMap(offered));
  const by = new Map(state.cues.map((view) => [view.cue.cue_id, view.false_alarm_by]));
  const all: Note[] = [
    ...state.cues.map((view) => cueNote(view, offers)),
    ...state.prompts.map((view) => ({ type: "card" as const, at_ms: view.prompt.at_ms, view, falseAlarmBy: by.get(view.prompt.why.cue_id) ?? "" })),
    ...state.alerts.map((view) => ({ type: "alert" as const, at_ms: view.alert.at_ms, view, falseAlarmBy: by.get(view.alert.why.cue_id) ?? "" })),
    ...state.gaps.filter(isNoticed).map((gap) => ({ type: "gap" as const, at_ms: gap.at_ms, gap })),
    ...state.audio_doubts.map((audio) => ({ type: "audio" as const, at_ms: audio.at_ms, audio })),
    ...soundsOf(state).map((span) => ({ type: "sound" as const, at_ms: span.start_ms, span })),
    ...state.promises.map((promise) => ({ type: "promise" as const, at_ms: promise.start_ms, promise })),
    ...state.coaching.map((view) => ({ type: "coaching" as const, at_ms: view.sent.at_ms, view })),
    ...state.phone.map((event) => ({ type: "phone" as const, at_ms: event.at_ms, event })),
    ...state.notes.filter(isOfCallAlone).map((note) => ({ type: "written" as const, at_ms: note.at_ms, note })),
    ...records.flatMap(disclosureNote),
    ...records.flatMap(lineNote),
    ...records.flatMap(buttonNote),
  ];
  return all.sort((a, b) => a.at_ms - b.at_ms);
}

/** Notes that can change have a tab of their own, and those about a line stand with it. */
const isOfCallAlone = ({ note_id }: NoteAdded) => note_id === "";

function isNoticed({ duration_ms, cause }: AudioGap): boolean {
  return duration_ms >= NOTICED_MS || cause === "rate_changed";
}

function cueNote(view: CueView, offers: ReadonlyMap<string, string>): Note {
  return { type: "cue", at_ms: view.cue.start_ms, view, offered: offers.get(view.cue.cue_id) ?? "" };
}

/** What was offered after a refusal, by the refusal's id. */
function offered(record: WireRecord): [string, string][] {
  return record.type === "refusal_closed" ? [[record.cue_id, record.words]] : [];
}

/** What was said or missed; that it became due is no moment of the call. */
function disclosureNote(record: WireRecord): Note[] {
  if (record.type !== "disclosure_changed" || (record.state !== "said" && record.state !== "missed")) return [];
  return [{ type: "disclosure", at_ms: record.at_ms, change: record }];
}

function lineNote(record: WireRecord): Note[] {
  if (record.type === "line_changed") return [{ type: "line", at_ms: record.at_ms, line: record }];
  if (record.type === "cross_talk_changed") return [{ type: "crosstalk", at_ms: record.at_ms, change: record }];
  if (record.type === "leg_merge_changed") return [{ type: "merge", at_ms: record.at_ms, change: record }];
  if (record.type !== "language_doubt_changed") return [];
  return [{ type: "doubt", at_ms: record.at_ms, speaker: record.speaker, doubted: record.doubted }];
}

function buttonNote(record: WireRecord): Note[] {
  if (record.type === "call_identified") return [{ type: "people", at_ms: record.at_ms, agent: record.agent.name, customer: record.customer.name, by: record.by }];
  if (record.type === "agent_fine") return [{ type: "fine", at_ms: record.at_ms, says: record.fine ? "said" : record.rose ? "rose" : "undone" }];
  if (record.type === "recovery_offered") return [{ type: "fine", at_ms: record.at_ms, says: "offered" }];
  if (record.type === "listening_changed") return [{ type: "listening", at_ms: record.at_ms, listeners: record.listeners }];
  if (record.type === "card_volume_changed") return [{ type: "volume", at_ms: record.at_ms, volume: record.volume }];
  if (record.type === "recording_paused" || record.type === "recording_resumed") return [{ type: "pause", at_ms: record.at_ms, paused: record.type === "recording_paused", by: record.by }];
  if (record.type === "mute_changed") return [{ type: "mute", at_ms: record.at_ms, muted: record.muted }];
  return [];
}

/** A note belongs to the last line that began before it. */
function moments(said: Lines, all: Note[]): Moment[] {
  const made: Moment[] = said.map((line) => ({ start_ms: line.utterance.start_ms, line, notes: [] }));
  const before: Moment = { start_ms: 0, line: null, notes: [] };
  const byLine = new Map(made.map((moment) => [moment.line?.key, moment]));
  for (const note of all) (ofCue(note, byLine) ?? made[lastBegun(made, note.at_ms)] ?? before).notes.push(note);
  return before.notes.length > 0 ? [before, ...made] : made;
}

function ofCue(note: Note, byLine: ReadonlyMap<string | undefined, Moment>): Moment | undefined {
  return note.type === "cue" ? byLine.get(keyOf(note.view.cue)) : undefined;
}

/** Index of the line that is being spoken at a time of the recording; -1 before the first. */
export function currentMoment(all: readonly Moment[], at_ms: number): number {
  const at = lastBegun(all, at_ms);
  return all[at]?.line ? at : -1;
}

/** Index of the last moment that began no later, of moments in order; -1 if there is none. */
function lastBegun(all: readonly Moment[], at_ms: number): number {
  let [from, end] = [0, all.length];
  while (from < end) {
    const middle = (from + end) >> 1;
    if ((all[middle]?.start_ms ?? Infinity) <= at_ms) from = middle + 1;
    else end = middle;
  }
  return from - 1;
}
