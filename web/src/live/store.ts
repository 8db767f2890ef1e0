/**
 * What the screens draw: `apply(state, record)` for one call, `applyWall(row, record)` for the wall.
 *
 * Pure: the same steps as `voiceassist/core/screen/state.py`; the golden files hold the two together.
 * Next: `live/` feeds it from sockets, `screens/review` from stored records.
 */
import { incidentsAfter, isUnresolved, unquoted, weight } from "./incidents";
import type { AlertView, CallState, CoachingView, Consent, ConsentNeed, CueView, DisclosureChanged, Final, Level, LineCorrected, NoteAdded, PartialWords, RecordOf, WallRow, WireRecord } from "../types";

type Started = RecordOf<"call_started">;
type Bare<T> = Omit<T, "type" | "call_id" | "seq">;

/** The event of a record: what is left without its envelope. */
function bare<T extends WireRecord>(record: T): Bare<T> {
  const { type: _type, call_id: _call, seq: _seq, ...event } = record;
  return event;
}

/** The state after a call's first record, which must be its `call_started`. */
export function openCall(record: WireRecord): CallState {
  const started = startOf(record);
  return {
    call_id: started.call_id,
    seq: started.seq,
    at_ms: started.at_ms,
    status: "live",
    started: bare(started),
    end_reason: null,
    error: "",
    muted: false,
    card_volume: "normal",
    finals: [],
    partials: [],
    cues: [],
    prompts: [],
    alerts: [],
    gaps: [],
    audio_doubts: [],
    pauses: [],
    listening: [],
    lines: [],
    line_sounds: [],
    cross_talk: [],
    leg_merge: null,
    doubted: [],
    disclosures: [],
    promises: [],
    promise_marks: [],
    notes: [],
    tags: [],
    corrections: [],
    summary: null,
    summary_sent: null,
    consent: started.consent,
    deleted: [],
    coaching: [],
    behind_ms: 0,
    fine: false,
    recovery: false,
    phone: [],
  };
}

function startOf(record: WireRecord): Started {
  if (record.type !== "call_started") throw new Error(`call ${record.call_id} begins with ${record.type}`);
  return record;
}

/** The state after one more record; a record already applied changes nothing. */
export function apply(state: CallState, record: WireRecord): CallState {
  if (record.seq <= state.seq) return state;
  const at_ms = Math.max(state.at_ms, record.at_ms);
  return { ...state, ...changes(state, record), seq: record.seq, at_ms };
}

/** The state after all of a call's records. */
export function replay(records: readonly WireRecord[]): CallState {
  const [first, ...rest] = records;
  if (!first) throw new Error("a call has at least one record");
  return rest.reduce(apply, openCall(first));
}

