/** The page of one call: its tabs, and what they list. */
import { describe, expect, test } from "vitest";
import { marksOf } from "../src/screens/review/lanes";
import { shownTab, SIDE_TABS, tabByKey } from "../src/screens/review/sidetabs";
import { timeline } from "../src/screens/review/timeline";
import { en } from "../src/texts/en";
import type { WireRecord } from "../src/types";
import { cue, final, prompt, started } from "./build";

describe("the tabs beside a transcript", () => {
  const ids = ["moments", "notes", "why"];

  test("show the one that the address names, else the first; where it is narrow, the transcript", () => {
    expect([shownTab("notes", ids, false), shownTab(null, ids, false), shownTab("gone", ids, false)]).toEqual(["notes", "moments", "moments"]);
    expect([shownTab("notes", ids, true), shownTab(null, ids, true), shownTab("gone", ids, true)]).toEqual(["notes", "transcript", "transcript"]);
  });

  test("are gone through by arrow keys, round and round", () => {
    expect([tabByKey("ArrowRight", "why", ids), tabByKey("ArrowLeft", "moments", ids), tabByKey("Home", "why", ids), tabByKey("End", "moments", ids)]).toEqual(["moments", "why", "moments", "why"]);
    expect(tabByKey("j", "why", ids)).toBe(null);
  });

  test("have an address and a label of their own", () => {
    expect(new Set(SIDE_TABS.map(({ id }) => id)).size).toBe(SIDE_TABS.length);
    expect(SIDE_TABS.map(({ label }) => label()).every((text) => text !== "")).toBe(true);
    expect(SIDE_TABS[0]?.label()).toBe(en.callPage.tabs.moments);
  });
});

test("moments are listed as they came, without a cue that its final words took back", () => {
  const [first, second] = [final("agent", 1, "I can not do that", 5_000), final("agent", 2, "No", 9_000)];
  const of = (event: object, seq: number) => ({ call_id: "c", seq, ...event }) as WireRecord;
  const records = [
    started,
    of({ type: "final", ...second }, 2),
    of({ type: "cue", ...cue(second, { cue_id: "late" }).cue }, 3),
    of({ type: "final", ...first }, 4),
    of({ type: "cue", ...cue(first, { cue_id: "early" }).cue }, 5),
    of({ type: "cue", ...cue(first, { cue_id: "taken" }).cue }, 6),
    of({ type: "cue_retracted", at_ms: 9_500, cue_id: "taken" }, 7),
    of({ type: "prompt", ...prompt("p1", 1, 6_000).prompt }, 8),
  ];
  expect(marksOf(timeline(records), null).filter(({ type }) => type !== "span").map(({ type, at_ms }) => [type, at_ms])).toEqual([["cue", 5_000], ["card", 6_000], ["cue", 9_000]]);
});
