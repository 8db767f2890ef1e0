/**
 * Edits of a playbook, as the server makes them: applied here at once, so that a person sees what they type.
 *
 * Pure: gives new documents and never changes one. An edit that no longer fits (somebody removed its place) leaves the
 * document as it is. Next: `sync.ts` sends them; the server's answer replaces what was made here.
 */
import { isList, isMapping, isSame, valueAt } from "./paths";
import type { Edit, Key, Mapping, Path, Pending, Value } from "./types";

export function applyAll(top: Mapping, edits: readonly Edit[]): Mapping {
  return edits.reduce(apply, top);
}

export function apply(top: Mapping, edit: Edit): Mapping {
  const parent = edit.path.slice(0, -1);
  const key = edit.path.at(-1);
  if (key === undefined) return top;
  const makes = edit.op === "set" || edit.op === "insert";
  const changed = within(top, parent, makes, (holder) => {
    return isList(holder) ? inList(holder, Number(key), edit) : inMapping(holder, String(key), edit);
  });
  return isMapping(changed) ? changed : top;
}

type Holder = readonly Value[] | Mapping;

/** The document with what stands at `path` replaced; missing mappings on the way are made where `makes` allows it. */
function within(value: Value | undefined, path: Path, makes: boolean, change: (holder: Holder) => Holder): Value | undefined {
  const holder = value === undefined || value === null ? (makes ? {} : undefined) : value;
  if (!isList(holder) && !isMapping(holder)) return holder;
  const [key, ...rest] = path;
  if (key === undefined) return change(holder);
  const inner = within(childOf(holder, key), rest, makes, change);
  return inner === undefined ? holder : put(holder, key, inner);
}

const childOf = (holder: Holder, key: Key) => (isList(holder) ? holder[Number(key)] : (holder as Mapping)[String(key)]);

function put(holder: Holder, key: Key, value: Value): Holder {
  if (!isList(holder)) return { ...holder, [key]: value };
  const at = Number(key);
  return at < holder.length ? holder.with(at, value) : holder;
}

function inList(list: readonly Value[], at: number, edit: Edit): readonly Value[] {
  if (edit.op === "insert") return list.toSpliced(at, 0, edit.value);
  if (edit.op === "set") return at === list.length ? [...list, edit.value] : put(list, at, edit.value) as readonly Value[];
  if (edit.op === "remove") return list.toSpliced(at, 1);
  return edit.op === "move" && at in list ? list.toSpliced(at, 1).toSpliced(edit.to, 0, list[at] as Value) : list;
}

function inMapping(mapping: Mapping, name: string, edit: Edit): Mapping {
  if (edit.op === "set") return { ...mapping, [name]: edit.value };
  const entries = Object.entries(mapping);
  const at = entries.findIndex(([known]) => known === name);
  if (edit.op === "insert") return inserted(entries, name, edit.value, edit.to);
  if (at < 0) return mapping;
  if (edit.op === "remove") return Object.fromEntries(entries.toSpliced(at, 1));
  const value = entries[at]?.[1] as Value;
  if (edit.op === "rename") return Object.fromEntries(entries.with(at, [edit.to, value]));
  return Object.fromEntries(entries.toSpliced(at, 1).toSpliced(edit.to, 0, [name, value]));
}

function inserted(entries: [string, Value][], name: string, value: Value, at = entries.length): Mapping {
  return Object.fromEntries(entries.toSpliced(at, 0, [name, value]));
}

/** The edit that sets a field, with the mappings around it that are not there yet. */
export function setting(top: Mapping, path: Path, value: Value): Edit {
  const missing = path.findIndex((_, i) => i > 0 && valueAt(top, path.slice(0, i)) === undefined);
  const depth = missing < 0 ? path.length : missing;
  const inner = path.slice(depth).reduceRight<Value>((held, key) => ({ [key]: held }), value);
  return { op: "set", path: path.slice(0, depth), value: inner };
}

const PRUNED: readonly Key[] = ["cues", "rules", "per_customer", "levels", "limits", "words"]; // nothing without entries

/** The edit that takes a field away, with the mappings that it leaves empty and that mean nothing then. */
export function removing(top: Mapping, path: Path): Edit {
  const above = path.slice(0, -1);
  const isLast = Object.keys(valueAt(top, above) ?? {}).length === 1;
  const isPruned = PRUNED.includes(above.at(-1) ?? "") || (above.length === 2 && above[0] === "cues");
  return isLast && isPruned ? removing(top, above) : { op: "remove", path };
}

/** One more edit; what is typed into the same field replaces what was typed a moment ago. */
export function joined(edits: readonly Pending[], next: Pending): Pending[] {
  const last = edits.at(-1);
  const again = next.op === "set" && last?.op === "set" && isSame(last.path, next.path);
  return again ? [...edits.slice(0, -1), next] : [...edits, next];
}