function changes(state: CallState, record: WireRecord): { [K in keyof CallState]?: CallState[K] } {
  switch (record.type) {
    case "partial":
      return { partials: withPartial(state, bare(record)) };
    case "final":
      return { finals: [...state.finals, bare(record)], partials: withoutHeard(state.partials, record) };
    case "audio_gap":
      return { gaps: [...state.gaps, bare(record)] };
    case "audio_doubted":
      return { audio_doubts: [...state.audio_doubts, bare(record)] };
    case "line_changed":
      return { lines: linesAfter(state.lines, bare(record)) };
    case "line_sound_changed":
      return { line_sounds: [...state.line_sounds, bare(record)] };
    case "cross_talk_changed":
      return { cross_talk: crossTalkAfter(state.cross_talk, bare(record)) };
    case "leg_merge_changed":
      return { leg_merge: bare(record) };
    case "language_doubt_changed":
      return { doubted: doubtedAfter(state.doubted, record) };
    case "lateness_changed":
      return { behind_ms: record.behind_ms };
    case "cue":
      return { cues: [...state.cues, { cue: bare(record), status: record.early ? "early" : "confirmed", outcome: null, offered: "", false_alarm_by: "" }] };
    case "cue_confirmed":
      return { cues: cueChanged(state.cues, record.cue_id, { status: "confirmed" }) };
    case "cue_retracted":
      return { cues: cueChanged(state.cues, record.cue_id, { status: "retracted" }), alerts: incidentsAfter(state.alerts, record) };
    case "refusal_closed":
      return { cues: cueChanged(state.cues, record.cue_id, { outcome: record.outcome, offered: record.words }) };
    case "false_alarm_marked":
      return { cues: cueChanged(state.cues, record.cue_id, { false_alarm_by: record.marked ? record.by : "" }) };
    case "not_useful_marked":
      return { prompts: state.prompts.map((view) => (view.prompt.prompt_id === record.prompt_id ? { ...view, not_useful_by: record.marked ? record.by : "" } : view)) };
    case "disclosure_changed":
      return { disclosures: disclosuresAfter(state.disclosures, bare(record)) };
    case "promise_heard":
      return { promises: [...state.promises, bare(record)] };
    case "summary_edited":
      return { summary: record.lines.length > 0 ? bare(record) : null };
    case "summary_sent":
      return { summary_sent: bare(record) };
    case "promise_marked":
      return { promise_marks: [...state.promise_marks.filter((one) => one.utterance !== record.utterance || one.start_ms !== record.start_ms), ...(record.outcome ? [bare(record)] : [])] };
    case "note_added":
      return { notes: [...state.notes, bare(record)] };
    case "note_changed":
      return { notes: notesAfter(state.notes, record) };
    case "tags_changed":
      return { tags: record.tags };
    case "line_corrected":
      return { corrections: correctionsAfter(state.corrections, bare(record)) };
    case "call_identified":
      return { started: { ...state.started, agent: record.agent, customer: record.customer, past_offers: record.past_offers } };
    case "consent_changed":
      return { consent: record.consent };
    case "part_deleted":
      return { deleted: [...state.deleted, bare(record)], ...(record.part === "transcript" ? withoutWords(state) : {}) };
    case "prompt":
      return { prompts: [...state.prompts, { prompt: bare(record), outcome: null, closed_ms: null, alternative: null, not_useful_by: "" }] };
    case "prompt_closed":
      return { prompts: promptClosed(state.prompts, record) };
    case "alert":
    case "alert_repeated":
    case "alert_changed":
      return { alerts: incidentsAfter(state.alerts, record) };
    case "quote_changed":
      return { prompts: cardsRequoted(state.prompts, record), alerts: incidentsAfter(state.alerts, record) };
    case "coaching_sent":
      return { coaching: [...state.coaching, { sent: bare(record), delivered_at: "", seen_at: "", answer: null, answer_text: "", answered_at: "" }] };
    case "coaching_seen":
      return { coaching: coachingChanged(state.coaching, record.coaching_id, (view) => seenAfter(view, record)) };
    case "coaching_answered":
      return { coaching: coachingChanged(state.coaching, record.coaching_id, () => ({ answer: record.answer, answer_text: record.text, answered_at: record.done_at })) };
    case "coaching_withdrawn":
      return { coaching: state.coaching.filter((view) => view.sent.coaching_id !== record.coaching_id) };
    case "mute_changed":
      return { muted: record.muted };
    case "card_volume_changed":
      return { card_volume: record.volume };
    case "recording_paused":
      return { pauses: [...state.pauses, { start_ms: record.at_ms, by: record.by, end_ms: null, resumed_by: "" }] };
    case "recording_resumed":
      return { pauses: resumed(state.pauses, record) };
    case "listening_changed":
      return { listening: [...state.listening, bare(record)] };
    case "agent_fine":
      return { fine: record.fine };
    case "recovery_offered":
      return { recovery: true };
    case "phone_acted":
      return { phone: [...state.phone, bare(record)] };
    case "call_ended":
      return { status: "ended", end_reason: record.reason, partials: [], lines: [], behind_ms: 0 };
    case "call_failed":
      return { status: "failed", error: record.error, partials: [], lines: [], behind_ms: 0 };
    default:
      return {};
  }
}

/** Whether nothing of the call is recorded, because the consent that is needed is missing. */
export function lacksConsent(consent: Consent, need: ConsentNeed): boolean {
  return need !== "no" && consent !== "given" && consent !== need;
}

/** As `store/wordless.py` leaves the stored events. */
function withoutWords(state: CallState): Pick<CallState, "finals" | "partials" | "promises" | "notes" | "tags" | "corrections" | "summary" | "cues" | "prompts" | "alerts" | "coaching"> {
  return {
    finals: [],
    partials: [],
    promises: [],
    notes: [],
    tags: [],
    corrections: [],
    summary: null,
    cues: state.cues.map((view) => ({ ...view, cue: { ...view.cue, words: "" }, offered: "" })),
    prompts: state.prompts.map((view) => ({ ...view, prompt: { ...view.prompt, why: { ...view.prompt.why, words: "" } } })),
    alerts: state.alerts.map(unquoted),
    coaching: state.coaching.map((view) => ({ ...view, sent: { ...view.sent, text: "" }, answer_text: "" })),
  };
}

function notesAfter(notes: NoteAdded[], { note, deleted }: RecordOf<"note_changed">): NoteAdded[] {
  const isIt = (one: NoteAdded) => one.note_id === note.note_id;
  if (deleted) return notes.filter((one) => !isIt(one));
  return notes.some(isIt) ? notes.map((one) => (isIt(one) ? note : one)) : [...notes, note];
}

