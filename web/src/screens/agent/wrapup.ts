/**
 * What is left of a call for its agent: refusals, promises, disclosures, notes; and the same as text for a CRM.
 *
 * Pure; people by name, nothing by its id. Next: `WrapUp.svelte` draws it while the call goes on and afterwards.
 */
import { capital, clock, dayAndTime } from "../../format";
import { reasonOf } from "../../reason";
import { texts } from "../../texts";
import type { AlertView, CallState, CoachingView, CueView } from "../../types";
import { answerOf } from "../../ui/coaching";
import { standing, trueOnes } from "../../ui/incidents";
import { disclosureSays, disclosuresOf } from "../../ui/disclosures";

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
    .map(({ cue, offered, outcome }) => ({ words: cue.words, offered: said(call, offered) || (used.get(cue.cue_id) ?? ""), outcome: outcome ?? "open" }));
}

/** An alternative as it was offered: from the words that made it one to the end of their line. */
function said({ cues, finals }: CallState, offered: string): string {
  const found = cues.find(({ cue }) => cue.kind === "alternative" && offered && cue.words === offered)?.cue;
  const text = finals.find((final) => final.speaker === found?.speaker && final.utterance === found.utterance)?.text ?? "";
  const at = text.toLowerCase().indexOf(offered.toLowerCase());
  return at < 0 ? offered : text.slice(at);
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

/** What a supervisor wrote, and the answer to it. */
export function messageLine(view: CoachingView): Line {
  const answer = answerOf(view);
  return { text: answer ? "{by}: {text} ({answer})" : "{by}: {text}", words: { by: view.sent.by, text: view.sent.text, answer } };
}

const filled = ({ text, words }: Line) => text.replace(/\{([a-z]+)\}/gu, (_, place: string) => words[place] ?? "");

/** The whole of it as plain text; what supervisors wrote is between them and the agent, and left out unless it is wanted. */
export function asText(call: CallState, withMessages = false): string {
  const { agent, customer, started_at } = call.started;
  return [
    texts.wrap.head(customer.name, capital(customer.tier), agent.name),
    `${dayAndTime(started_at)}, ${clock(call.at_ms)}`,
    ...section(texts.wrap.refusals, refusalsOf(call).map((one) => filled(refusalLine(one)))),
    ...section(texts.wrap.promises, promisesOf(call).map((one) => filled(promiseLine(one)))),
    ...section(texts.wrap.disclosures, disclosuresOf(call).map((one) => `${one.title}: ${disclosureSays(one, null)}`)),
    ...section(texts.coaching.title, withMessages ? call.coaching.map((one) => filled(messageLine(one))) : []),
    ...section(texts.incidents.alerts, trueOnes(call.alerts).map(alertLine)),
    ...section(texts.wrap.notes, call.notes.map(({ by, text }) => `${by}: ${text.replaceAll("\n", "\n  ")}`)),
  ].join("\n");
}

function alertLine(view: AlertView): string {
  const often = view.count > 1 ? ` ${texts.incidents.times(view.count)}` : "";
  return `${texts.levels[view.alert.level]}: ${reasonOf(view.alert)}${often} ${standing(view)}`;
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ["", title, ...lines.map((line) => `- ${line}`)] : [];
}
