/** What an address says of which calls are wanted: each filter with its values, and when calls began. Pure. */
import type { Behind } from "../../kpis/places";
import { spanOf, WHENS, type When } from "./dates";

/** As the server has them, in the order in which they are shown. */
export const FACETS = ["outcome", "topic", "agent", "kind", "level", "team", "tag", "tier", "customer", "playbook", "version", "language", "source", "engine"] as const;
export type FacetName = (typeof FACETS)[number];

export interface CallFilter {
  readonly values: { readonly [name in FacetName]?: readonly string[] }; // of one facet: any of them
  readonly when: When | null; // by the calendar, as of now
  readonly from: string | null; // ISO 8601
  readonly to: string | null; // excluded
  readonly min_s: number | null;
  readonly max_s: number | null; // excluded
}

export const EVERY_CALL: CallFilter = { values: {}, when: null, from: null, to: null, min_s: null, max_s: null };

const MOST = 50; // values of one facet, as the server takes them
const LONGEST = 200;
const LONGEST_S = 7 * 24 * 3600;

/** What an address names; what it names wrongly is left out. */
export function filterIn(query: URLSearchParams): CallFilter {
  const some = (name: FacetName) => [...new Set(query.getAll(name))].filter((value) => (value !== "" || name === "team") && value.length <= LONGEST).slice(0, MOST);
  const given = FACETS.map((name) => [name, some(name)] as const).filter(([, values]) => values.length > 0);
  return {
    values: Object.fromEntries(given),
    when: WHENS.find((one) => one === query.get("when")) ?? null,
    from: momentIn(query.get("from")),
    to: momentIn(query.get("to")),
    min_s: secondsIn(query.get("min_s")),
    max_s: secondsIn(query.get("max_s")),
  };
}

const momentIn = (text: string | null) => (text && !Number.isNaN(Date.parse(text)) ? text : null);
const secondsIn = (text: string | null) => (text !== null && /^\d{1,6}$/.test(text) ? Math.min(Number(text), LONGEST_S) : null);

type Said = [name: string, value: string][];

/** As an address says it. */
export function saidOf(filter: CallFilter): Said {
  return [...valuesOf(filter), ...(filter.when ? [["when", filter.when]] : []), ...limitsOf(filter)] as Said;
}

/** As the server is asked: days are those of this clock. */
export function askedOf(filter: CallFilter, now: Date): Said {
  const { from, to } = filter.when ? spanOf(filter.when, now) : filter;
  return [...valuesOf(filter), ...limitsOf({ ...filter, from, to })];
}

const valuesOf = ({ values }: CallFilter): Said => FACETS.flatMap((name) => (values[name] ?? []).map((value): [string, string] => [name, value]));

function limitsOf(filter: CallFilter): Said {
  const names = ["from", "to", "min_s", "max_s"] as const;
  return names.flatMap((name): Said => (filter[name] === null ? [] : [[name, String(filter[name])]]));
}

export const isEvery = (filter: CallFilter) => saidOf(filter).length === 0;
export const has = (filter: CallFilter, name: FacetName, value: string) => filter.values[name]?.includes(value) ?? false;

/** With one more value, or without it. */
export function toggled(filter: CallFilter, name: FacetName, value: string): CallFilter {
  const others = (filter.values[name] ?? []).filter((one) => one !== value);
  return withValues(filter, name, has(filter, name, value) ? others : [...others, value]);
}

export function withValues(filter: CallFilter, name: FacetName, chosen: readonly string[]): CallFilter {
  const { [name]: _, ...values } = filter.values;
  return { ...filter, values: chosen.length > 0 ? { ...values, [name]: chosen } : values };
}

/** Calls with a dead end about this topic: one choice, since nothing is asked for more often. */
export const deadEndsAbout = (filter: CallFilter, topic: string) => withValues(withValues(filter, "topic", [topic]), "outcome", ["dead_end"]);

export const withWhen = (filter: CallFilter, when: When | null): CallFilter => ({ ...filter, when, from: null, to: null });
export const withLength = (filter: CallFilter, min_s: number | null, max_s: number | null): CallFilter => ({ ...filter, min_s, max_s });

const OF_FIGURES = ["team", "agent"] as const;

/** The filter without the team and the agent that a figure is of already. */
export function besides(filter: CallFilter, behind: Behind | null): CallFilter {
  const said = OF_FIGURES.filter((name) => behind && filter.values[name]?.length === 1);
  return said.reduce((left, name) => withValues(left, name, []), filter);
}

/** The filter with them: they are filters like others. */
export function together(filter: CallFilter, behind: Behind | null): CallFilter {
  const named = OF_FIGURES.flatMap((name) => (behind && behind[name] !== null && !filter.values[name] ? [[name, behind[name]] as const] : []));
  return named.reduce((whole, [name, value]) => withValues(whole, name, [value]), filter);
}