/** What stands of what was said of lines, the newest last. */
function correctionsAfter(all: LineCorrected[], change: LineCorrected): LineCorrected[] {
  const others = all.filter((one) => one.speaker !== change.speaker || one.utterance !== change.utterance);
  return change.corrected ? [...others, change] : others;
}

function coachingChanged(all: CoachingView[], id: string, change: (view: CoachingView) => Partial<Omit<CoachingView, "sent">>): CoachingView[] {
  return all.map((view) => (view.sent.coaching_id === id ? { ...view, ...change(view) } : view));
}

function seenAfter(view: CoachingView, { stage, done_at }: RecordOf<"coaching_seen">) {
  return { delivered_at: view.delivered_at || done_at, seen_at: stage === "seen" ? done_at : view.seen_at };
}

function resumed(pauses: CallState["pauses"], { at_ms: end_ms, by: resumed_by }: RecordOf<"recording_resumed">): CallState["pauses"] {
  const last = pauses.length - 1;
  return pauses.map((pause, i) => (i === last ? { ...pause, end_ms, resumed_by } : pause));
}

/** The pause of a live call's recording that goes on now. */
export function openPause({ status, pauses }: Pick<CallState, "status" | "pauses">): CallState["pauses"][number] | null {
  const last = pauses.at(-1);
  return status === "live" && last?.end_ms === null ? last : null;
}

function withPartial(state: CallState, partial: PartialWords): PartialWords[] {
  const newest = state.finals.findLast((final) => final.speaker === partial.speaker); // their numbers rise
  if (newest && newest.utterance >= partial.utterance) return state.partials;
  return [...state.partials.filter((other) => other.speaker !== partial.speaker), partial];
}

function withoutHeard(partials: PartialWords[], final: Final): PartialWords[] {
  return partials.filter((partial) => partial.speaker !== final.speaker || partial.utterance > final.utterance);
}

function linesAfter(all: CallState["lines"], change: CallState["lines"][number]): CallState["lines"] {
  const others = all.filter((other) => other.speaker !== change.speaker);
  return change.state === "back" ? others : [...others, change];
}

function crossTalkAfter(all: CallState["cross_talk"], change: CallState["cross_talk"][number]): CallState["cross_talk"] {
  const others = all.filter((other) => other.speaker !== change.speaker);
  return change.level_db === null ? others : [...others, change];
}

function doubtedAfter(doubted: CallState["doubted"], change: RecordOf<"language_doubt_changed">): CallState["doubted"] {
  const others = doubted.filter((speaker) => speaker !== change.speaker);
  return change.doubted ? [...others, change.speaker] : others;
}

function disclosuresAfter(all: DisclosureChanged[], change: DisclosureChanged): DisclosureChanged[] {
  const isKnown = all.some((one) => one.disclosure === change.disclosure);
  return isKnown ? all.map((one) => (one.disclosure === change.disclosure ? change : one)) : [...all, change];
}

function cueChanged(cues: CueView[], cueId: string, change: Partial<Omit<CueView, "cue">>) {
  return cues.map((view) => (view.cue.cue_id === cueId ? { ...view, ...change } : view));
}

function promptClosed(prompts: CallState["prompts"], closed: RecordOf<"prompt_closed">): CallState["prompts"] {
  const change = { outcome: closed.outcome, closed_ms: closed.at_ms, alternative: closed.alternative };
  return prompts.map((view) => (view.prompt.prompt_id === closed.prompt_id ? { ...view, ...change } : view));
}

function cardsRequoted(prompts: CallState["prompts"], { cue_id, words }: RecordOf<"quote_changed">): CallState["prompts"] {
  return prompts.map((view) =>
    view.prompt.why.cue_id === cue_id ? { ...view, prompt: { ...view.prompt, why: { ...view.prompt.why, words } } } : view,
  );
}

// ---- the wall --------------------------------------------------------------------------------------------

/** The row after a call's first record, which must be its `call_started`. */
export function openRow(record: WireRecord): WallRow {
  const started = startOf(record);
  return {
    call_id: started.call_id,
    seq: started.seq,
    at_ms: started.at_ms,
    status: "live",
    started_at: started.started_at,
    agent: started.agent,
    customer: started.customer,
    language: started.language,
    kinds: started.kinds,
    engine: started.engine,
    last_words: "",
    last_speaker: null,
    recovered: 0,
    dead_ends: 0,
    alerts: [],
    worst: null,
    lines: [],
    doubted: [],
    missed: [],
    behind_ms: 0,
    consent: started.consent,
    consent_need: started.consent_need,
    without_help: started.without_help,
    muted: false,
    paused: false,
    fine: false,
    listeners: [],
    agent_ms: 0,
    customer_ms: 0,
    heard_ms: 0,
    sounds: [],
  };
}

