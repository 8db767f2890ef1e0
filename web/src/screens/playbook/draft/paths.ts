/** Finding one's way in a playbook: values by path, and paths as text. Pure; a path that leads nowhere gives undefined. */
import type { Key, Mapping, Path, Value } from "./types";

export const isMapping = (value: Value | undefined): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

function child(value: Value | undefined, key: Key): Value | undefined {
  if (isList(value)) return typeof key === "number" ? value[key] : undefined;
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function valueAt(top: Value, path: Path): Value | undefined {
  return path.reduce<Value | undefined>(child, top);
}

/** The text of a field; empty where there is none. Numbers are shown as they are written. */
export function textAt(top: Value, path: Path): string {
  const value = valueAt(top, path);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The items of a list, as text; one text alone counts as a list of one. */
export function textsAt(top: Value, path: Path): string[] {
  const value = valueAt(top, path);
  if (isList(value)) return value.map((item) => (isList(item) || isMapping(item) ? "" : String(item ?? "")));
  return typeof value === "string" ? [value] : [];
}

/** The names in a mapping, in the order of the file. */
export function namesAt(top: Value, path: Path): string[] {
  const value = valueAt(top, path);
  return isMapping(value) ? Object.keys(value) : [];
}

export const isUnder = (path: Path, above: Path) => above.every((key, i) => path[i] === key);
export const isSame = (a: Path, b: Path) => a.length === b.length && isUnder(a, b);

/** As an `id` on the page: the same for the same path, and different for another. */
export const fieldId = (path: Path) => ["field", ...path.map((key) => encodeURIComponent(key))].join("/");

/** Which section of the screen shows a path, and which of its items. */
export function placeOf(path: Path): { section: EditSection; item: string | null } {
  const [first, second] = path;
  const item = typeof second === "string" ? second : null;
  if (first === "policies") return { section: "policies", item };
  if (first === "missing") return { section: "disclosures", item };
  if (first === "coaching") return { section: "coaching", item: null };
  if (first === "words") return { section: "cues", item: "words" };
  if (first === "cues") return { section: "cues", item };
  if (first === "cards") return { section: "cards", item };
  if (first === "ladder" || first === "alerts") return { section: "cards", item: first };
  if (first === "examples") return { section: "examples", item: typeof second === "number" ? String(second + 1) : null };
  return { section: "general", item: null };
}

export type EditSection = "policies" | "cues" | "cards" | "disclosures" | "coaching" | "examples" | "general";
