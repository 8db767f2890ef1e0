/** The lines of a transcript in the order they were spoken. Pure. Next: `ui/Transcript.svelte`. */
import type { CallState, Final, PartialWords, Speaker } from "./types";

export interface Line {
  key: string;
  speaker: Speaker;
  utterance: Final | PartialWords;
  isFinal: boolean;
  startsTurn: boolean; // the other side spoke before
}

export function lines(call: Pick<CallState, "finals" | "partials">): Line[] {
  const said = [...call.finals.map((u) => [u, true] as const), ...call.partials.map((u) => [u, false] as const)];
  said.sort(([a], [b]) => a.start_ms - b.start_ms);
  return said.map(([utterance, isFinal], i) => ({
    key: `${utterance.speaker}-${utterance.utterance}`,
    speaker: utterance.speaker,
    utterance,
    isFinal,
    startsTurn: said[i - 1]?.[0].speaker !== utterance.speaker,
  }));
}
