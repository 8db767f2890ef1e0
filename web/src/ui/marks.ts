/**
 * Where in an utterance's text the cue words stand, and the words that the recognizer was not sure of.
 *
 * A cue has its words and their time. The words decide, and the time says which of several; an early cue's times
 * are a guess that its final puts right. Words that the final has otherwise are placed by time alone. The
 * recognizer's text has its own spelling and punctuation, so each timed word is looked up in the text from left to
 * right. A cue that cannot be placed still gives its label.
 * Next: `ui/Line.svelte` draws the segments.
 */
import { fold } from "../fold";
import type { CueView, PartialWords, Word } from "../types";

export interface Segment {
  text: string;
  cue: CueView | null;
  parts: readonly Part[]; // joined, they are its text
}

export interface Part {
  text: string;
  sure: number | null; // 0..1, of a word that is drawn as unsure
}

/** A word is drawn as unsure when it is as likely wrong as right: confidences are calibrated. */
export const UNSURE_BELOW = 0.5;

type Utterance = Pick<PartialWords, "speaker" | "utterance" | "text" | "words">;

interface Placed {
  start: number;
  end: number;
  cue: CueView;
}

interface Unsure {
  start: number;
  end: number;
  sure: number;
}

function cuesOf(utterance: Utterance, cues: readonly CueView[]): CueView[] {
  const isOurs = ({ cue, status }: CueView) =>
    cue.speaker === utterance.speaker && cue.utterance === utterance.utterance && status !== "retracted";
  return cues.filter(isOurs).sort((a, b) => a.cue.start_ms - b.cue.start_ms);
}

/** The text in pieces, each with the cue that it belongs to, if any. Joined, they are the text. */
export function segments(utterance: Utterance, cues: readonly CueView[]): Segment[] {
  const own = cuesOf(utterance, cues);
  const doubted = utterance.words.some(isUnsure);
  const ranges = own.length > 0 || doubted ? wordRanges(utterance) : []; // most lines have none
  const placed = own.flatMap((view) => place(view, utterance, ranges));
  return cut(utterance.text, withoutOverlaps(placed), doubted ? unsureRanges(utterance, ranges) : []);
}

/** A partial is drawn as provisional as a whole: only a final has unsure words. */
export const isUnsure = (word: Pick<Word, "confidence">) => word.confidence < UNSURE_BELOW;

function unsureRanges({ words }: Utterance, ranges: readonly (Range | null)[]): Unsure[] {
  return words.flatMap((word, i) => {
    const range = ranges[i];
    return range && isUnsure(word) ? [{ start: range[0], end: range[1], sure: word.confidence }] : [];
  });
}

export type Range = [start: number, end: number];

/** By their number where the text has as many words; else by their spelling: Chinese has no spaces. */
export function wordRanges({ text, words }: Pick<Utterance, "text" | "words">): (Range | null)[] {
  const spaced = [...text.matchAll(/\S+/gu)];
  return spaced.length === words.length ? spaced.map(withoutPunctuation) : spelledRanges(text, words);
}

const WORD = /[\p{L}\p{M}\p{N}](?:.*[\p{L}\p{M}\p{N}])?/su; // from its first letter or figure to its last, of any script

function withoutPunctuation({ index, 0: spaced }: RegExpExecArray): Range {
  const { index: before, 0: word } = WORD.exec(spaced) ?? { index: 0, 0: spaced };
  return [index + before, index + before + word.length];
}

function spelledRanges(text: string, words: Utterance["words"]): (Range | null)[] {
  const find = finder(text);
  let from = 0;
  return words.map((word) => {
    const range = find(word.text, from);
    from = range?.[1] ?? from;
    return range;
  });
}

