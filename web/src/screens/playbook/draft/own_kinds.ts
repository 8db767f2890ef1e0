/** The kinds of cue that a playbook has of its own, as far as a draft says them; and all kinds that it may name. Pure. */
import { COLOURS } from "../../../glossary";
import type { Texts } from "../../../texts/en";
import type { Colour, OwnKind, Speaker } from "../../../types";
import { AGENT_KINDS, CUSTOMER_KINDS, HEARD_KINDS } from "./kinds";
import { namesAt, textAt } from "./paths";
import type { Mapping, Value } from "./types";

/** What `playbook_file/types.py` keeps for itself: kinds without words, and addresses of this page. */
const TAKEN: readonly string[] = [...AGENT_KINDS, ...CUSTOMER_KINDS, ...HEARD_KINDS, "dead_end", "help", "none", "words", "ladder", "alerts"];

/** Whoever draws one can rely on its colour and its side, however wrong the draft is. */
export function ownKinds(document: Value): OwnKind[] {
  return namesAt(document, ["kinds"]).map((id) => {
    const at = (field: string) => textAt(document, ["kinds", id, field]);
    const colour = COLOURS.find((one) => one === at("colour")) ?? COLOURS[0];
    const speaker: Speaker = at("speaker") === "customer" ? "customer" : "agent";
    return { id, title: at("title") || id, speaker, colour };
  });
}

export const isOwn = (kind: string, document: Value) => namesAt(document, ["kinds"]).includes(kind);

/** Every kind that a side may say, the built-in ones first. */
export function kindsOfSide(side: Speaker, document: Value): string[] {
  const own = ownKinds(document).filter(({ speaker }) => speaker === side);
  return [...(side === "agent" ? AGENT_KINDS : CUSTOMER_KINDS), ...own.map(({ id }) => id)];
}

/** Who says a kind. */
export const sideOf = (kind: string, document: Value): Speaker => (kindsOfSide("agent", document).includes(kind) ? "agent" : "customer");

export const spokenKinds = (document: Value) => [...kindsOfSide("agent", document), ...kindsOfSide("customer", document)];

/** Ids that a new kind may not take. */
export const takenKinds = (document: Value) => [...TAKEN, ...namesAt(document, ["kinds"]), ...namesAt(document, ["cards"])];

/** The colour that fewest kinds have yet. */
export function freeColour(document: Value): Colour {
  const used = ownKinds(document).map(({ colour }) => colour);
  const times = (colour: Colour) => used.filter((one) => one === colour).length;
  return [...COLOURS].sort((a, b) => times(a) - times(b))[0] as Colour;
}

export function kindName(kind: string, document: Mapping, texts: Pick<Texts, "kind">, otherwise?: string): string {
  return textAt(document, ["kinds", kind, "title"]) || texts.kind(kind, otherwise);
}
