/** Who spoke how much, and when: from the times of the words. Pure. */
import { waited_ms, type SoundSpan } from "./sounds";
import type { PartialWords, Speaker } from "../types";

export interface Span {
  speaker: Speaker;
  start_ms: number;
  end_ms: number;
}

type Heard = readonly Pick<PartialWords, "speaker" | "start_ms" | "end_ms">[];
export type Spoken = { readonly [speaker in Speaker]: number }; // milliseconds

/**
 * Stretches of speech as a picture shows them: none shorter than `least_ms`, those of one speaker that touch are one.
 * So there are never more of them than the picture has room for, however long the call.
 */
export function spans(heard: Heard, least_ms: number): Span[] {
  const joined: Span[] = [];
  const open: { [speaker in Speaker]?: Span } = {};
  for (const { speaker, start_ms, end_ms } of [...heard].sort((a, b) => a.start_ms - b.start_ms)) {
    const [last, end] = [open[speaker], Math.max(end_ms, start_ms + least_ms)];
    if (last && start_ms <= last.end_ms) last.end_ms = Math.max(last.end_ms, end);
    else joined.push((open[speaker] = { speaker, start_ms, end_ms: end }));
  }
  return joined;
}

/** How long each side has spoken; words that were heard in hold music, ringing or a busy tone are nobody's. */
export function spoken(heard: Heard, sounds: readonly SoundSpan[] = []): Spoken {
  const total = { agent: 0, customer: 0 };
  for (const { speaker, start_ms, end_ms } of heard) total[speaker] += end_ms - start_ms - waited_ms(speaker, start_ms, end_ms, sounds);
  return total;
}

/** The agent's part of all speech, 0..1; null while nobody has spoken. */
export function agentShare(...parts: Spoken[]): number | null {
  const sum = (speaker: Speaker) => parts.reduce((total, part) => total + part[speaker], 0);
  const total = sum("agent") + sum("customer");
  return total > 0 ? sum("agent") / total : null;
}
