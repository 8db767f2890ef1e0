/**
 * The lines of a transcript in the order they were spoken. Pure, but for a memory of the lines it made: an
 * utterance that did not change keeps its line, so a partial redraws one line. Next: `ui/Transcript.svelte`.
 */
import type { CallState, Final, PartialWords, Speaker } from "../types";

export interface Line {
  key: string;
  speaker: Speaker;
  utterance: Final | PartialWords;
  isFinal: boolean;
  startsTurn: boolean; // the other side spoke before
}

const made = new WeakMap<Line["utterance"], Line>();

export function lines({ finals, partials }: Pick<CallState, "finals" | "partials">): Line[] {
  const said = [...finals, ...partials].sort((a, b) => a.start_ms - b.start_ms);
  return said.map((utterance, i) => lineOf(utterance, said[i - 1]?.speaker !== utterance.speaker));
}

function lineOf(utterance: Line["utterance"], startsTurn: boolean): Line {
  const known = made.get(utterance);
  if (known?.startsTurn === startsTurn) return known;
  const { speaker } = utterance;
  const line = { key: `${speaker}-${utterance.utterance}`, speaker, utterance, isFinal: "confidence" in utterance, startsTurn }; // partials have none
  made.set(utterance, line);
  return line;
}
