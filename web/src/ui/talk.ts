/** Who spoke how much, and when: from the times of the words. Pure. */
import type { CallState, Speaker } from "../types";

export interface Span {
  speaker: Speaker;
  start_ms: number;
  end_ms: number;
}

type Heard = Pick<CallState, "finals" | "partials">;

/** Stretches of speech, in order of their start. */
export function spans(call: Heard): Span[] {
  const heard = [...call.finals, ...call.partials];
  const all = heard.map(({ speaker, start_ms, end_ms }) => ({ speaker, start_ms, end_ms }));
  return all.sort((a, b) => a.start_ms - b.start_ms);
}

/** The agent's part of all speech, 0..1; null while nobody has spoken. */
export function agentShare(call: Heard): number | null {
  const spoken: { [speaker in Speaker]: number } = { agent: 0, customer: 0 };
  for (const span of spans(call)) spoken[span.speaker] += span.end_ms - span.start_ms;
  const total = spoken.agent + spoken.customer;
  return total > 0 ? spoken.agent / total : null;
}
