/**
 * Giving a part of a playbook another id, with everything that names it in the same playbook. Pure.
 *
 * The edits are sent together: one step to undo. Next: `editor.svelte.ts` makes them.
 */
import { examplesIn } from "./examples";
import { takenKinds } from "./own_kinds";
import { isList, isMapping, namesAt, textAt, textsAt, valueAt } from "./paths";
import type { Edit, Mapping, Path, Pending, Value } from "./types";

const PART_ID = /^[\p{L}\p{N}_-]{1,60}$/u; // as `PartId` in playbook_file/types.py
const OWN_KIND_ID = /^[a-z][a-z0-9_]{0,39}$/; // as `OwnKindId` there

export type NameFault = "badName" | "takenName" | "";

/** Why a part may not be called so; empty: it may. */
export function nameFault(top: Mapping, path: Path, to: string): NameFault {
  if (!(path[0] === "kinds" ? OWN_KIND_ID : PART_ID).test(to)) return "badName";
  return taken(top, path).includes(to) ? "takenName" : "";
}

function taken(top: Mapping, path: Path): string[] {
  const [part, , inner] = path;
  if (part === "kinds") return takenKinds(top);
  if (part === "cards") return [...namesAt(top, ["cards"]), ...takenKinds(top)];
  if (part === "policies" && inner === "alternatives") return namesAt(top, ["policies"]).flatMap((policy) => namesAt(top, ["policies", policy, "alternatives"]));
  return namesAt(top, path.slice(0, -1));
}

/** The edits that give the part at `path` the id `to`; the first is the renaming itself. */
export function renaming(top: Mapping, path: Path, to: string): Pending[] {
  const first: Edit = { op: "rename", path, to };
  const others = references(top, path, to).map((edit): Pending => ({ ...edit, together: true }));
  return [first, ...others];
}

function references(top: Mapping, path: Path, to: string): Edit[] {
  const [part, name] = path.map(String);
  if (name === undefined || path.length > 2) return []; // alternatives and rules: nothing in the playbook names them
  if (part === "policies") return inExamples(top, "topic", name, to);
  if (part === "words") return inPhrases(top, name, to);
  if (part === "cards") return [...ofRung(top, name, to), ...inExamples(top, "card", name, to)];
  return part === "kinds" ? ofKind(top, name, to) : [];
}

function inExamples(top: Mapping, field: "topic" | "card", name: string, to: string): Edit[] {
  return examplesIn(top).flatMap((example, i): Edit[] => (textAt(example, [field]) === name ? [{ op: "set", path: ["examples", i, field], value: to }] : []));
}

function ofRung(top: Mapping, name: string, to: string): Edit[] {
  const rungs = textsAt(top, ["ladder", "rungs"]).flatMap((rung, i): Edit[] => (rung === name ? [{ op: "set", path: ["ladder", "rungs", i], value: to }] : []));
  const steps = namesAt(top, ["ladder", "steps"]).flatMap((kind): Edit[] => {
    const path = ["ladder", "steps", kind, "card"];
    return textAt(top, path) === name ? [{ op: "set", path, value: to }] : [];
  });
  return [...rungs, ...steps, ...renamed(top, ["ladder", "levels", name], to)];
}

/** Names of mappings come last: what is set before is found under its old name. */
function ofKind(top: Mapping, name: string, to: string): Edit[] {
  const cues = examplesIn(top).flatMap((_, i) => textsAt(top, ["examples", i, "cues"]).flatMap((cue, j): Edit[] => (cue === name ? [{ op: "set", path: ["examples", i, "cues", j], value: to }] : [])));
  const after = places(top, []).filter((path) => path.at(-1) === "after_kind" && valueAt(top, path) === name);
  return [
    ...cues,
    ...inExamples(top, "card", name, to),
    ...after.map((path): Edit => ({ op: "set", path, value: to })),
    ...["cues", "cards", "alerts"].flatMap((part) => renamed(top, [part, name], to)),
  ];
}

const renamed = (top: Mapping, path: Path, to: string): Edit[] => (valueAt(top, path) === undefined ? [] : [{ op: "rename", path, to }]);

const PHRASES: readonly string[] = ["phrases", "except", "unless", "after", "unless_after", "anchors", "asked", "refused", "not_when"];

/** `<name>` in every phrase, and in the other lists. */
function inPhrases(top: Mapping, name: string, to: string): Edit[] {
  return places(top, []).flatMap((path): Edit[] => {
    const text = valueAt(top, path);
    const isPhrase = path[0] === "words" || PHRASES.includes(String(path.at(-2)));
    if (!isPhrase || typeof text !== "string" || !text.includes(`<${name}>`)) return [];
    const at = path[0] === "words" && path[1] === name ? ["words", to, ...path.slice(2)] : path;
    return [{ op: "set", path: at, value: text.replaceAll(`<${name}>`, `<${to}>`) }];
  });
}

/** The path of every value that holds no other. */
function places(value: Value, above: Path): Path[] {
  if (isList(value)) return value.flatMap((inner, i) => places(inner, [...above, i]));
  if (isMapping(value)) return Object.entries(value).flatMap(([key, inner]) => places(inner, [...above, key]));
  return [above];
}
