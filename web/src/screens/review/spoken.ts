/** Words of a line by their time, and by where they stand in its text. Pure. Next: `highlights.ts`, `TranscriptColumn.svelte`. */
import { wordRanges, type Range } from "../../ui/marks";
import type { Line } from "../../ui/transcript";

const AFTER_MS = 400; // a word stays marked in the pause after it, up to so long

type Said = Pick<Line["utterance"], "text" | "words">;

/** Where the word stands that is spoken at a time; null between words, and where the text has it not. */
export function spokenRange(said: Said, at_ms: number): Range | null {
  const at = said.words.findLastIndex(({ start_ms }) => start_ms <= at_ms);
  const word = said.words[at];
  return word && at_ms < word.end_ms + AFTER_MS ? (wordRanges(said)[at] ?? null) : null;
}

/** When the word began that stands at a place of the text; null: no word has a time there. */
export function wordStart(said: Said, offset: number): number | null {
  const ranges = wordRanges(said);
  const at = ranges.findIndex((range) => range !== null && offset <= range[1]);
  return said.words[at]?.start_ms ?? null;
}
