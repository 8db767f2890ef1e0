import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { match } from "../src/router";
import { daysOf, NOTHING, opens, shown, sorted, wholeOf } from "../src/screens/kpis/figures";
import type { Kpi, KpiGroup, KpiValue } from "../src/types";

afterEach(() => preferences.setLanguage("en"));

const kpi = (unit: Kpi["unit"], whole: Kpi["whole"] = null): Kpi => ({
  id: "some",
  unit,
  part: "calls",
  whole,
  name: { en: "Some", es: "Algo" },
  sentence: { en: "Some.", es: "Algo." },
});
const value = (of: number | null, part = 1, whole: number | null = null): KpiValue => ({ value: of, part, whole });
const plain = (text: string) => text.replace(/\s/gu, " ");

describe("a figure", () => {
  test("is written in its unit, as the language of the page writes it", () => {
    expect(shown(kpi("count"), value(12_345))).toBe("12,345");
    expect(shown(kpi("share"), value(0.605))).toBe("61%");
    expect(shown(kpi("per_hour"), value(1.256))).toBe("1.3");
    expect(plain(shown(kpi("duration"), value(11_520_000)))).toBe("3.2 hr");
    expect(plain(shown(kpi("duration"), value(45 * 60_000)))).toBe("45 min");
    expect(plain(shown(kpi("median"), value(48_400)))).toBe("48 sec");
    expect(plain(shown(kpi("p90"), value(210_000)))).toBe("3.5 min");
    preferences.setLanguage("es");
    expect([shown(kpi("share"), value(0.605)), shown(kpi("duration"), value(11_520_000))].map(plain)).toEqual(["61 %", "3,2 h"]);
  });

  test("of nothing is none, and never zero", () => {
    for (const unit of ["share", "per_hour", "median", "p90"] as const) expect(shown(kpi(unit), value(null, 0, 0))).toBe(NOTHING);
    expect(shown(kpi("count"), value(0, 0))).toBe("0");
  });

  test("says of how many it is a part, but not of how many milliseconds", () => {
    expect(wholeOf(kpi("share", "closed"), value(0.6, 6, 10))).toBe(10);
    expect(wholeOf(kpi("per_hour", "duration_ms"), value(1.5, 3, 7_200_000))).toBeNull();
    expect(wholeOf(kpi("count"), value(4, 4))).toBeNull();
  });

  test("opens the calls of exactly its time, its team and its agent", () => {
    const span = { since: "2026-11-22T23:00:00.000+00:00", until: "2026-11-29T23:00:00.000+00:00", values: {} };
    const whose = { team: "", agent: "ana & co" };
    const address = opens(kpi("share", "closed"), "whole", span, whose);
    const behind = { kpi: "some", part: "whole", since: span.since, until: span.until, ...whose };
    expect(match(new URL(address, "http://localhost"))).toEqual({ page: "review", q: "", behind });
  });

  test("of one day says that day, of more the first and the last", () => {
    const say = (iso: string) => iso.slice(0, 10);
    expect(daysOf({ since: "2026-11-22T00:00:00Z", until: "2026-11-23T00:00:00Z" }, say)).toBe("2026-11-22");
    expect(daysOf({ since: "2026-11-22T00:00:00Z", until: "2026-11-29T00:00:00Z" }, say)).toBe("2026-11-22 – 2026-11-28");
  });
});

const group = (team: string, of: number | null): KpiGroup => ({ team, agent_id: "", agent_name: "", values: { some: value(of) }, before: null });
const names = (groups: readonly KpiGroup[]) => groups.map(({ team }) => team).join("");

describe("teams side by side", () => {
  const groups = [group("c", 2), group("a", null), group("b", 5), group("d", 2)];

  test("are in the order of their names until somebody sorts them", () => {
    expect([names(sorted(groups, "", false)), names(sorted(groups, "", true))]).toEqual(["abcd", "dcba"]);
  });

  test("without a value come last, whichever way the others are sorted; equal ones by name", () => {
    expect([names(sorted(groups, "some", true)), names(sorted(groups, "some", false))]).toEqual(["bcda", "cdba"]);
  });

  test("are all still there, however they are sorted", () => {
    const any = fc.array(fc.record({ team: fc.string(), of: fc.option(fc.nat()) }));
    fc.assert(
      fc.property(any, fc.boolean(), (made, descending) => {
        const given = made.map(({ team, of }) => group(team, of));
        expect(new Set(sorted(given, "some", descending))).toEqual(new Set(given));
      }),
    );
  });
});
