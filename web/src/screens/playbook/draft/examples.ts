/**
 * The examples that a playbook holds: conversations with what their last turn must bring, in plain words. Pure.
 *
 * Next: `screens/playbook/sections/Examples.svelte` shows them, `runs.svelte.ts` has the server run them.
 */
import type { Texts } from "../../../texts/en";
import type { Speaker } from "../../../types";
import { kindName } from "./own_kinds";
import { isList, isMapping, textAt, textsAt, valueAt } from "./paths";
import type { Mapping, Outcome, Path, Value } from "./types";

export const NOTHING = "none"; // in an example: no card comes
export type Expected = "cues" | "card" | "topic";
const EXPECTED: readonly Expected[] = ["cues", "card", "topic"];

export interface Said {
  speaker: Speaker;
  text: string;
}

export function examplesIn(document: Value): readonly Value[] {
  const examples = valueAt(document, ["examples"]);
  return isList(examples) ? examples : [];
}

export function linesOf(example: Value): Said[] {
  const call = valueAt(example, ["call"]);
  return isList(call) ? call.map(saidIn) : [];
}

function saidIn(line: Value): Said {
  const speaker: Speaker = isMapping(line) && Object.hasOwn(line, "customer") ? "customer" : "agent";
  return { speaker, text: textAt(line, [speaker]) };
}

export const lastLine = (example: Value): Said | undefined => linesOf(example).at(-1);

/** Who would say a new line: whoever is not speaking. */
export const nextSpeaker = (example: Value): Speaker => (lastLine(example)?.speaker === "customer" ? "agent" : "customer");

/** The examples that name a policy or a card by its path, from the last to the first. */
export function examplesNaming(document: Value, [part, name, ...more]: Path): number[] {
  if (more.length > 0 || (part !== "policies" && part !== "cards")) return [];
  const field = part === "policies" ? "topic" : "card";
  const numbers = examplesIn(document).flatMap((example, i) => (textAt(example, [field]) === name ? [i] : []));
  return numbers.reverse();
}

/** Whether an example says anything that could come otherwise. */
export const expectsSomething = (example: Value) => EXPECTED.some((what) => valueAt(example, [what]) !== undefined);

/** What the last turn must bring, one thing to a text. */
export function expectations(example: Value, document: Mapping, texts: Texts): string[] {
  const { playbook } = texts;
  const cues = valueAt(example, ["cues"]) === undefined ? null : textsAt(example, ["cues"]).join(", ") || NOTHING;
  const given: { [what in Expected]: string | null } = { cues, card: textAt(example, ["card"]) || null, topic: textAt(example, ["topic"]) || null };
  const told = EXPECTED.flatMap((what) => {
    const value = given[what];
    return value === null ? [] : [`${playbook.expected(what)}: ${worded(what, value, document, texts)}`];
  });
  const tier = textAt(example, ["tier"]);
  return tier ? [...told, `${playbook.tryTier}: ${tier}`] : told;
}

/** What came otherwise, one thing to a text. */
export function differences({ expected, got }: Outcome, document: Mapping, texts: Texts): string[] {
  return EXPECTED.filter((what) => Object.hasOwn(expected, what)).map((what) => {
    const word = (value = NOTHING) => worded(what, value, document, texts);
    return texts.playbook.cameOtherwise(texts.playbook.expected(what), word(expected[what]), word(got[what]));
  });
}

function worded(what: Expected, value: string, document: Mapping, texts: Texts): string {
  if (value === NOTHING) return texts.playbook.comesNone(what);
  if (what === "cues") return value.split(", ").map((one) => kindName(one, document, texts)).join(", ");
  if (what === "topic") return textAt(document, ["policies", value, "topic"]) || value;
  return cardName(value, document, texts);
}

/** A card by its cue, else by its headline. */
export const cardName = (card: string, document: Mapping, texts: Pick<Texts, "kind">) => kindName(card, document, texts, textAt(document, ["cards", card, "headline"]) || card);
