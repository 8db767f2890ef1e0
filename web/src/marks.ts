/**
 * Where in an utterance's text the cue words stand.
 *
 * A cue names its words by time; the recognizer's text has its own spelling and punctuation, so each timed
 * word is looked up in the text from left to right. A cue that cannot be placed still gives its label.
 * Next: `ui/Line.svelte` draws the segments.
 */
import type { CueView, PartialWords } from "./types";

export interface Segment {
  text: string;
  cue: CueView | null;
}

type Utterance = Pick<PartialWords, "speaker" | "utterance" | "text" | "words">;

interface Placed {
  start: number;
  end: number;
  cue: CueView;
}

/** The cues of one utterance that still hold, in order of time. */
export function cuesOf(utterance: Utterance, cues: readonly CueView[]): CueView[] {
  const isOurs = ({ cue, status }: CueView) =>
    cue.speaker === utterance.speaker && cue.utterance === utterance.utterance && status !== "retracted";
  return cues.filter(isOurs).sort((a, b) => a.cue.start_ms - b.cue.start_ms);
}

/** The text in pieces, each with the cue that it belongs to, if any. Joined, they are the text. */
export function segments(utterance: Utterance, cues: readonly CueView[]): Segment[] {
  const ranges = wordRanges(utterance);
  const placed = cuesOf(utterance, cues).flatMap((view) => place(view, utterance, ranges));
  return cut(utterance.text, withoutOverlaps(placed));
}

function wordRanges({ text, words }: Utterance): ([number, number] | null)[] {
  const plain = text.toLowerCase();
  let from = 0;
  return words.map((word) => {
    const start = plain.indexOf(word.text.toLowerCase(), from);
    if (start < 0) return null;
    from = start + word.text.length;
    return [start, from];
  });
}

function place(cue: CueView, { text, words }: Utterance, ranges: ([number, number] | null)[]): Placed[] {
  const { start_ms, end_ms } = cue.cue;
  const inside = words.flatMap((word, i) => {
    const middle = (word.start_ms + word.end_ms) / 2;
    const range = ranges[i];
    return range && middle >= start_ms && middle <= end_ms ? [range] : [];
  });
  const [first, last] = [inside[0], inside.at(-1)];
  return first && last ? [{ start: first[0], end: last[1], cue }] : bySpelling(cue, text);
}

function bySpelling(cue: CueView, text: string): Placed[] {
  const start = text.toLowerCase().indexOf(cue.cue.words.toLowerCase());
  return start < 0 || cue.cue.words === "" ? [] : [{ start, end: start + cue.cue.words.length, cue }];
}

function withoutOverlaps(placed: Placed[]): Placed[] {
  const kept: Placed[] = [];
  for (const one of placed.sort((a, b) => a.start - b.start)) {
    if (one.start >= (kept.at(-1)?.end ?? 0)) kept.push(one);
  }
  return kept;
}

function cut(text: string, placed: Placed[]): Segment[] {
  const pieces: Segment[] = [];
  let from = 0;
  for (const { start, end, cue } of placed) {
    pieces.push({ text: text.slice(from, start), cue: null }, { text: text.slice(start, end), cue });
    from = end;
  }
  return [...pieces, { text: text.slice(from), cue: null }].filter((piece) => piece.text !== "");
}

/** A search snippet: hits stand between U+0002 and U+0003. */
export function hits(snippet: string): { text: string; hit: boolean }[] {
  const pieces = snippet.split(/[\u0002\u0003]/); // odd pieces stood between a start and an end
  return pieces.map((text, i) => ({ text, hit: i % 2 === 1 })).filter((piece) => piece.text !== "");
}
