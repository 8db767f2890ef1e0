/**
 * The lines of a transcript in the order they were spoken, each with its cues. Pure, but for a memory of what was
 * made: a line that did not change stays the same object. Next: `ui/Transcript.svelte`, `screens/review`.
 */
import { BLOCK, blockCount, isSame } from "./blocks";
import type { CallState, CueView, Final, PartialWords, Speaker } from "../types";

type Utterance = Final | PartialWords;
type CuesByLine = ReadonlyMap<string, readonly CueView[]>;
type Said = Pick<CallState, "finals" | "partials" | "cues">;

export interface Line {
  key: string;
  speaker: Speaker;
  utterance: Utterance;
  isFinal: boolean;
  startsTurn: boolean; // the other side spoke before
  cues: readonly CueView[]; // those that still hold, in order of time
}

export type Lines = readonly Line[];

/** All lines of a call. */
export function lines({ finals, partials, cues }: Said): Lines {
  return linesOf(withPartials(inOrder(finals), partials), null, byLine(cues));
}

/**
 * The same in blocks, for a call that goes on. A block whose lines stay is the same array as before, and is looked
 * into only where an utterance changed, or when cues did.
 */
export function growingLines(): (call: Said) => readonly Lines[] {
  const finalsOf = remembering(inOrder);
  const cuesOf = remembering(byLine);
  let last: { said: readonly Utterance[]; cues: CuesByLine | null; blocks: readonly Lines[] } = { said: [], cues: null, blocks: [] };
  return (call) => {
    const said = withPartials(finalsOf(call.finals), call.partials);
    const cues = cuesOf(call.cues);
    const block = (_: unknown, i: number): Lines => {
      const known = last.blocks[i];
      if (known && last.cues === cues && isUnchanged(last.said, said, i)) return known;
      const fresh = linesOf(said.slice(i * BLOCK, (i + 1) * BLOCK), said[i * BLOCK - 1] ?? null, cues);
      return known && isSame(known, fresh) ? known : fresh;
    };
    last = { said, cues, blocks: Array.from({ length: blockCount(said) }, block) };
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

function linesOf(said: readonly Utterance[], before: Utterance | null, cues: CuesByLine): Lines {
  return said.map((utterance, i) => {
    const startsTurn = (said[i - 1] ?? before)?.speaker !== utterance.speaker;
    return lineOf(utterance, startsTurn, cues.get(keyOf(utterance)) ?? []);
  });
}

const made = new WeakMap<Utterance, Line>();

function lineOf(utterance: Utterance, startsTurn: boolean, cues: readonly CueView[]): Line {
  const known = made.get(utterance);
  if (known?.startsTurn === startsTurn && isSame(known.cues, cues)) return known;
  const isFinal = "confidence" in utterance; // partials have none
  const line = { key: keyOf(utterance), speaker: utterance.speaker, utterance, isFinal, startsTurn, cues };
  made.set(utterance, line);
  return line;
}
