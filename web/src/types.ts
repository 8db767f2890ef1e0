/** Short names for the generated wire types, and the API's own answers that the wire does not define. */
import type { AlertView, AudioGap, CallState, CueView, Customer, Person, PromptView, Record as WireRecord, WallRow } from "./live/protocol.gen";

export type { Action, Alert, AlertView, Alternative, AudioGap, CallState, Cue, CueView } from "./live/protocol.gen";
export type { Final, Prompt, PromptView, ServerMessage, WallRow, Why, Word } from "./live/protocol.gen";
export type { Partial as PartialWords, Record as WireRecord, Snapshot, WallSnapshot } from "./live/protocol.gen";

export type Speaker = "agent" | "customer";
export type Level = AlertView["alert"]["level"];
export type CallStatus = CallState["status"];
export type CueStatus = CueView["status"];
export type EndReason = NonNullable<CallState["end_reason"]>;
export type CardOutcome = NonNullable<PromptView["outcome"]>;
export type AlertState = AlertView["state"];
export type GapCause = AudioGap["cause"];
export type By<K extends string> = { readonly [key in K]: string };
export type RecordOf<T extends WireRecord["type"]> = Extract<WireRecord, { type: T }>;

export interface ServerStatus {
  version: string;
  boot: string;
  wire_version: number;
  engine: string;
  language: string;
  languages: EngineSummary[]; // the default one first
  sample_engine: EngineSummary | null;
  demo: boolean;
  live_calls: number;
}

/** What hears calls in one language. */
export interface EngineSummary {
  language: string;
  engine: string;
  fit_for: "people" | "synthesised";
  better_model: string | null; // to pull, for people
}

export interface SampleSummary {
  id: string;
  title: string;
  summary: string;
  duration_ms: number;
  agent: Person;
  customer: Customer;
}

export interface CallSummary {
  call_id: string;
  started_at: string;
  duration_ms: number;
  status: CallStatus;
  end_reason: EndReason | null;
  error: string;
  agent: Person;
  customer: Customer;
  engine: string;
  language: string;
  playbook: string;
  source: string;
  refusals: number;
  recovered: number;
  dead_ends: number;
  prompts: number;
  alerts: number;
  worst: Level | null;
  snippet: string | null;
}

export interface CallPage {
  calls: CallSummary[];
  next: string | null;
}

export interface WallPage {
  rows: WallRow[];
  next: string | null;
}
