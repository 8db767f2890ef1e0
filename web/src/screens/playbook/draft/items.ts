/** What a section of the contents holds: its items, in the order of the playbook. Pure. */
import type { Texts } from "../../../texts/en";
import { examplesIn, lastLine } from "./examples";
import { namesAt, textAt, textsAt } from "./paths";
import type { Section } from "./sections";
import type { Mapping } from "./types";

export interface Item {
  item: string;
  name: string; // for a person
  quiet?: boolean; // nothing of this playbook's own in it
  group?: string; // heading above the first of a group
}

/** As in `core/playbook/model.py`. */
export const AGENT_KINDS = ["refusal", "alternative", "overpromise", "giveaway", "coercion", "vague_commitment", "quick_yes"] as const;
export const CUSTOMER_KINDS = ["profanity", "insult", "threat", "slur", "sexual", "legal_threat", "escalation", "churn", "purchase_intent", "frustration"] as const;
export const SPOKEN_KINDS: readonly string[] = [...AGENT_KINDS, ...CUSTOMER_KINDS];
export const HEARD_KINDS: readonly string[] = ["silence", "overlap", "missing"];
export const ALERT_KINDS: readonly string[] = [...SPOKEN_KINDS, ...HEARD_KINDS, "dead_end", "help"];
export const STEP_KINDS: readonly string[] = ["profanity", "frustration", "insult", "sexual", "slur", "threat"];
/** Kinds that the trained model knows as well; swear words are listed. */
export const TRAINED_KINDS: readonly string[] = SPOKEN_KINDS.filter((kind) => kind !== "profanity");
/** What counts where a playbook says nothing: `Limits` in `core/playbook/model.py`. */
export const LIMITS = { recovery_s: 20, recovery_turns: 2, cards_per_call: 8, gap_s: 4, breath_ms: 1500, silence_s: 25, overlap_ms: 2000 };
export const GENERAL = "general"; // the policy that is used when no topic fits

export function itemsOf(section: Section, document: Mapping, texts: Texts): Item[] {
  if (section === "policies") return titled(document, "policies", "topic");
  if (section === "disclosures") return titled(document, "missing", "title");
  if (section === "cues") return cues(document, texts);
  if (section === "examples") return examplesIn(document).map((example, i) => ({ item: String(i + 1), name: shortened(lastLine(example)?.text ?? "") }));
  return section === "cards" ? cards(document, texts) : [];
}

const LONGEST = 48; // letters of an example in the contents: one or two lines
const shortened = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text || "…");

function titled(document: Mapping, part: string, title: string): Item[] {
  return namesAt(document, [part]).map((item) => ({ item, name: textAt(document, [part, item, title]) || item }));
}

function cues(document: Mapping, { kind, playbook }: Texts): Item[] {
  const own = namesAt(document, ["cues"]);
  const of = (kinds: readonly string[], group: string): Item[] =>
    kinds.map((item, i) => ({ item, name: kind(item), quiet: !own.includes(item), ...(i === 0 && { group }) }));
  const strange = own.filter((name) => !SPOKEN_KINDS.includes(name)); // a draft may have what no playbook may
  return [
    ...of(AGENT_KINDS, playbook.agentCues),
    ...of([...CUSTOMER_KINDS, ...strange], playbook.customerCues),
    { item: "words", name: playbook.wordLists, quiet: namesAt(document, ["words"]).length === 0 },
  ];
}

function cards(document: Mapping, { playbook, kind }: Texts): Item[] {
  const names = namesAt(document, ["cards"]);
  const rungs = textsAt(document, ["ladder", "rungs"]);
  const one = (item: string): Item => ({ item, name: kind(item, textAt(document, ["cards", item, "headline"]) || item) });
  const grouped = (items: readonly string[], group: string) => items.map((item, i) => ({ ...one(item), ...(i === 0 && { group }) }));
  const others = names.filter((name) => !rungs.includes(name));
  return [
    { item: "ladder", name: playbook.ladder },
    { item: "alerts", name: playbook.alerts },
    ...grouped(names.filter((name) => rungs.includes(name)), playbook.rungCards),
    ...grouped(others, playbook.cueCards),
  ];
}
