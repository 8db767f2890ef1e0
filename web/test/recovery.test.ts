import { describe, expect, test } from "vitest";
import type { AlertView } from "../src/types";
import { hasBreak, takenOnBy } from "../src/screens/agent/recovery";
import { alert } from "./build";

function view(kind: string, change: Partial<AlertView> = {}): AlertView {
  const base = alert(`a-${kind}`, "warning", 0);
  return { ...base, alert: { ...base.alert, kind }, ...change };
}

describe("who knows of the abuse in a call", () => {
  test("is whoever took an alert of it on, or resolved it", () => {
    const alerts = [view("insult", { state: "acknowledged", owner: "Ana" }), view("threat", { state: "resolved", by: "Sam" }), view("churn", { state: "acknowledged", owner: "Kim" })];
    expect(takenOnBy({ alerts })).toEqual(["Ana", "Sam"]);
  });

  test("is nobody yet while its alerts are open, and not asked where there was none", () => {
    expect(takenOnBy({ alerts: [view("insult")] })).toEqual([]);
    expect(takenOnBy({ alerts: [view("churn"), view("slur", { state: "retracted" })] })).toBeNull();
  });
});

test("a break goes on until its alert is resolved", () => {
  expect([hasBreak({ alerts: [view("break")] }), hasBreak({ alerts: [view("break", { state: "resolved" })] }), hasBreak({ alerts: [view("help")] })]).toEqual([true, false, false]);
});
