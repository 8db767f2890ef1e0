/** What people call the values of a filter, and a filter as chips, each with what is left without it. */
import { capital, engineName, languageName, shortDay } from "../../../format";
import { texts } from "../../../texts";
import type { CallOutcome, Level } from "../../../types";
import { FACETS, toggled, withLength, withWhen, type CallFilter, type FacetName } from "./places";

/** `name`: an agent's or a customer's, where it is known. */
export function valueName(facet: FacetName, value: string, name = ""): string {
  switch (facet) {
    case "outcome":
      return texts.find.outcomes[value as CallOutcome];
    case "level":
      return texts.levels[value as Level];
    case "kind":
      return texts.kind(value);
    case "team":
      return value || texts.find.noTeam;
    case "tier":
      return capital(value);
    case "language":
      return languageName(value);
    case "engine":
      return engineName(value);
    default:
      return name || value;
  }
}

export interface Chip {
  readonly what: string; // which filter
  readonly text: string;
  readonly left: CallFilter;
}

/** `nameOf`: of an agent or a customer, by their id. */
export function chipsOf(filter: CallFilter, nameOf: (facet: FacetName, id: string) => string): Chip[] {
  const values = FACETS.flatMap((name) =>
    (filter.values[name] ?? []).map((value) => ({ what: texts.find.facets[name], text: valueName(name, value, nameOf(name, value)), left: toggled(filter, name, value) })),
  );
  return [...times(filter), ...values];
}

function times(filter: CallFilter): Chip[] {
  const { when, from, to } = filter;
  const chip = (text: string, left: CallFilter, what: string): Chip => ({ text, left, what });
  return [
    ...(when ? [chip(texts.find.whens[when], withWhen(filter, null), texts.find.when)] : []),
    ...(from && !when ? [chip(texts.find.since(shortDay(from)), { ...filter, from: null }, texts.find.when)] : []),
    ...(to && !when ? [chip(texts.find.until(shortDay(to)), { ...filter, to: null }, texts.find.when)] : []),
    ...(filter.min_s !== null || filter.max_s !== null ? [chip(lengthName(filter), withLength(filter, null, null), texts.find.length)] : []),
  ];
}

export function lengthName({ min_s, max_s }: Pick<CallFilter, "min_s" | "max_s">): string {
  if (min_s === null) return texts.find.below((max_s ?? 0) / 60);
  return max_s === null ? texts.find.above(min_s / 60) : texts.find.between(min_s / 60, max_s / 60);
}
