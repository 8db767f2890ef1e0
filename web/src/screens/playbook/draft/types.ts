/** What the playbook routes of the server say (`voiceassist/server/playbooks.py`), and the values that a playbook is made of. */
import type { Cue, Prompt, Speaker } from "../../../types";

export type Value = string | number | boolean | null | readonly Value[] | Mapping;
export interface Mapping {
  readonly [name: string]: Value;
}
export type Key = string | number;
export type Path = readonly Key[]; // from the top of the playbook: ["policies", "discount", "asked", 0]

/** One change of a playbook, as PATCH takes it. */
export type Edit =
  | { op: "set"; path: Path; value: Value }
  | { op: "insert"; path: Path; value: Value; to?: number } // in a mapping: at this place, else at its end
  | { op: "remove"; path: Path }
  | { op: "rename"; path: Path; to: string }
  | { op: "move"; path: Path; to: number }; // to this place among its neighbours

/** An edit on its way to be saved; one with `together` is sent, and undone, with the one before it. */
export type Pending = Edit & { together?: true };

export interface Problem {
  line: number; // 1 is the first
  path: Path;
  message: string;
}

export interface Version {
  number: number;
  hash: string;
  author: string;
  note: string;
  published_at: string;
  is_current: boolean;
}

export interface Draft {
  text: string;
  document: Mapping | null; // null: the text is no YAML
  problems: readonly Problem[];
  base: number; // the version that it began from
  revision: number;
  by: string;
  saved_at: string;
  changes: number;
}

/** A rule that every playbook of a language has, until it switches it off. */
export interface BuiltinRule {
  id: string; // "refusal.by_policy"
  kind: string;
  speaker: Speaker;
  phrases: readonly string[];
}

export interface Builtin {
  rules: readonly BuiltinRule[];
  words: { readonly [list: string]: readonly string[] };
}

export interface PlaybookSummary {
  name: string;
  title: string;
  language: string;
  teams: readonly string[];
  is_default: boolean;
  current: Version | null; // null: never published
  has_draft: boolean;
  problems: number;
}

/** A built-in playbook that is not in use yet: something to begin with. */
export type Available = Pick<PlaybookSummary, "name" | "title" | "language">;

export interface Playbook {
  name: string;
  current: Version | null;
  document: Mapping | null; // of the current version
  text: string;
  draft: Draft | null;
  builtin?: Builtin;
}

export interface Change {
  path: Path;
  before: Value; // null: was not there
  after: Value; // null: is no longer there
}

export interface TryRequest {
  draft: boolean;
  speaker: Speaker;
  text: string;
  before: string;
  tier: string;
}

export interface TriedCue {
  kind: string;
  layer: Cue["layer"];
  rule: string;
  confidence: number;
  words: string;
  first_word: number;
  last_word: number;
}

export interface TriedAlternative {
  id: string;
  text: string;
  shown: boolean;
  why_not: string;
}

export type TriedCard = Pick<Prompt, "kind" | "headline" | "say" | "alternatives"> & { [field in keyof Prompt]?: Prompt[field] };

export interface Tried {
  cues: readonly TriedCue[];
  card: TriedCard | null;
  policy: { id: string; topic: string } | null;
  alternatives: readonly TriedAlternative[];
}

/** What came of an example of the playbook; in `expected` and `got` is only what differs. */
export interface Outcome {
  number: number; // 1 is the first
  ok: boolean;
  text: string;
  expected: { readonly [what: string]: string }; // by "cues", "card", "topic"; kinds in one text, with commas between
  got: { readonly [what: string]: string };
}

export interface Count {
  kind: string;
  rule: string; // the kind itself where a row counts all its rules
  old: number;
  new: number;
  started: number;
  stopped: number;
}

export interface Example {
  call_id: string;
  at_ms: number;
  speaker: Speaker;
  before: string;
  text: string;
  words: string;
  rule: string;
  kind: string;
}

export interface BacktestResult {
  calls: number;
  turns: number;
  seconds: number;
  per_kind: readonly Count[];
  per_rule: readonly Count[];
  cards_per_call: { old: number; new: number };
  alerts_per_call: { old: number; new: number };
  examples: { started: readonly Example[]; stopped: readonly Example[] };
}

export interface Backtest {
  state: "running" | "done" | "failed" | "cancelled";
  done: number;
  total: number;
  result: BacktestResult | null;
  error: string;
}
