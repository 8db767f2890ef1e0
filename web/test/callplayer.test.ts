/** What the page of a call works out of words and peaks: lanes, silences, hits, the word that is spoken. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { asChoices, RATES, SIDES } from "../src/live/playerchoices";
import { Player } from "../src/live/player.svelte";
import { find, rangesIn, termsOf } from "../src/screens/review/find";
import { laneOf, marksOf, nextMoment, thinned, type Mark, type SpanMark } from "../src/screens/review/lanes";
import { drawn, peaksOf, raised } from "../src/screens/review/peaks";
import { spokenRange, wordStart } from "../src/screens/review/spoken";
import { overlaps, SILENT_MS, silences, stretchAt } from "../src/screens/review/stretches";
import { timeline } from "../src/screens/review/timeline";
import type { WireRecord } from "../src/types";
import { cue, final, started } from "./build";

const of = (event: object, seq: number) => ({ call_id: "c", seq, ...event }) as WireRecord;
const spans = (marks: readonly Mark[], kind: string) => marks.filter((mark): mark is SpanMark => mark.type === "span" && mark.kind === kind).map(({ at_ms, end_ms, speaker }) => [at_ms, end_ms, speaker]);

describe("silence and overlap", () => {
  // a word of a build takes 180 ms, the next begins 200 ms after it began
  const one = final("agent", 1, "one two", 1_000); // to 1.38
  const other = final("customer", 1, "a b c d e f", 4_000); // to 5.18
  const over = final("agent", 2, "no no no no", 4_500); // to 5.28

  test("is where neither side has a word for more than two seconds, from the beginning to the end", () => {
    expect(silences([one, other, over], 9_000).map(({ start_ms, end_ms }) => [start_ms, end_ms])).toEqual([[1_380, 4_000], [5_280, 9_000]]);
    expect(silences([], 9_000)).toEqual([{ speaker: null, start_ms: 0, end_ms: 9_000 }]);
  });

  test("is where both have words at once for longer than a yes", () => {
    expect(overlaps([one, other, over])).toEqual([{ speaker: null, start_ms: 4_500, end_ms: 5_180 }]);
    expect(overlaps([other, final("agent", 2, "yes", 4_500)])).toEqual([]);
  });

  test("a time lies in a silence exactly if no word is near", () => {
    const line = fc.record({ speaker: fc.constantFrom("agent" as const, "customer" as const), at: fc.nat(60_000), words: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(70_000), (said, at_ms) => {
        const finals = said.map(({ speaker, at, words }, i) => final(speaker, i, "x ".repeat(words).trim(), at));
        const found = stretchAt(silences(finals, 70_000), at_ms);
        const words = finals.flatMap((one) => one.words);
        expect(words.some((word) => word.start_ms <= at_ms && at_ms < word.end_ms) && found !== null).toBe(false);
        if (found) expect(found.end_ms - found.start_ms).toBeGreaterThan(SILENT_MS);
      }),
    );
  });
});

describe("peaks", () => {
  const base64 = (values: readonly number[]) => btoa(String.fromCharCode(...values));
  const view = (agent: readonly number[], customer: readonly number[]) => peaksOf({ stretch_ms: 500, agent: base64(agent), customer: base64(customer) });

  test("of both sides are drawn on one scale, and a call without sound as a line", () => {
    expect(drawn(view([0, 50], [100, 25])).map((channel) => [...channel])).toEqual([[0, 0.5], [1, 0.25]]);
    expect([...drawn(view([1], [0]))[0]]).toEqual([1 / 32]);
  });

  test("tell where one is twice as loud as usual for a second and a half, and nothing of a shorter shout", () => {
    const usual = new Array<number>(20).fill(40);
    expect(raised(view([...usual, 90, 95, 90, ...usual], usual))).toEqual([{ speaker: "agent", start_ms: 10_000, end_ms: 11_500 }]);
    expect(raised(view([...usual, 110, ...usual], usual))).toEqual([]);
    expect(raised(view([0, 0, 0], [0, 0, 0]))).toEqual([]);
  });
});

describe("the lanes", () => {
  const refusal = final("agent", 1, "I can not do that", 5_000);
  const records = [
    started,
    of({ type: "final", ...refusal }, 2),
    of({ type: "cue", ...cue(refusal).cue }, 3),
    of({ type: "line_changed", at_ms: 7_000, speaker: "customer", state: "held", until_ms: null }, 4),
    of({ type: "line_changed", at_ms: 9_000, speaker: "customer", state: "back", until_ms: null }, 5),
    of({ type: "audio_gap", at_ms: 12_000, speaker: "customer", duration_ms: 3_000, cause: "line_lost", within_ms: 0 }, 6),
    of({ type: "recording_paused", at_ms: 16_000, by: "Ana", until_ms: null }, 7),
    of({ type: "recording_resumed", at_ms: 18_000, by: "Ana" }, 8),
    of({ type: "call_ended", at_ms: 20_000, reason: "hangup" }, 9),
  ];
  const marks = marksOf(timeline(records), null);

  test("have what was noticed, and what the line did", () => {
    expect(marks.filter((mark) => laneOf(mark) === "cue").map(({ at_ms }) => at_ms)).toEqual([5_000]);
    expect([spans(marks, "held"), spans(marks, "lost"), spans(marks, "paused")]).toEqual([[[7_000, 9_000, "customer"]], [[12_000, 15_000, "customer"]], [[16_000, 18_000, null]]]);
    expect(marks.map(({ at_ms }) => at_ms)).toEqual(marks.map(({ at_ms }) => at_ms).toSorted((a, b) => a - b));
  });

  test("lead from cue to cue, and stop at the last", () => {
    expect([nextMoment(marks, 0, 1), nextMoment(marks, 5_000, 1), nextMoment(marks, 9_000, -1), nextMoment(marks, 5_000, -1)]).toEqual([5_000, null, 5_000, null]);
  });

  test("have no more marks of a sort than a picture has room for, and end where the last one ends", () => {
    const many: Mark[] = Array.from({ length: 5_000 }, (_, i) => ({ type: "span", kind: "silence", speaker: null, at_ms: i * 2_000, end_ms: i * 2_000 + 500 }));
    const few = thinned(many, 10_000_000 / 400);
    expect(few.length).toBeLessThanOrEqual(401);
    expect((few.at(-1) as SpanMark).end_ms).toBe(4_999 * 2_000 + 500);
    expect((many[0] as SpanMark).end_ms).toBe(500);
  });
});

describe("a search in a call", () => {
  const said = ["Thirty days, I said thirty days.", "Días sin respuesta", "The days are thirty"];
  const { moments } = timeline([started, ...said.map((text, i) => of({ type: "final", ...final("agent", i + 1, text, i * 10_000) }, i + 2))]);

  test("finds words as they stand, each time that they were said", () => {
    expect(find(moments, " thirty  DAYS ").hits).toEqual([{ moment: 0, nth: 0 }, { moment: 0, nth: 1 }]);
    expect(find(moments, "días").hits).toEqual([{ moment: 1, nth: 0 }]);
  });

  test("else finds lines that have all of them, as the search in all calls does", () => {
    expect(find(moments, "days are thirty").hits.map(({ moment }) => moment)).toEqual([2]);
    expect(find(moments, "said OR days").hits.map(({ moment }) => moment)).toEqual([0, 0, 0]);
    expect(termsOf('"thirty days" near/5 refund* speaker:agent')).toEqual(["thirty days", "refund"]);
  });

  test("finds nothing for a letter, and for what nobody said", () => {
    expect([find(moments, "t").hits, find(moments, "refund").hits, find(moments, '""').hits]).toEqual([[], [], []]);
  });

  test("as many places are marked in a line as were counted", () => {
    const word = fc.constantFrom("the", "days", "día", "no", "x", "É");
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), word, (words, query) => {
        const text = words.join(" ");
        const found = find(timeline([started, of({ type: "final", ...final("agent", 1, text) }, 2)]).moments, query);
        expect(found.terms.length > 0 ? rangesIn(text, found.terms).length : 0).toBe(found.hits.length);
      }),
    );
  });
});

test("the word that is spoken is told by its time, and its time by its place", () => {
  const said = final("agent", 1, "No, I can’t.", 1_000);
  const wordAt = (ms: number) => {
    const range = spokenRange(said, ms);
    return range && said.text.slice(...range);
  };
  expect([wordAt(999), wordAt(1_000), wordAt(1_250), wordAt(1_500), wordAt(9_000)]).toEqual([null, "No", "I", "can’t", null]);
  expect([wordStart(said, 1), wordStart(said, 4), wordStart(said, 8), wordStart(said, 99)]).toEqual([1_000, 1_200, 1_400, null]);
});

test("what a browser remembered of how one listens is taken if it is a choice, and else is as usual", () => {
  expect(asChoices('{"rate":1.5,"skips":true,"side":"agent"}')).toEqual({ rate: 1.5, skips: true, side: "agent" });
  for (const damaged of ["", "null", "{", '{"rate":9,"skips":1,"side":"left"}']) expect(asChoices(damaged)).toEqual({ rate: 1, skips: false, side: "both" });
  expect(RATES.every((rate) => rate >= 0.75 && rate <= 2) && SIDES.length === 3).toBe(true);
});

test("silence is skipped up to just before somebody speaks, is told, and is heard after the last word", () => {
  vi.stubGlobal("requestAnimationFrame", () => 1);
  const player = new Player("c", 60_000);
  const element = { readyState: 1, paused: false, currentTime: 11, dataset: {} } as unknown as HTMLAudioElement;
  player.element = element;
  player.silent = [{ speaker: null, start_ms: 10_000, end_ms: 20_000 }, { speaker: null, start_ms: 50_000, end_ms: 60_000 }];
  player.moved();
  expect(player.at_ms).toBe(11_000);
  player.choose({ skips: true });
  player.moved();
  expect([player.at_ms, element.currentTime, player.skipped_ms]).toEqual([19_700, 19.7, 8_700]);
  element.currentTime = 55;
  player.moved();
  expect(player.at_ms).toBe(55_000);
  vi.unstubAllGlobals();
});
