/**
 * What is left of a call for its agent: refusals, promises, disclosures, notes; and the same as text for a CRM.
 *
 * Pure; people by name, nothing by its id. Next: `WrapUp.svelte` draws it while the call goes on and afterwards.
 */
import { capital, clock, dayAndTime } from "../../format";
import { texts } from "../../texts";
import type { CallState, CueView, DisclosureChanged } from "../../types";

export interface Refused {
  words: string;
  offered: string; // what the agent offered in its place, as said or as the card words it; empty: nothing
  outcome: "recovered" | "dead_end" | "open";
}

export interface Promised {
  words: string;
  when: string; // empty: no time was said
  at_ms: number;
  kind: "dated" | "vague_commitment" | "overpromise";
}

/** Every refusal that was one, with what was offered and how it ended. */
export function refusalsOf(call: CallState): Refused[] {
  const used = new Map(call.prompts.map((view) => [view.prompt.why.cue_id, usedOf(view)]));
  return call.cues
    .filter((view) => view.cue.kind === "refusal" && view.cue.reach !== "colour" && stands(view))
    .map(({ cue, offered, outcome }) => ({ words: cue.words, offered: offered || (used.get(cue.cue_id) ?? ""), outcome: outcome ?? "open" }));
}

function usedOf({ prompt, alternative }: CallState["prompts"][number]): string {
  return prompt.alternatives.find((one) => one.id === alternative)?.text ?? "";
}

/** Promises with a day or a time, and those that the cues for vague and too large promises found. */
export function promisesOf(call: CallState): Promised[] {
  const dated = call.promises.map(({ words, when, start_ms }): Promised => ({ words, when, at_ms: start_ms, kind: "dated" }));
  const others = call.cues.filter(stands).flatMap(({ cue }): Promised[] => {
    const { kind, words, start_ms, end_ms } = cue;
    if (kind !== "vague_commitment" && kind !== "overpromise") return [];
    const isDated = call.promises.some((one) => one.start_ms < end_ms && start_ms < one.end_ms);
    return isDated && kind === "vague_commitment" ? [] : [{ words, when: "", at_ms: start_ms, kind }];
  });
  return [...dated, ...others].sort((a, b) => a.at_ms - b.at_ms);
}

const stands = (view: CueView) => view.status !== "retracted" && !view.false_alarm_by;

/** What must be said, the most urgent first; what need not be said after all is left out. */
export function disclosuresOf(call: CallState): DisclosureChanged[] {
  const due = (one: DisclosureChanged) => one.due_ms ?? Infinity;
  const order = ["due", "missed", "said"];
  return call.disclosures
    .filter((one) => one.state !== "withdrawn")
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || due(a) - due(b));
}

/** What became of a disclosure, in words. `left_ms`: of its time, while the call goes on. */
export function disclosureSays(one: DisclosureChanged, left_ms: number | null): string {
  if (one.state === "said") return one.due_ms !== null && one.at_ms > one.due_ms ? texts.wrap.saidLate(clock(one.at_ms)) : texts.wrap.said(clock(one.at_ms));
  if (one.state === "missed") return one.due_ms === null ? texts.wrap.missed : texts.wrap.missedBy(clock(one.due_ms));
  if (left_ms !== null) return texts.wrap.left(clock(left_ms));
  return one.due_ms === null ? texts.wrap.byEnd : texts.wrap.notSaid;
}

/** How much of a disclosure's time is left; null: it has none, or the call is over. */
export function leftOf(call: CallState, one: DisclosureChanged, now_ms: number): number | null {
  return call.status === "live" && one.state === "due" && one.due_ms !== null ? Math.max(0, one.due_ms - now_ms) : null;
}

/** A sentence of the page with places for words of the call; `ui/Sentence.svelte` draws it. */
export interface Line {
  text: string;
  words: { [place: string]: string };
}

export function promiseLine({ words, kind }: Promised): Line {
  return { text: texts.wrap.promise[kind], words: { words } };
}

export function refusalLine({ words, offered, outcome }: Refused): Line {
  const end = texts.wrap.outcomes[outcome];
  return { text: offered ? texts.wrap.offered(end) : texts.wrap.refused(end), words: { words, offered } };
}

const filled = ({ text, words }: Line) => text.replace(/\{([a-z]+)\}/gu, (_, place: string) => words[place] ?? "");

/** The whole of it as plain text. */
export function asText(call: CallState): string {
  const { agent, customer, started_at } = call.started;
  return [
    texts.wrap.head(customer.name, capital(customer.tier), agent.name),
    `${dayAndTime(started_at)}, ${clock(call.at_ms)}`,
    ...section(texts.wrap.refusals, refusalsOf(call).map((one) => filled(refusalLine(one)))),
    ...section(texts.wrap.promises, promisesOf(call).map((one) => filled(promiseLine(one)))),
    ...section(texts.wrap.disclosures, disclosuresOf(call).map((one) => `${one.title}: ${disclosureSays(one, null)}`)),
    ...section(texts.wrap.notes, call.notes.map(({ by, text }) => `${by}: ${text.replaceAll("\n", "\n  ")}`)),
  ].join("\n");
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ["", title, ...lines.map((line) => `- ${line}`)] : [];
}
