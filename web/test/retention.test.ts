import { expect, test } from "vitest";
import type { RetentionRule } from "../src/retention";
import { noRules, rulesOf, teamsIn } from "../src/screens/admin/data/rules";

const RULES: RetentionRule[] = [
  { team: null, kind: "audio", days: 30 },
  { team: null, kind: "events", days: 365 },
  { team: "", kind: "audio", days: 7 },
  { team: "sales", kind: "audio", days: null },
];

test("rules go through the form and come out as they were", () => {
  expect(rulesOf(teamsIn(RULES))).toEqual(RULES);
  expect(teamsIn(RULES).map(({ team }) => team)).toEqual([null, "", "sales"]);
});

test("without a rule all teams keep for ever, and a team does as all do", () => {
  const [all] = teamsIn([]);
  expect([all?.keep.audio.how, noRules("sales").keep.audio.how]).toEqual(["ever", "inherit"]);
  expect(rulesOf([...teamsIn([]), noRules("sales")])).toEqual([]);
});
