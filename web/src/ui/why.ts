/**
 * Why something was noticed: what a cue's panel shows of the call around it, and the address of its rule. Pure.
 *
 * A screen of a call provides the call (`provideWhy`); whatever draws a cue, a card or an alert uses it.
 * Next: `WhyPanel.svelte` draws it.
 */
import { getContext, setContext } from "svelte";
import { path } from "../router";
import type { CallState, Cue, CueView } from "../types";

export interface WhyCall {
  callId: string;
  state: CallState;
}

const KEY = Symbol("call of a cue");
export const provideWhy = (call: () => WhyCall) => setContext(KEY, call);
export const useWhy = () => getContext<(() => WhyCall) | undefined>(KEY);

/** The cue behind a card or an alert; null for what no words brought. */
export const cueOf = (state: CallState, cueId: string): CueView | null => state.cues.find(({ cue }) => cue.cue_id === cueId) ?? null;

/** The line with the cue's words as far as it is kept, and the other side's last one before it. */
export function sentenceOf(state: CallState, cue: Cue): { text: string; before: string } {
  const line = state.finals.find((final) => final.speaker === cue.speaker && final.utterance === cue.utterance);
  const before = state.finals.findLast((final) => final.speaker !== cue.speaker && final.start_ms < cue.start_ms);
  return { text: line?.text ?? "", before: before?.text ?? "" };
}

/** How surely the cue's words were heard, 0..1: the mean of their confidences; null where no word of them is kept. */
export function surenessOf(state: CallState, cue: Cue): number | null {
  const line = state.finals.find((final) => final.speaker === cue.speaker && final.utterance === cue.utterance);
  const words = line?.words.filter((word) => word.start_ms < cue.end_ms && word.end_ms > cue.start_ms) ?? [];
  return words.length > 0 ? words.reduce((sum, word) => sum + word.confidence, 0) / words.length : null;
}

/** The line in three pieces: before the cue's words, they themselves, after them; null where they are not found in it. */
export function markedIn(text: string, words: string): readonly [string, string, string] | null {
  const at = words === "" ? -1 : text.toLocaleLowerCase().indexOf(words.toLocaleLowerCase());
  return at < 0 ? null : [text.slice(0, at), text.slice(at, at + words.length), text.slice(at + words.length)];
}

/** How long after the words it became known, in milliseconds; null without words. */
export const latencyOf = (cue: Cue): number | null => (cue.words === "" ? null : Math.max(0, cue.at_ms - cue.end_ms));

/** The rule in its playbook, with the sentence to try; null for what no section of a playbook is about. */
export function ruleAddress(state: CallState, cue: Cue): string | null {
  const [name = ""] = (cue.playbook || state.started.playbook).split("@");
  const { text, before } = sentenceOf(state, cue);
  if (name === "") return null;
  if (cue.kind === "missing") return path({ page: "playbook", name, section: "disclosures", item: cue.rule.split(".").at(-1) ?? null });
  if (cue.words === "" || text === "") return null;
  return path({ page: "playbook", name, section: "cues", item: cue.kind, tried: { text, before, speaker: cue.speaker, rule: cue.rule } });
}
