/** What a section of the contents holds: its items, in the order of the playbook. Pure. */
import type { Texts } from "../../../texts/en";
import { examplesIn, lastLine } from "./examples";
import { kindName, kindsOfSide, spokenKinds } from "./own_kinds";
import { namesAt, textAt, textsAt } from "./paths";
import type { Section } from "./sections";
import type { Mapping } from "./types";

export interface Item {
  item: string;
  name: string; // for a person
  quiet?: boolean; // nothing of this playbook's own in it
  group?: string; // heading above the first of a group
}

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

function cues(document: Mapping, texts: Texts): Item[] {
  const { playbook } = texts;
  const own = [...namesAt(document, ["cues"]), ...namesAt(document, ["kinds"])];
  const of = (kinds: readonly string[], group: string): Item[] =>
    kinds.map((item, i) => ({ item, name: kindName(item, document, texts), quiet: !own.includes(item), ...(i === 0 && { group }) }));
  const strange = own.filter((name) => !spokenKinds(document).includes(name)); // a draft may have what no playbook may
  return [
    ...of(kindsOfSide("agent", document), playbook.agentCues),
    ...of([...kindsOfSide("customer", document), ...strange], playbook.customerCues),
    { item: "words", name: playbook.wordLists, quiet: namesAt(document, ["words"]).length === 0 },
  ];
}

function cards(document: Mapping, texts: Texts): Item[] {
  const { playbook } = texts;
  const names = namesAt(document, ["cards"]);
  const rungs = textsAt(document, ["ladder", "rungs"]);
  const one = (item: string): Item => ({ item, name: kindName(item, document, texts, textAt(document, ["cards", item, "headline"]) || item) });
  const grouped = (items: readonly string[], group: string) => items.map((item, i) => ({ ...one(item), ...(i === 0 && { group }) }));
  const others = names.filter((name) => !rungs.includes(name));
  return [
    { item: "ladder", name: playbook.ladder },
    { item: "alerts", name: playbook.alerts },
    ...grouped(names.filter((name) => rungs.includes(name)), playbook.rungCards),
    ...grouped(others, playbook.cueCards),
  ];
}
