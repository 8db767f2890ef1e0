import { describe, expect, test } from "vitest";
import { chosenWord, correctedLine } from "../src/screens/review/marks/corrected";
import { completed, fitting, pieces, typedName } from "../src/screens/review/marks/mention";
import type { Line } from "../src/ui/transcript";

const PEOPLE = [
  { login: "sue", name: "Sue Hart" },
  { login: "rob@example.org", name: "Rob Lane" },
];

describe("names of people in a note", () => {
  test("are looked for after an @ that begins a word, wherever the caret is", () => {
    expect(typedName("Well done @Su", 13)).toBe("Su");
    expect(typedName("Well done @Su", 11)).toBe("");
    expect([typedName("mail a@b", 8), typedName("no name", 7), typedName("@sue ", 5)]).toEqual([null, null, null]);
  });

  test("fit by login, and by any part of the name", () => {
    const found = ["su", "HART", "rob", "lane", "x"].map((typed) => fitting(PEOPLE, typed).map(({ login }) => login));
    expect(found).toEqual([["sue"], ["sue"], ["rob@example.org"], ["rob@example.org"], []]);
  });

  test("are written out with a space behind them, and what follows stays", () => {
    expect(completed("see @Su now", 7, "sue")).toEqual({ text: "see @sue now", caret: 9 });
  });

  test("are marked in a finished note only where they are mentions", () => {
    expect(pieces("@Sue, and @rob.", ["sue"])).toEqual([
      { text: "@Sue", isName: true },
      { text: ", and @rob.", isName: false },
    ]);
    expect(pieces("nobody", [])).toEqual([{ text: "nobody", isName: false }]);
  });
});

describe("a corrected line", () => {
  const line = { key: "agent-1", speaker: "agent", utterance: { speaker: "agent", utterance: 1, text: "a fund", words: [] } } as unknown as Line;

  test("has the words and the speaker that it really had, and keeps its key", () => {
    const correction = { speaker: "agent", utterance: 1, text: "a refund", words: [], said_by: "customer", by: "Sue", corrected: true, done_at: "", at_ms: 0 } as const;
    const shown = correctedLine(line, { ...correction, words: [] });
    expect([shown.key, shown.speaker, shown.utterance.text]).toEqual(["agent-1", "customer", "a refund"]);
    expect(correctedLine(line, undefined)).toBe(line);
  });

  test("is edited at the word that was chosen, the nearest of those that are the same", () => {
    expect(chosenWord("a fund is a fund", "fund ", 10)).toEqual({ start: 12, end: 16 });
    expect(chosenWord("a fund", "", 0)).toEqual({ start: 0, end: 6 });
  });
});
