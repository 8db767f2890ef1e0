/** What a key means on each screen. Pure: `ownsKey` alone looks at the page. */

export type CardKey = { use: number | null } | { dismiss: true };
export type WallKey = { move: number } | "first" | "last" | "open" | "acknowledge" | "resolve" | "help";
export type ReviewKey = "play" | "next" | "previous" | "back5" | "on5";

interface Pressed {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
}

const isChord = (event: Pressed) => Boolean(event.ctrlKey || event.metaKey || event.altKey);

/** 1–3: used with that alternative; Enter: used as it is; Esc: dismissed. Null: not a key of the card. */
export function cardKey(event: Pressed, alternatives: number): CardKey | null {
  if (isChord(event)) return null;
  if (event.key === "Escape") return { dismiss: true };
  if (event.key === "Enter") return { use: null };
  const digit = /^[1-3]$/.test(event.key) ? Number(event.key) : 0;
  return digit >= 1 && digit <= alternatives ? { use: digit - 1 } : null;
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
  "?": "help",
};

export function wallKey(event: Pressed): WallKey | null {
  return isChord(event) ? null : (WALL_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null);
}

const REVIEW_KEYS: { [key: string]: ReviewKey } = {
  " ": "play",
  k: "previous",
  j: "next",
  ArrowLeft: "back5",
  ArrowRight: "on5",
};

export function reviewKey(event: Pressed): ReviewKey | null {
  return isChord(event) ? null : (REVIEW_KEYS[event.key] ?? null);
}

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
