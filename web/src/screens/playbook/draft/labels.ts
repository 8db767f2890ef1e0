/** What the parts of a playbook are called for a person: by their own topic or title, else in the page's words. */
import { texts } from "../../../texts";
import { offerConditions } from "./conditions";
import { said } from "./diff";
import { kindName } from "./own_kinds";
import { isList, isMapping, textAt } from "./paths";
import type { Key, Mapping, Path, Value } from "./types";

/**
 * `["policies", "discount", "asked", 0]` → `Policies › Discount › How customers ask for it › 1`. `value` is what stands
 * or stood there: what was removed has its name from it.
 */
export function sayPath(path: Path, document: Mapping, value: Value = null): string {
  const own = ownName(path, value);
  return path.map((key, i) => (own && i === path.length - 1 ? own : sayKey(key, path.slice(0, i), document))).join(" › ");
}

/** What an item calls itself; empty where it has no name but its key. */
function ownName([part, , inner, ...more]: Path, value: Value): string {
  if (part === "policies" && inner === "alternatives" && more.length === 1) return textAt(value, ["text"]);
  if (inner !== undefined) return "";
  return part === "policies" ? textAt(value, ["topic"]) : part === "missing" ? textAt(value, ["title"]) : "";
}

export interface Row {
  label: string;
  texts: readonly string[]; // one, or the items of a list
}

/** A whole part of a playbook as labelled fields, such as a policy that was removed; its name is in the heading. */
export function rowsOf(path: Path, value: Value, above = ""): Row[] {
  if (path.length === 3 && path[2] === "alternatives") return row(above, isMapping(value) ? Object.values(value).map(offerTerms) : []);
  if (!isMapping(value)) return row(above, wordsOf(value));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const name = ownName(at, inner) || sayKey(key, path, {});
    const label = [above, name].filter(Boolean).join(" › ");
    if (inner !== "" && inner === ownName(path, value)) return []; // the heading says it
    return rowsOf(at, inner, label);
  });
}

const row = (label: string, texts: readonly string[]): Row[] => (texts.length > 0 ? [{ label, texts }] : []);

function offerTerms(offer: Value): string {
  const cost = textAt(offer, ["cost"]);
  const terms = [cost && `${texts.playbook.field("cost")}: ${texts.playbook.costClass(cost)}`, offerConditions(offer, texts)];
  return [textAt(offer, ["text"]), ...terms].filter(Boolean).join("; ");
}

function wordsOf(value: Value): string[] {
  if (typeof value === "boolean") return [value ? texts.playbook.yes : texts.playbook.no];
  return (isList(value) ? value.map(said) : [said(value)]).filter((one) => one !== "");
}

function sayKey(key: Key, above: Path, document: Mapping): string {
  if (typeof key === "number") return String(key + 1);
  const own = [...above, key];
  const [part, , inner] = above;
  if (part === "policies" && above.length === 1) return textAt(document, [...own, "topic"]) || key;
  if (part === "policies" && inner === "alternatives" && above.length === 3) return textAt(document, [...own, "text"]) || key;
  if (part === "missing" && above.length === 1) return textAt(document, [...own, "title"]) || key;
  if (isKindPlace(above)) return kindName(key, document, texts);
  return isNamedPlace(above) ? key : texts.playbook.field(key);
}

function isKindPlace([first, second, ...more]: Path): boolean {
  if (second === undefined) return ["cues", "cards", "alerts", "kinds"].includes(String(first));
  return first === "ladder" && second === "steps" && more.length === 0;
}

/** Where names are given by whoever wrote the playbook. */
const NAMED_DEPTH: { readonly [part: string]: number } = { words: 1, coaching: 1, ladder: 2, cues: 3 };
const isNamedPlace = (above: Path) => NAMED_DEPTH[String(above[0])] === above.length;
