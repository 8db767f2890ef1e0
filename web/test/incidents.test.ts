import fc from "fast-check";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { acknowledge, before, changeAll, resolve } from "../src/actions";
import { incidentsAfter, isUnresolved, weight, type IncidentRecord } from "../src/live/incidents";
import { merged } from "../src/screens/followup/merge";
import { askedOf, givenIn, NO_FILTER, queueFilterOf, type QueueFilter } from "../src/screens/followup/places";
import { match, path } from "../src/router";
import { toasts } from "../src/ui/toasts.svelte";
import type { Alert, AlertView, FollowUpItem, Level } from "../src/types";
import { alert as viewOf } from "./build";

const base = viewOf("a1", "warning", 0).alert;
let seq = 0;
const head = () => ({ call_id: "c", seq: ++seq });
const told = (cue: number, level: Level, incident: string, isFirst: boolean): IncidentRecord => {
  const alert: Alert = { ...base, level, incident, alert_id: isFirst ? incident : `${incident}-${cue}`, why: { ...base.why, cue_id: `c${cue}` } };
  return { type: "alert", ...head(), ...alert };
};
const repeated = (cue: number, incident: string): IncidentRecord => {
  const { alert_id: _, ...rest } = base;
  return { type: "alert_repeated", ...head(), ...rest, incident, level: "info", why: { ...base.why, cue_id: `c${cue}` } };
};
const retracted = (cue: number): IncidentRecord => ({ type: "cue_retracted", ...head(), at_ms: 0, cue_id: `c${cue}` });
const changed = (incident: string, state: AlertView["state"], by: string, owner = ""): IncidentRecord => ({ type: "alert_changed", ...head(), at_ms: 0, alert_id: incident, state, by, owner, note: "", reason: "", done_at: "" });

const LEVEL = fc.constantFrom<Level>("info", "warning", "critical");
const NAME = fc.constantFrom("Ida", "Sam");
const STEPS = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant("alert" as const), level: LEVEL, incident: fc.constantFrom("a1", "a2") }),
    fc.record({ what: fc.constant("repeat" as const), incident: fc.constantFrom("a1", "a2") }),
    fc.record({ what: fc.constant("retract" as const), cue: fc.nat(12) }),
    fc.record({ what: fc.constant("change" as const), state: fc.constantFrom<AlertView["state"]>("open", "acknowledged", "resolved"), by: NAME, owner: fc.constantFrom("", "Ida"), incident: fc.constantFrom("a1", "a2") }),
  ),
  { maxLength: 30 },
);

/** Every step has a cue of its own, numbered as the steps are. */
function recordsOf(steps: ReturnType<typeof STEPS.generate>["value"]): IncidentRecord[] {
  return steps.map((step, cue) => {
    if (step.what === "alert") return told(cue, step.level, step.incident, false);
    if (step.what === "repeat") return repeated(cue, step.incident);
    return step.what === "retract" ? retracted(step.cue) : changed(step.incident, step.state, step.by, step.owner);
  });
}

describe("incidents", () => {
  test("count what was told and repeated without what was retracted, at the level of what is true", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        for (const view of recordsOf(steps).reduce(incidentsAfter, [])) {
          const real = view.happened.filter((one) => !view.untrue.includes(one.why.cue_id));
          expect(view.count).toBe(real.length);
          const levels = (real.length > 0 ? real : view.happened).map((one) => weight(one.level));
          expect(weight(view.alert.level)).toBe(Math.max(...levels));
        }
      }),
    );
  });

  test("have one owner while somebody has them, and none while they are open", () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        for (const view of recordsOf(steps).reduce(incidentsAfter, [])) {
          if (view.state === "open") expect(view.owner).toBe("");
          if (view.state === "acknowledged") expect(["Ida", "Sam"]).toContain(view.owner);
          if (view.risen) expect(isUnresolved(view)).toBe(true);
        }
      }),
    );
  });

  test("what is not about an incident leaves it the same object", () => {
    const before_ = [told(1, "info", "a1", true), told(2, "info", "a2", true)].reduce(incidentsAfter, [] as AlertView[]);
    const after = incidentsAfter(before_, changed("a2", "resolved", "Ida"));
    expect([after[0] === before_[0], after[1]?.state]).toEqual([true, "resolved"]);
  });
});

