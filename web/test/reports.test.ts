import { describe, expect, test } from "vitest";
import type { ReportView, ReportViewRow } from "../src/reports";
import { asReport, opensRow, REPORT_IDS, sortedRows } from "../src/screens/reports/places";
import { en } from "../src/texts/en";
import { es } from "../src/texts/es";

const row = (name: string, value: number | null, opens: { [field: string]: string } = {}): ReportViewRow => ({ key: name, name, values: { a: { value, part: 1, whole: 2 } }, steps: [], opens });
const view = { since: "2026-11-23T00:00:00.000000Z", until: "2026-11-30T00:00:00.000000Z" } as ReportView;
const names = (rows: readonly ReportViewRow[]) => rows.map((one) => one.name);

describe("the rows of a report", () => {
  const rows = [row("b", 1), row("c", null), row("a", 3)];

  test("stay as the server has them until somebody sorts", () => {
    expect(names(sortedRows(rows, "", true))).toEqual(["b", "c", "a"]);
  });

  test("are sorted by a figure either way, those without a value last", () => {
    expect(names(sortedRows(rows, "a", true))).toEqual(["a", "b", "c"]);
    expect(names(sortedRows(rows, "a", false))).toEqual(["b", "a", "c"]);
    expect(names(sortedRows(rows, "name", false))).toEqual(["a", "b", "c"]);
  });

  test("open the calls of their period and team, where these can be listed", () => {
    expect(opensRow(view, row("x", 1), null)).toBeNull();
    const opened = new URL(opensRow(view, row("x", 1, { topic: "Late & more" }), "")!, "http://x");
    expect([...opened.searchParams]).toEqual([["topic", "Late & more"], ["from", view.since], ["to", view.until], ["team", ""]]);
  });
});

test("an address names a report, else the first", () => {
  expect([asReport("rules"), asReport("nothing"), asReport(null)]).toEqual(["rules", "refusals", "refusals"]);
  expect(new Set(REPORT_IDS).size).toBe(9);
});

test("reports and exports speak both languages", () => {
  expect([en.reports.of(1, 2), es.reports.of(1, 2)]).toEqual(["1 of 2", "1 de 2"]);
  expect([en.reports.versionsText(50, 30).includes("50"), es.reports.versionsText(50, 30).includes("30")]).toEqual([true, true]);
  expect(Object.keys(es.exports)).toEqual(Object.keys(en.exports));
});
