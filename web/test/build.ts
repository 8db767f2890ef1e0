/** Short builders for the views' tests. */
import type { Alert, AlertView, Cue, CueView, Final, Level, PartialWords, PromptView, RecordOf, Speaker, WallRow } from "../src/types";

const why = { cue_id: "c1", rule: "r", words: "w", confidence: 1, playbook: "p@1", spoken_ms: 0, latency_ms: 300 };

export const started: RecordOf<"call_started"> = {
  type: "call_started",
  call_id: "c",
  seq: 1,
  at_ms: 0,
  started_at: "2026-11-21T09:30:00+00:00",
  agent: { id: "a", name: "Anna", team: "" },
  customer: { id: "c", name: "Martin", tier: "gold" },
  source: "stream",
  engine: "scripted",
  language: "en",
  playbook: "p@1",
  playbook_hash: "",
  past_offers: [],
  kinds: [],
  continues: "",
  consent: "unknown",
  consent_need: "no", without_help: false,
};

export function final(speaker: Speaker, utterance: number, text: string, start_ms = 0): Final {
  const words = text.split(" ").map((word, i) => ({
    text: word.replace(/[.,!?]/g, ""),
    start_ms: start_ms + i * 200,
    end_ms: start_ms + i * 200 + 180,
    confidence: 1,
  }));
  const end_ms = words.at(-1)?.end_ms ?? start_ms;
  return { at_ms: end_ms + 200, speaker, utterance, text, words, start_ms, end_ms, confidence: 1 };
}

export function partial(speaker: Speaker, utterance: number, text: string, start_ms = 0): PartialWords {
  const { confidence: _confidence, ...rest } = final(speaker, utterance, text, start_ms);
  return { ...rest, pause_ms: 0 };
}

export function cue(spoken: Final, change: { [K in keyof Cue]?: Cue[K] } = {}): CueView {
  const { speaker, utterance, start_ms, end_ms, text } = spoken;
  const rest = { at_ms: end_ms, confidence: 1, layer: "phrase" as const, rule: "r", early: false, playbook: "p@1", reach: "alert" as const, reach_limit: "" as const, agreed: false };
  return { cue: { cue_id: "c1", kind: "refusal", speaker, utterance, words: text, start_ms, end_ms, ...rest, ...change }, status: "confirmed", outcome: null, offered: "", false_alarm_by: "" };
}

export function alert(alert_id: string, level: Level, at_ms: number, state: AlertView["state"] = "open"): AlertView {
  const told: Alert = { at_ms, alert_id, level, kind: "insult", reason: "An insult", quote: "idiot", why, reason_code: "", late: false, unsaid: "", incident: alert_id };
  const nothingDone = { by: "", note: "", changed_ms: null, changed_at: "", owner: "", reason: "", history: [] } as const;
  return { incident: alert_id, alert: told, state, ...nothingDone, history: [], count: 1, risen: false, happened: [told], untrue: [] };
}

export function prompt(prompt_id: string, priority: number, at_ms = 0): PromptView {
  const alternatives = [{ id: "credit", text: "A store credit", detail: "" }];
  const rest = { kind: "refusal", say: "What I can do is …", alternatives, expires_ms: at_ms + 20_000, why, late: false, benefit: "", again: 0 };
  return { prompt: { at_ms, prompt_id, headline: "Say what you can do", priority, ...rest }, outcome: null, closed_ms: null, alternative: null, not_useful_by: "" };
}

export function row(call_id: string, change: { [K in keyof WallRow]?: WallRow[K] } = {}): WallRow {
  return {
    call_id,
    seq: 1,
    at_ms: 0,
    status: "live",
    started_at: "2026-11-21T09:30:00+00:00",
    agent: { id: "a", name: "Anna Reed", team: "" },
    customer: { id: "c", name: "Martin Webb", tier: "gold" },
    language: "en",
    kinds: [],
    engine: "",
    heard_ms: 0,
    sounds: [],
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
    consent: "unknown",
    consent_need: "no", without_help: false,
    muted: false,
    paused: false,
    fine: false,
    listeners: [],
    agent_ms: 0,
    customer_ms: 0,
    ...change,
  };
}
