/**
 * What a key means on each screen, after the person's own choice of keys. `ownsKey` alone looks at the page.
 *
 * Every key of one character is in `characterKeys()`, and has its words in `texts/entry.*.ts`.
 */
import { meant, type KeyMap } from "./keymap";
import { preferences } from "./live/preferences.svelte";

export type CardFold = "detail" | "why"; // what a card shows on demand
export type CardKey = { use: number | null } | { dismiss: true } | { useless: true } | { toggle: CardFold };
export type AgentKey = "pause" | "help" | "thumbs_up" | "need_you" | "messages"; // pause: the recording, or lets it go on
export type WallKey = { move: number } | "first" | "last" | "open" | "acknowledge" | "resolve" | "undo" | "listen" | "board" | "help";
export type ReviewKey = "play" | "next" | "previous" | "nextCue" | "previousCue" | "search" | "note" | "correct" | "clipIn" | "clipOut" | { by_ms: number };

interface Pressed {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
}

const isChord = (event: Pressed) => Boolean(event.ctrlKey || event.metaKey || event.altKey);

/** The standard key; empty for none. */
const standard = (event: Pressed, keys: KeyMap) => (isChord(event) ? "" : (meant(event.key, keys) ?? ""));

const CARD_DIGITS = ["1", "2", "3"];
const USELESS = "x";
const CARD_FOLDS: { [key: string]: CardFold } = { d: "detail", w: "why" };

/** 1–3: used with that alternative; Enter: used as it is; Esc: dismissed; X: dismissed as not useful; D and W: details, and why. Null: no key of the card. */
export function cardKey(event: Pressed, alternatives: number, keys: KeyMap = preferences.keys): CardKey | null {
  const key = standard(event, keys);
  if (key === "Escape") return { dismiss: true };
  if (key === "Enter") return { use: null };
  if (key === USELESS) return { useless: true };
  const fold = CARD_FOLDS[key];
  if (fold) return { toggle: fold };
  const digit = CARD_DIGITS.indexOf(key) + 1;
  return digit >= 1 && digit <= alternatives ? { use: digit - 1 } : null;
}

const AGENT_KEYS: { [key: string]: AgentKey } = { p: "pause", h: "help", y: "thumbs_up", n: "need_you", m: "messages" };

/** Keys of the agent's screen that need no card. */
export function agentKey(event: Pressed, keys: KeyMap = preferences.keys): AgentKey | null {
  return AGENT_KEYS[standard(event, keys)] ?? null;
}

const WALL_KEYS: { [key: string]: WallKey } = {
  ArrowDown: { move: 1 },
  ArrowUp: { move: -1 },
  PageDown: { move: 8 },
  PageUp: { move: -8 },
  Home: "first",
  End: "last",
  Enter: "open",
  a: "acknowledge",
  r: "resolve",
  u: "undo",
  l: "listen",
  b: "board",
  "?": "help",
};

const COACH = "c";

/** Whether it leads to the box for messages to an agent. */
export const isCoachKey = (event: Pressed, keys: KeyMap = preferences.keys) => standard(event, keys) === COACH;

export function wallKey(event: Pressed, keys: KeyMap = preferences.keys): WallKey | null {
  return WALL_KEYS[standard(event, keys)] ?? null;
}

const REVIEW_KEYS: { [key: string]: ReviewKey } = {
  " ": "play",
  k: "play",
  j: { by_ms: -10_000 },
  l: { by_ms: 10_000 },
  ArrowLeft: { by_ms: -5_000 },
  ArrowRight: { by_ms: 5_000 },
  ArrowDown: "next",
  ArrowUp: "previous",
  ".": "nextCue",
  ",": "previousCue",
  "/": "search",
  t: "note",
  e: "correct",
  i: "clipIn",
  o: "clipOut",
};

export function reviewKey(event: Pressed, keys: KeyMap = preferences.keys): ReviewKey | null {
  return REVIEW_KEYS[standard(event, keys)] ?? null;
}

const characters = (table: object) => Object.keys(table).filter((key) => key.length === 1);

/** Every key of one character, by the screen that has it; one key may be on two screens. */
export const characterKeys = () => ({
  agent: [...CARD_DIGITS, USELESS, ...characters(CARD_FOLDS), ...characters(AGENT_KEYS)],
  supervisor: [...characters(WALL_KEYS), COACH],
  review: characters(REVIEW_KEYS),
});

const EDITABLE = "input, textarea, select, [contenteditable]";
const PRESSABLE = "button, a[href], summary, audio, [role=slider]";

/** Whether a screen may take a key: nobody is typing, and no button means something else by it. */
export function ownsKey(event: KeyboardEvent, root: HTMLElement | null, wholePage: boolean): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || target?.closest(EDITABLE)) return false;
  if ([" ", "Enter"].includes(event.key) && target?.closest(PRESSABLE)) return false;
  if (root && target && root.contains(target)) return true;
  return wholePage && !target?.closest("[data-screen], dialog");
}
