/** What the parts of a playbook are called for a person: by their own topic or title, else in the page's words. */
import { texts } from "../texts";
import { textAt } from "./paths";
import type { Key, Mapping, Path } from "./types";

/** `["policies", "discount", "asked", 0]` → `Policies › Discount › How customers ask for it › 1`. */
export function sayPath(path: Path, document: Mapping): string {
  return path.map((key, i) => sayKey(key, path.slice(0, i), document)).join(" › ");
}

function sayKey(key: Key, above: Path, document: Mapping): string {
  if (typeof key === "number") return String(key + 1);
  const own = [...above, key];
  const [part, , inner] = above;
  if (part === "policies" && above.length === 1) return textAt(document, [...own, "topic"]) || key;
  if (part === "policies" && inner === "alternatives" && above.length === 3) return textAt(document, [...own, "text"]) || key;
  if (part === "missing" && above.length === 1) return textAt(document, [...own, "title"]) || key;
  if (isKindPlace(above)) return texts.kind(key);
  return isNamedPlace(above) ? key : texts.playbook.field(key);
}

function isKindPlace([first, second, ...more]: Path): boolean {
  if (second === undefined) return ["cues", "cards", "alerts"].includes(String(first));
  return first === "ladder" && second === "steps" && more.length === 0;
}

/** Where names are given by whoever wrote the playbook. */
const NAMED_DEPTH: { readonly [part: string]: number } = { words: 1, ladder: 2, cues: 3 };
const isNamedPlace = (above: Path) => NAMED_DEPTH[String(above[0])] === above.length;
