/** What the queue is filtered by, as addresses and requests have it. Pure. */
import type { Level } from "../../types";

export const AGES = [0, 1, 24, 168] as const; // hours: at least so old
export type Age = (typeof AGES)[number];

/** Empty: all. */
export interface QueueFilter {
  kind: string;
  level: Level | "";
  team: string;
  agent: string; // id
  owner: string; // a name, or NOBODY
  age: Age;
  text: string; // in the name of the agent or of the customer
}

export const NOBODY = "-";
export const NO_FILTER: QueueFilter = { kind: "", level: "", team: "", agent: "", owner: "", age: 0, text: "" };
const LEVELS: readonly Level[] = ["critical", "warning", "info"];

/** What an address asks for; what it says wrongly is left out. */
export function queueFilterOf(query: URLSearchParams): QueueFilter {
  const given = (name: string) => (query.get(name) ?? "").trim();
  return {
    kind: given("kind"),
    level: LEVELS.find((level) => level === given("level")) ?? "",
    team: given("team"),
    agent: given("agent"),
    owner: given("owner"),
    age: AGES.find((age) => String(age) === given("age")) ?? 0,
    text: given("text"),
  };
}

/** The part of an address that says it: nothing of what is not filtered by. */
export function givenIn({ age, ...texts }: QueueFilter): { [name: string]: string } {
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
  return age > 0 ? { ...given, age: String(age) } : given;
}

/** As the server is asked. */
export function askedOf(filter: QueueFilter): { [name: string]: string } {
  const { age, ...rest } = givenIn(filter);
  return age ? { ...rest, older_h: age } : rest;
}

export const isFiltered = (filter: QueueFilter) => Object.keys(givenIn(filter)).length > 0;
