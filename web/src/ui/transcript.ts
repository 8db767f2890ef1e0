/**
 * The lines of a transcript in the order they were spoken, each with its cues. Pure, but for a memory of what was
 * made: a line that did not change stays the same object. Next: `ui/Transcript.svelte`, `screens/review`.
 */
import { BLOCK, blockCount, isSame } from "./blocks";
import { soundsOf, type SoundSpan } from "./sounds";
import type { CallState, CueView, Final, PartialWords, Speaker } from "../types";

type Utterance = Final | PartialWords;
type CuesByLine = ReadonlyMap<string, readonly CueView[]>;
type SoundsByLine = ReadonlyMap<string, readonly SoundSpan[]>;
type Said = Pick<CallState, "finals" | "partials" | "cues">;
type Sounding = Pick<CallState, "line_sounds" | "status" | "at_ms">;

export interface Line {
  key: string;
  speaker: Speaker;
  utterance: Utterance;
  isFinal: boolean;
  startsTurn: boolean; // the other side spoke before
  cues: readonly CueView[]; // those that still hold, in order of time
  soundsBefore: readonly SoundSpan[]; // over by now, and begun after the line before this one
}

export type Lines = readonly Line[];

/** All lines of a call, without what else sounded. */
export function lines({ finals, partials, cues }: Said): Lines {
  return linesOf(withPartials(inOrder(finals), partials), null, byLine(cues), new Map());
}

/**
 * The same in blocks, with what else sounded, for a call that goes on. A block whose lines stay is the same array as before, and is looked
 * into only where an utterance changed, or when cues did.
 */
export function growingLines(): (call: Said & Sounding) => readonly Lines[] {
  const finalsOf = remembering(inOrder);
  const cuesOf = remembering(byLine);
  let last: { said: readonly Utterance[]; cues: CuesByLine | null; sounds: SoundsByLine; blocks: readonly Lines[] } = {
    said: [],
    cues: null,
    sounds: new Map(),
    blocks: [],
  };
  return (call) => {
    const said = withPartials(finalsOf(call.finals), call.partials);
    const cues = cuesOf(call.cues);
    const placed = soundsByLine(said, call);
    const sounds = isSameMap(last.sounds, placed) ? last.sounds : placed;
    const block = (_: unknown, i: number): Lines => {
      const known = last.blocks[i];
      if (known && last.cues === cues && last.sounds === sounds && isUnchanged(last.said, said, i)) return known;
      const fresh = linesOf(said.slice(i * BLOCK, (i + 1) * BLOCK), said[i * BLOCK - 1] ?? null, cues, sounds);
      return known && isSame(known, fresh) ? known : fresh;
    };
    last = { said, cues, sounds, blocks: Array.from({ length: blockCount(said) }, block) };
    return last.blocks;
  };
}

/** Whether a block has the same utterances in both, and the same one before it: that decides where a turn starts. */
function isUnchanged(a: readonly Utterance[], b: readonly Utterance[], block: number): boolean {
  const [from, end] = [Math.max(0, block * BLOCK - 1), (block + 1) * BLOCK];
  return isSame(a.slice(from, end), b.slice(from, end));
}

/** Makes a thing of another once, for as long as it is asked for the same. */
function remembering<A, B>(make: (of: A) => B): (of: A) => B {
  let last: { of: A; made: B } | null = null;
  return (of) => (last = last?.of === of ? last : { of, made: make(of) }).made;
}

function inOrder(finals: readonly Final[]): readonly Utterance[] {
  return [...finals].sort((a, b) => a.start_ms - b.start_ms);
}

/** A partial comes after everything that began no later. */
function withPartials(said: readonly Utterance[], partials: readonly PartialWords[]): readonly Utterance[] {
  const all = [...said];
  for (const partial of partials) {
    all.splice(all.findLastIndex(({ start_ms }) => start_ms <= partial.start_ms) + 1, 0, partial);
  }
  return all;
}

/** Of an utterance's line, and of the line that a cue belongs to. */
export const keyOf = ({ speaker, utterance }: Pick<Utterance, "speaker" | "utterance">) => `${speaker}-${utterance}`;

function byLine(cues: readonly CueView[]): CuesByLine {
  const found = new Map<string, CueView[]>();
  const holding = cues.filter(({ status }) => status !== "retracted").sort((a, b) => a.cue.start_ms - b.cue.start_ms);
  for (const view of holding) {
    const line = found.get(keyOf(view.cue));
    if (line) line.push(view);
    else found.set(keyOf(view.cue), [view]);
  }
  return found;
}

/** What sounded stands before the first line that began later. */
function soundsByLine(said: readonly Utterance[], call: Sounding): SoundsByLine {
  const found = new Map<string, SoundSpan[]>();
  if (call.line_sounds.length === 0) return found;
  for (const span of soundsOf(call).filter(({ end_ms }) => end_ms !== null)) {
    const next = said.find(({ start_ms }) => start_ms >= span.start_ms);
    if (next) found.set(keyOf(next), [...(found.get(keyOf(next)) ?? []), span]);
  }
  return found;
}

/** What sounds now, and what sounded since the last line began. */
export function soundsAtEnd(call: Sounding, blocks: readonly Lines[]): readonly SoundSpan[] {
  const last_ms = blocks.at(-1)?.at(-1)?.utterance.start_ms ?? -1;
  return soundsOf(call).filter((span) => span.end_ms === null || span.start_ms > last_ms);
}

function isSameMap(a: SoundsByLine, b: SoundsByLine): boolean {
  return a.size === b.size && [...a].every(([key, spans]) => isEqual(spans, b.get(key) ?? []));
}

function isEqual(a: readonly SoundSpan[], b: readonly SoundSpan[]): boolean {
  return a.length === b.length && a.every((span, i) => span.start_ms === b[i]?.start_ms && span.end_ms === b[i]?.end_ms);
}

function linesOf(said: readonly Utterance[], before: Utterance | null, cues: CuesByLine, sounds: SoundsByLine): Lines {
  return said.map((utterance, i) => {
    const startsTurn = (said[i - 1] ?? before)?.speaker !== utterance.speaker;
    const key = keyOf(utterance);
    return lineOf(utterance, startsTurn, cues.get(key) ?? [], sounds.get(key) ?? []);
  });
}

const made = new WeakMap<Utterance, Line>();

function lineOf(utterance: Utterance, startsTurn: boolean, cues: readonly CueView[], soundsBefore: readonly SoundSpan[]): Line {
  const known = made.get(utterance);
  if (known?.startsTurn === startsTurn && isSame(known.cues, cues) && isEqual(known.soundsBefore, soundsBefore)) return known;
  const isFinal = "confidence" in utterance; // partials have none
  const line = { key: keyOf(utterance), speaker: utterance.speaker, utterance, isFinal, startsTurn, cues, soundsBefore };
  made.set(utterance, line);
  return line;
}
