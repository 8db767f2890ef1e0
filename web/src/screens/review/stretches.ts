/** Stretches of a call in which nobody spoke, or both did, from the times of the words. Pure. Next: `lanes.ts`, the player. */
import type { Final, Speaker } from "../../types";

export interface Stretch {
  speaker: Speaker | null; // null: of both
  start_ms: number;
  end_ms: number;
}

export const SILENT_MS = 2_000; // a shorter pause is part of talking
const OVERLAP_MS = 500; // shorter is a "yes" between, or the end of a word
const BREATH_MS = 400; // between two words of one speaker who goes on

type Timed = Pick<Final, "start_ms" | "end_ms">;
type Spoken = Pick<Final, "speaker" | "start_ms" | "end_ms" | "words">;

/** When one side spoke, words that follow each other joined; in order. */
function speech(finals: readonly Spoken[], speaker: Speaker): Stretch[] {
  const words = finals.filter((final) => final.speaker === speaker).flatMap((final): readonly Timed[] => (final.words.length > 0 ? final.words : [final]));
  return joined(words.map(({ start_ms, end_ms }) => ({ speaker, start_ms, end_ms })), BREATH_MS);
}

function joined(all: readonly Stretch[], within_ms: number): Stretch[] {
  const found: Stretch[] = [];
  for (const one of all.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = found.at(-1);
    if (last && one.start_ms - last.end_ms <= within_ms) last.end_ms = Math.max(last.end_ms, one.end_ms);
    else found.push({ ...one });
  }
  return found;
}

/** Where nobody spoke for longer than a pause, from the beginning to the end. */
export function silences(finals: readonly Spoken[], duration_ms: number): Stretch[] {
  const talk = joined([...speech(finals, "agent"), ...speech(finals, "customer")], 0);
  const edges = [0, ...talk.flatMap(({ start_ms, end_ms }) => [start_ms, end_ms]), duration_ms];
  const found: Stretch[] = [];
  for (let i = 0; i < edges.length; i += 2) {
    const [start_ms, end_ms] = [edges[i] ?? 0, edges[i + 1] ?? 0];
    if (end_ms - start_ms > SILENT_MS) found.push({ speaker: null, start_ms, end_ms });
  }
  return found;
}

/** Where both spoke. */
export function overlaps(finals: readonly Spoken[]): Stretch[] {
  const [agent, customer] = [speech(finals, "agent"), speech(finals, "customer")];
  const found: Stretch[] = [];
  for (let a = 0, c = 0; a < agent.length && c < customer.length; ) {
    const [one, other] = [agent[a] as Stretch, customer[c] as Stretch];
    const [start_ms, end_ms] = [Math.max(one.start_ms, other.start_ms), Math.min(one.end_ms, other.end_ms)];
    if (end_ms - start_ms >= OVERLAP_MS) found.push({ speaker: null, start_ms, end_ms });
    if (one.end_ms < other.end_ms) a += 1;
    else c += 1;
  }
  return found;
}

/** The stretch that a time lies in, of stretches in order that do not touch; null: none. */
export function stretchAt(all: readonly Stretch[], at_ms: number): Stretch | null {
  let [from, end] = [0, all.length];
  while (from < end) {
    const at = (from + end) >> 1;
    if ((all[at]?.start_ms ?? Infinity) <= at_ms) from = at + 1;
    else end = at;
  }
  const last = all[from - 1];
  return last && at_ms < last.end_ms ? last : null;
}
