/** What the list of calls is filtered by: addresses, days, chips, saved searches. */
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { searchesIn } from "../src/live/savedsearches.svelte";
import { LENGTHS, spanOf, WHENS } from "../src/screens/review/found/dates";
import { chipsOf } from "../src/screens/review/found/names";
import { askedOf, besides, deadEndsAbout, EVERY_CALL, FACETS, filterIn, has, isEvery, saidOf, together, toggled, type CallFilter } from "../src/screens/review/found/places";

beforeEach(() => preferences.setLanguage("en"));

const some = fc.option(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }), { nil: undefined });
const values = fc.record(Object.fromEntries(FACETS.map((name) => [name, some])) as { [name in (typeof FACETS)[number]]: typeof some });
const filters: fc.Arbitrary<CallFilter> = fc.record({
  values: values.map((all) => Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as CallFilter["values"]),
  when: fc.constantFrom(null, ...WHENS),
  from: fc.constantFrom(null, "2026-11-01T00:00:00Z"),
  to: fc.constantFrom(null, "2026-11-08T00:00:00.000Z"),
  min_s: fc.option(fc.nat(600)),
  max_s: fc.option(fc.nat(600)),
});
const behinds = fc.record({ kpi: fc.constant("calls"), part: fc.constant("part" as const), since: fc.constant("a"), until: fc.constant("b"), team: fc.option(fc.string()), agent: fc.option(fc.string()) });
const asQuery = (filter: CallFilter) => new URLSearchParams(saidOf(filter));

test("an address says the whole filter", () => {
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterIn(asQuery(filter))).toEqual(filter);
    }),
  );
});

test("a value that is chosen twice is not chosen, and takes nothing else along", () => {
  fc.assert(
    fc.property(filters, fc.constantFrom(...FACETS), fc.string(), (filter, name, value) => {
      const once = toggled(filter, name, value);
      expect(has(once, name, value)).toBe(!has(filter, name, value));
      expect(new Set(saidOf(toggled(once, name, value)).map(String))).toEqual(new Set(saidOf(filter).map(String)));
    }),
  );
});

test("without all of its chips a filter is of every call", () => {
  fc.assert(
    fc.property(filters, (filter) => {
      let [left, steps] = [filter, 0];
      while (!isEvery(left) && steps++ < 60) left = chipsOf(left, () => "")[0]?.left ?? EVERY_CALL;
      expect(isEvery(left)).toBe(true);
    }),
  );
});

test("a team and an agent that a figure is of are filters like others", () => {
  fc.assert(
    fc.property(filters, behinds, (filter, behind) => {
      const whole = together(filter, behind);
      for (const name of ["team", "agent"] as const) if (!filter.values[name]) expect(whole.values[name]).toEqual(behind[name] === null ? undefined : [behind[name]]);
      expect(besides(whole, null)).toEqual(whole);
    }),
  );
});

test("days are those of this clock, and weeks begin with Monday", () => {
  const sunday = new Date(2026, 10, 29, 23, 30);
  const spans = Object.fromEntries(WHENS.map((when) => [when, spanOf(when, sunday)]));
  const day = (month: number, date: number) => new Date(2026, month, date).toISOString();
  expect(spans).toEqual({
    today: { from: day(10, 29), to: day(10, 30) },
    yesterday: { from: day(10, 28), to: day(10, 29) },
    this_week: { from: day(10, 23), to: day(10, 30) },
    last_week: { from: day(10, 16), to: day(10, 23) },
    last_30_days: { from: day(9, 31), to: day(10, 30) },
  });
});

test("the server is asked for moments, and an address keeps the words", () => {
  const filter: CallFilter = { ...deadEndsAbout(EVERY_CALL, "Late fees"), when: "today" };
  expect(saidOf(filter)).toEqual([["outcome", "dead_end"], ["topic", "Late fees"], ["when", "today"]]);
  const now = new Date(2026, 10, 29, 12);
  expect(askedOf(filter, now).slice(2)).toEqual(Object.entries(spanOf("today", now)));
});

test("lengths have no gap between them", () => {
  expect(LENGTHS.slice(1).map(({ min_s }) => min_s)).toEqual(LENGTHS.slice(0, -1).map(({ max_s }) => max_s));
});

test("what a damaged storage says of saved searches is left out", () => {
  expect(searchesIn('[{"name":"fees","query":"q=fee"},{"name":""},{"query":"q=x"},7,null]')).toEqual([{ name: "fees", query: "q=fee" }]);
  expect([searchesIn(""), searchesIn("{"), searchesIn('"x"')]).toEqual([[], [], []]);
});
