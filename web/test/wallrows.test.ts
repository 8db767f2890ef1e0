import { beforeEach, describe, expect, test } from "vitest";
import type { WallRow, WireRecord } from "../src/types";
import { LINGERS_MS, WallRows } from "../src/live/wallrows";
import { alert, row } from "./build";

let wall: WallRows;
let seq: number;

beforeEach(() => {
  wall = new WallRows();
  seq = 100;
});

const shown = () => wall.all().map((one) => one.call_id);
const head = (call_id: string) => ({ call_id, seq: ++seq, at_ms: seq });
const started = (call_id: string): WireRecord => {
  const { started_at, agent, customer } = row(call_id);
  return { type: "call_started", ...head(call_id), started_at, agent, customer, source: "stream", engine: "e", language: "en", playbook: "p@1", playbook_hash: "", past_offers: [], continues: "", kinds: [], consent: "unknown", consent_need: "no", without_help: false };
};
const ended = (call_id: string): WireRecord => ({ type: "call_ended", ...head(call_id), reason: "hangup" });
const changed = (call_id: string, state: "open" | "resolved"): WireRecord => ({
  type: "alert_changed",
  ...head(call_id),
  alert_id: "a1",
  state,
  by: "Sam",
  note: "",
  done_at: "",
  reason: "",
  owner: "",
});
const alarmed = (call_id: string, status: WallRow["status"]) =>
  row(call_id, { status, alerts: [alert("a1", "critical", 0)], worst: "critical" });

describe("the rows of the wall", () => {
  test("go when a live call is somebody else's by now, also from a wall that wants the older ones", () => {
    wall.replace([row("c"), row("d")], 0);
    wall.leave(["c"], true);
    expect([shown(), wall.olderCount]).toEqual([["d"], 0]);
  });

  test("come with a call's start and leave with its end, as long as nothing is left to do", () => {
    wall.change(started("c"), 0);
    expect(shown()).toEqual(["c"]);
    wall.change(ended("c"), 1);
    expect(shown()).toEqual([]);
  });

  test("stay after the end while an alert is unresolved", () => {
    wall.replace([alarmed("c", "live")], 0);
    wall.change(ended("c"), 1);
    wall.sweep(1e9);
    expect(shown()).toEqual(["c"]);
  });

  test("linger after the last alert of a finished call was resolved, as long as that can be undone", () => {
    wall.replace([alarmed("c", "ended")], 0);
    wall.change(changed("c", "resolved"), 1_000);
    expect(shown()).toEqual(["c"]);
    expect(wall.sweep(4_000)).toBe(LINGERS_MS - 3_000);
    expect(shown()).toEqual(["c"]);
    expect(wall.sweep(1_000 + LINGERS_MS)).toBeNull();
    expect(shown()).toEqual([]);
  });

  test("linger also when the call ends after its alert was resolved", () => {
    wall.replace([alarmed("c", "live")], 0);
    wall.change(changed("c", "resolved"), 1_000);
    wall.change(ended("c"), 2_000);
    expect(shown()).toEqual(["c"]);
  });

  test("stay for good when the resolving is undone", () => {
    wall.replace([alarmed("c", "ended")], 0);
    wall.change(changed("c", "resolved"), 1_000);
    wall.change(changed("c", "open"), 5_000);
    expect(wall.sweep(1e9)).toBeNull();
    expect(shown()).toEqual(["c"]);
  });

  test("take in a finished call that is back, and the records after it", () => {
    wall.change(changed("c", "open"), 0); // its row is not here yet
    expect(shown()).toEqual([]);
    wall.add(alarmed("c", "ended"));
    wall.change(changed("c", "resolved"), 1_000);
    wall.sweep(1_000 + LINGERS_MS);
    expect(shown()).toEqual([]);
  });

  test("let go of finished calls that newer ones have pushed out", () => {
    wall.replace([alarmed("old", "ended"), alarmed("new", "ended")], 0);
    wall.leave(["old", "never seen"], false);
    expect(shown()).toEqual(["new"]);
  });

  test("keep those that newer ones have pushed out where all are wanted, and know how many the server has not", () => {
    wall.replace([alarmed("old", "ended"), alarmed("new", "ended")], 0);
    wall.addOlder([alarmed("older", "ended"), alarmed("new", "ended")]);
    wall.leave(["old", "never seen"], true);
    expect([shown(), wall.olderCount]).toEqual([["old", "new", "older"], 2]);
    wall.add(alarmed("old", "ended")); // the server has it again
    wall.change(changed("older", "resolved"), 0);
    wall.sweep(LINGERS_MS);
    expect([shown(), wall.olderCount]).toEqual([["old", "new"], 0]);
  });

  test("are those of a fresh snapshot, and those that linger", () => {
    wall.replace([alarmed("lingers", "ended"), row("gone")], 0);
    wall.change(changed("lingers", "resolved"), 1_000);
    wall.replace([row("new")], 2_000);
    expect(shown()).toEqual(["lingers", "new"]);
    wall.sweep(1_000 + LINGERS_MS);
    expect(shown()).toEqual(["new"]);
  });

  test("do not come from a record of a call that the wall does not have", () => {
    wall.change(ended("unknown"), 0);
    expect(shown()).toEqual([]);
  });

  test("do not grow with the number of calls that were on it", () => {
    for (let i = 0; i < 1_000; i++) {
      wall.change(started(`c${i}`), i);
      wall.change(ended(`c${i}`), i);
    }
    expect(shown()).toEqual([]);
  });
});