describe("what people do with an incident", () => {
  const bodies: unknown[] = [];
  let answer: { status: number; body: unknown };
  beforeEach(() => {
    vi.useFakeTimers();
    [bodies.length, answer] = [0, { status: 202, body: {} }];
    toasts.list = [];
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      bodies.push(JSON.parse(String(init.body)));
      return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const owned: AlertView = { ...viewOf("a1", "warning", 0, "acknowledged"), owner: "Ida" };

  test("says how much of it was seen, and undoing gives it back to whoever had it", async () => {
    await resolve("c", owned, "called", "helped");
    toasts.undoLast();
    await vi.runAllTimersAsync();
    expect(bodies).toEqual([
      { type: "change_alert", alert_id: "a1", seen: 0, state: "resolved", note: "called", reason: "helped" },
      { type: "change_alert", alert_id: "a1", seen: 1, state: "acknowledged", owner: "Ida" },
    ]);
  });

  test("whoever was slower is told who did what, and is offered no way back", async () => {
    answer = { status: 409, body: { code: "alert_changed", message: "m", done: { by: "Sam", state: "acknowledged", owner: "Ida", reason: "", at: "" } } };
    await acknowledge("c", viewOf("a1", "warning", 0));
    expect(toasts.list.map(({ text, wrong, undo }) => [text, wrong, undo])).toEqual([["Somebody was faster: Sam handed it to Ida. Look again, then decide.", true, null]]);
  });

  test("many go back the way each was", async () => {
    answer = { status: 200, body: { changed: 3, failed: [] } };
    const open = viewOf("a1", "warning", 0);
    await changeAll([{ call_id: "x", view: open }, { call_id: "y", view: owned }, { call_id: "z", view: open }], { state: "resolved", reason: "no_action" }, () => {});
    toasts.undoLast();
    await vi.runAllTimersAsync();
    const sent = bodies as { alerts: { call_id: string }[]; state: string; owner: string }[];
    expect(sent.map(({ alerts, state, owner }) => [alerts.map((one) => one.call_id).join(""), state, owner])).toEqual([["xyz", "resolved", ""], ["xz", "open", ""], ["y", "acknowledged", "Ida"]]);
  });

  test("a resolved one comes back with its reason", () => {
    expect(before({ ...viewOf("a1", "info", 0, "resolved"), reason: "helped", note: "n" })).toEqual({ state: "resolved", reason: "helped", note: "n" });
  });
});

describe("the queue", () => {
  const item = (call_id: string, at_ms: number): FollowUpItem => ({ call_id, started_at: "2026-11-21T09:00:00Z", ended_at_ms: 9e6, agent: { id: "a", name: "A", team: "" }, customer: { id: "c", name: "C", tier: "gold" }, language: "en", kinds: [], view: viewOf("a1", "info", at_ms) });
  const ids = (items: readonly FollowUpItem[]) => items.map(({ call_id }) => call_id).join("");

  test("never moves what is read: what is resolved goes, what has come waits", () => {
    const shown = [item("d", 40), item("c", 30), item("b", 20), item("a", 10)];
    const { items, fresh } = merged(shown, [item("e", 50), item("d", 40), item("b", 20)], false);
    expect([ids(items), fresh]).toEqual(["dba", 1]);
    expect(merged(shown, [item("d", 40)], true)).toEqual({ items: [shown[0]], fresh: 0 });
    expect(merged(shown, [], true)).toEqual({ items: [], fresh: 0 });
  });

  test("has its filters in the address, there and back", () => {
    const filters = fc.record<QueueFilter>({ kind: fc.constantFrom("", "threat"), level: fc.constantFrom("", "critical"), team: fc.constantFrom("", "a b&c"), agent: fc.constantFrom("", "x"), owner: fc.constantFrom("", "-", "Ida Holm"), age: fc.constantFrom(0, 24), text: fc.constantFrom("", "é?") });
    fc.assert(
      fc.property(filters, fc.constantFrom(null, "call/1"), (filter, call) => {
        const address = path({ page: "followUp", filter, call });
        expect(match(new URL(address, "http://x"))).toEqual({ page: "followUp", filter, call });
      }),
    );
  });

  test("leaves out of an address what makes no sense", () => {
    expect(queueFilterOf(new URLSearchParams("level=loud&age=3&kind=%20threat%20"))).toEqual({ ...NO_FILTER, kind: "threat" });
    expect([givenIn(NO_FILTER), askedOf({ ...NO_FILTER, age: 24 })]).toEqual([{}, { older_h: "24" }]);
  });

  test("the incidents of the golden call stand as the server says", () => {
    const golden = JSON.parse(readFileSync(new URL("../../tests/contract/golden/incidents.json", import.meta.url), "utf8")) as { states: { alerts: AlertView[] }[] };
    const last = golden.states.at(-1)?.alerts ?? [];
    expect(last.map(({ incident, count, state }) => [incident, count, state])).toEqual([["a1", 2, "open"], ["a3", 0, "retracted"], ["a4", 1, "resolved"], ["a9", 1, "open"]]);
  });
});
