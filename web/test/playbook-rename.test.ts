/** Renaming a part of a playbook with everything that names it. */
import { expect, test } from "vitest";
import { applyAll } from "../src/screens/playbook/draft/edits";
import { nameFault, renaming } from "../src/screens/playbook/draft/rename";
import type { Mapping, Path } from "../src/screens/playbook/draft/types";

const BOOK: Mapping = {
  words: { goods: ["box"], parcels: ["<goods> [and] <goods>", "<other>"] },
  kinds: { warranty: { title: "Warranty", speaker: "agent", colour: "teal" } },
  cues: {
    warranty: { rules: { own: { phrases: ["<goods> under warranty"] } } },
    quick_yes: { rules: { after: { phrases: ["yes"], after_kind: "warranty" } }, except: ["no <goods>"] },
  },
  missing: { notice: { title: "Say <goods>", phrases: ["recorded"], after_kind: "warranty" } },
  policies: { late: { topic: "Late", asked: ["late <goods>"], alternatives: { credit: { text: "Credit" } } }, general: { alternatives: { other: {} } } },
  cards: { warranty: { headline: "W" }, calm: { headline: "Calm", not_when: ["<goods>"] } },
  ladder: { rungs: ["calm"], levels: { calm: "critical" }, steps: { insult: { card: "calm", climbs: true } } },
  alerts: { warranty: { level: "info" } },
  examples: [
    { call: [{ agent: "warranty" }], cues: ["refusal", "warranty"], card: "warranty", topic: "late" },
    { call: [{ agent: "x" }], card: "calm" },
  ],
};
const renamed = (path: Path, to: string) => applyAll(BOOK, renaming(BOOK, path, to));
const text = (document: unknown) => JSON.stringify(document);

test("a policy takes its examples with it, and keeps its place", () => {
  const after = renamed(["policies", "late"], "late_return");
  expect(Object.keys(after["policies"] as Mapping)).toEqual(["late_return", "general"]);
  expect(text(after["examples"])).toContain('"topic":"late_return"');
  expect(text(after)).not.toContain('"topic":"late"');
});

test("a list of words is renamed in every phrase, and in no other text", () => {
  const after = renamed(["words", "goods"], "items");
  const where = [after["words"], after["cues"], after["policies"], after["cards"]].map(text).join();
  expect([where.includes("<goods>"), text(after["missing"]).includes("Say <goods>"), where.match(/<items>/g)?.length]).toEqual([false, true, 6]);
});

test("a rung takes its place on the ladder, its level, its steps and its examples with it", () => {
  const after = renamed(["cards", "calm"], "boundary");
  expect(after["ladder"]).toEqual({ rungs: ["boundary"], levels: { boundary: "critical" }, steps: { insult: { card: "boundary", climbs: true } } });
  expect(text(after)).not.toContain("calm");
});

test("a kind of cue takes its phrases, its card, its alert and what follows it with it", () => {
  const after = renamed(["kinds", "warranty"], "guarantee");
  expect(text(after).match(/"guarantee"/g)).toHaveLength(8);
  expect(text(after).match(/"warranty"/g)).toHaveLength(1); // what somebody says in an example
  expect(Object.keys(after["cards"] as Mapping)).toEqual(["guarantee", "calm"]);
});

test("nothing in a playbook names an alternative, a rule or a disclosure", () => {
  for (const path of [["policies", "late", "alternatives", "credit"], ["cues", "warranty", "rules", "own"], ["missing", "notice"]]) {
    expect(renaming(BOOK, path, "else")).toEqual([{ op: "rename", path, to: "else" }]);
  }
});

test("all of it is one step: each edit goes with the one before it", () => {
  const [first, ...others] = renaming(BOOK, ["kinds", "warranty"], "guarantee");
  expect([first?.together, others.every((edit) => edit.together)]).toEqual([undefined, true]);
});

test("a name that is taken, or that no part may have, is refused with its reason", () => {
  expect(nameFault(BOOK, ["policies", "late"], "general")).toBe("takenName");
  expect(nameFault(BOOK, ["policies", "late", "alternatives", "credit"], "other")).toBe("takenName"); // another policy's
  expect(nameFault(BOOK, ["kinds", "warranty"], "refusal")).toBe("takenName");
  expect(nameFault(BOOK, ["kinds", "warranty"], "Größe")).toBe("badName");
  expect(nameFault(BOOK, ["policies", "late"], "späte-rückgabe")).toBe("");
  expect(nameFault(BOOK, ["policies", "late"], "late return")).toBe("badName");
  expect(nameFault(BOOK, ["cards", "calm"], "churn")).toBe("takenName");
});
