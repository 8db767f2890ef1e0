/** What a person chose for the wall, kept in this browser. What a damaged storage says is left out. */
import { COLUMNS, type Column, type Density } from "../screens/supervisor/layout";
import { addressIn, queryOf } from "../screens/supervisor/address";
import type { SortKey } from "../screens/supervisor/wallview";
import type { Level } from "../types";
import type { NoticeChoice } from "./notices";
import { stored, store } from "./preferences.svelte";

export interface WallChoices {
  sort: SortKey;
  last: string; // the address's query when the wall was left
  saved: readonly SavedWall[];
  density: Density;
  columns: readonly Column[];
  notices: NoticeChoice;
}

/** A wall that was given a name, to be come back to. */
export interface SavedWall {
  readonly name: string;
  readonly query: string; // of its address
}

export const MOST_SAVED = 30;
export const LONGEST_NAME = 60;

const KEY = "wall";
const SORTS: readonly SortKey[] = ["urgency", "longest", "newest", "agent", "dead_ends"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];
export const LEVELS: readonly Level[] = ["critical", "warning", "info"];
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** The choices that a text holds; the usual ones for whatever it does not say. */
export function choicesIn(text: string): WallChoices {
  const said = fieldsOf(parsed(text));
  const notices = fieldsOf(said.notices);
  return {
    sort: oneOf(SORTS, said.sort, "urgency"),
    last: typeof said.last === "string" ? said.last : queryOfOld(said),
    saved: savedIn(said.saved),
    density: oneOf(DENSITIES, said.density, "comfortable"),
    columns: someOf(COLUMNS, said.columns),
    notices: { sound: someOf(LEVELS, notices.sound), desktop: someOf(LEVELS, notices.desktop), quiet: quietIn(notices.quiet) },
  };
}

/** The team and the kind of calls, which were choices before they had an address. */
function queryOfOld({ team, show }: { readonly [name: string]: unknown }): string {
  const query = new URLSearchParams([["team", typeof team === "string" ? team : ""], ["show", typeof show === "string" ? show : ""]]);
  return queryOf(addressIn(query));
}

/** Whatever of a stored list can be used. */
export function savedIn(value: unknown): SavedWall[] {
  const all = Array.isArray(value) ? value.map(fieldsOf) : [];
  return all.flatMap(({ name, query }) => (typeof name === "string" && name !== "" && typeof query === "string" ? [{ name: name.slice(0, LONGEST_NAME), query }] : [])).slice(0, MOST_SAVED);
}

/** With one more wall of a name, or another one of that name; the oldest goes when they are too many. */
export function withSaved(saved: readonly SavedWall[], wall: SavedWall): SavedWall[] {
  return [...saved.filter((one) => one.name !== wall.name), wall].slice(-MOST_SAVED);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } => (typeof value === "object" && value !== null ? { ...value } : {});

function oneOf<T>(known: readonly T[], value: unknown, usual: T): T {
  return known.find((one) => one === value) ?? usual;
}

function someOf<T>(known: readonly T[], value: unknown): T[] {
  return Array.isArray(value) ? known.filter((one) => value.includes(one)) : [];
}

function quietIn(value: unknown): NoticeChoice["quiet"] {
  const { from, to } = fieldsOf(value);
  const isClock = (clock: unknown): clock is string => typeof clock === "string" && CLOCK.test(clock);
  return isClock(from) && isClock(to) ? { from, to } : null;
}

class Chosen {
  #now = $state.raw(choicesIn(stored(KEY, "")));

  get now(): WallChoices {
    return this.#now;
  }

  change(changes: { [K in keyof WallChoices]?: WallChoices[K] }): void {
    this.#now = { ...this.#now, ...changes };
    store(KEY, JSON.stringify(this.#now));
  }
}

export const wallChoices = new Chosen();