/** Looks words up in a text, from a place on; neither case nor the way an accent is stored makes a difference. */
export function finder(text: string): (words: string, from?: number) => Range | null {
  const { plain, at } = folded(text);
  return (words, from = 0) => {
    const wanted = fold(words);
    const start = wanted ? plain.indexOf(wanted, at.findIndex((place) => place >= from)) : -1;
    return start < 0 ? null : [at[start] ?? 0, at[start + wanted.length] ?? text.length];
  };
}

/** A folded text may be longer than the text; `at` gives the place in the text of each of its characters. */
function folded(text: string): { plain: string; at: number[] } {
  const at: number[] = [];
  let place = 0;
  for (const letter of text) {
    at.push(...new Array<number>(fold(letter).length).fill(place));
    place += letter.length;
  }
  return { plain: Array.from(text, fold).join(""), at: [...at, text.length] };
}

function place(cue: CueView, { text, words }: Utterance, ranges: (Range | null)[]): Placed[] {
  const said = sameWords(cue, words) ?? sameTime(cue, words);
  const inside = said.flatMap((i) => ranges[i] ?? []);
  const [start, end] = [inside[0], inside.at(-1)];
  return start !== undefined && end !== undefined ? [{ start, end, cue }] : bySpelling(cue, text);
}

/** The cue's words as the utterance has them, by number; of several places the one nearest in time. */
function sameWords({ cue }: CueView, words: Utterance["words"]): number[] | null {
  const wanted = fold(cue.words).split(/\s+/u);
  const heard = words.map((word) => fold(word.text));
  const distance = (i: number) => Math.abs((words[i]?.start_ms ?? 0) - cue.start_ms);
  const first = heard
    .flatMap((_, i) => (wanted.every((word, k) => heard[i + k] === word) ? [i] : []))
    .sort((a, b) => distance(a) - distance(b))[0];
  return first === undefined ? null : wanted.map((_, k) => first + k);
}

function sameTime({ cue }: CueView, words: Utterance["words"]): number[] {
  return words.flatMap(({ start_ms, end_ms }, i) => {
    const middle = (start_ms + end_ms) / 2;
    return middle >= cue.start_ms && middle <= cue.end_ms ? [i] : [];
  });
}

function bySpelling(cue: CueView, text: string): Placed[] {
  const range = finder(text)(cue.cue.words);
  return range ? [{ start: range[0], end: range[1], cue }] : [];
}

function withoutOverlaps(placed: Placed[]): Placed[] {
  const kept: Placed[] = [];
  for (const one of placed.sort((a, b) => a.start - b.start)) {
    if (one.start >= (kept.at(-1)?.end ?? 0)) kept.push(one);
  }
  return kept;
}

function cut(text: string, placed: readonly Placed[], unsure: readonly Unsure[]): Segment[] {
  const pieces: Segment[] = [];
  const add = (start: number, end: number, cue: CueView | null) => {
    if (start < end) pieces.push({ text: text.slice(start, end), cue, parts: parts(text, start, end, unsure) });
  };
  let from = 0;
  for (const { start, end, cue } of placed) {
    add(from, start, null);
    add(start, end, cue);
    from = end;
  }
  add(from, text.length, null);
  return pieces;
}

function parts(text: string, start: number, end: number, unsure: readonly Unsure[]): Part[] {
  const cuts: Part[] = [];
  let from = start;
  for (const word of unsure.filter((one) => one.start >= start && one.end <= end)) {
    cuts.push({ text: text.slice(from, word.start), sure: null }, { text: text.slice(word.start, word.end), sure: word.sure });
    from = word.end;
  }
  return [...cuts, { text: text.slice(from, end), sure: null }].filter((part) => part.text !== "");
}

/** A search snippet: hits stand between U+0002 and U+0003. */
export function hits(snippet: string): { text: string; hit: boolean }[] {
  const pieces = snippet.split(/[\u0002\u0003]/); // odd pieces stood between a start and an end
  return pieces.map((text, i) => ({ text, hit: i % 2 === 1 })).filter((piece) => piece.text !== "");
}