/** The row after one more record; a record already applied changes nothing. */
export function applyWall(row: WallRow, record: WireRecord): WallRow {
  if (record.seq <= row.seq) return row;
  const at_ms = Math.max(row.at_ms, record.at_ms);
  return { ...row, ...rowChanges(row, record), seq: record.seq, at_ms };
}

function rowChanges(row: WallRow, record: WireRecord): { [K in keyof WallRow]?: WallRow[K] } {
  switch (record.type) {
    case "final":
      return { last_words: record.text, last_speaker: record.speaker, ...spokenAfter(row, record) };
    case "mute_changed":
      return { muted: record.muted };
    case "agent_fine":
      return { fine: record.fine };
    case "recording_paused":
    case "recording_resumed":
      return { paused: record.type === "recording_paused" };
    case "listening_changed":
      return { listeners: listenerNames(record) };
    case "refusal_closed":
      return record.outcome === "recovered" ? { recovered: row.recovered + 1 } : { dead_ends: row.dead_ends + 1 };
    case "line_changed":
      return { lines: linesAfter(row.lines, bare(record)) };
    case "line_sound_changed":
      return { sounds: soundsAfter(row.sounds, bare(record)) };
    case "language_doubt_changed":
      return { doubted: doubtedAfter(row.doubted, record) };
    case "disclosure_changed":
      return { missed: missedAfter(row.missed, record) };
    case "lateness_changed":
      return { behind_ms: record.behind_ms };
    case "alert":
    case "alert_repeated":
    case "alert_changed":
    case "cue_retracted":
    case "quote_changed":
      return withAlerts(incidentsAfter(row.alerts, record));
    case "call_identified":
      return { agent: record.agent, customer: record.customer };
    case "consent_changed":
      return { consent: record.consent };
    case "part_deleted":
      return record.part === "transcript" ? { last_words: "", last_speaker: null, alerts: row.alerts.map(unquoted) } : {};
    case "call_ended":
      return { status: "ended", ...OVER };
    case "call_failed":
      return { status: "failed", ...OVER };
    default:
      return {};
  }
}

/** Everybody who listens in now, once. */
export function listenerNames({ listeners }: Pick<RecordOf<"listening_changed">, "listeners">): string[] {
  return [...new Set(listeners.map(({ by }) => by))];
}

/** Who listens in to a live call now. */
export function listenersNow({ status, listening }: Pick<CallState, "status" | "listening">): string[] {
  const last = listening.at(-1);
  return status === "live" && last ? listenerNames(last) : [];
}

const OVER = { paused: false, fine: false, listeners: [], lines: [], sounds: [], behind_ms: 0, agent_ms: 0, customer_ms: 0, heard_ms: 0 };

function soundsAfter(all: WallRow["sounds"], change: WallRow["sounds"][number]): WallRow["sounds"] {
  const others = all.filter((other) => other.speaker !== change.speaker);
  return change.sound === "none" ? others : [...others, change];
}

function missedAfter(missed: string[], change: DisclosureChanged): string[] {
  const others = missed.filter((title) => title !== change.title);
  return change.state === "missed" ? [...others, change.title] : others;
}

function spokenAfter(row: WallRow, final: Final): Partial<WallRow> {
  const spoken_ms = final.end_ms - final.start_ms;
  const heard_ms = Math.max(row.heard_ms, final.end_ms);
  return final.speaker === "agent" ? { heard_ms, agent_ms: row.agent_ms + spoken_ms } : { heard_ms, customer_ms: row.customer_ms + spoken_ms };
}

export const isHelp = (view: AlertView) => view.alert.kind === "help";

export { isUnresolved, weight };

/** As `weight`, of an alert: a call for help weighs more than any level. */
export const gravity = (view: AlertView) => (isHelp(view) ? weight("critical") + 1 : weight(view.alert.level));

function withAlerts(alerts: AlertView[]): Pick<WallRow, "alerts" | "worst"> {
  const levels = alerts.filter(isUnresolved).map((view) => view.alert.level);
  const worst = levels.reduce<Level | null>((a, b) => (weight(b) > weight(a) ? b : a), null);
  return { alerts, worst };
}

/** Live calls stay; a finished call stays while one of its alerts is unresolved. */
export function belongsOnWall(row: WallRow): boolean {
  return row.status === "live" || row.worst !== null;
}
