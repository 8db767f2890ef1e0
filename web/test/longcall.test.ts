import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply, replay } from "../src/live/store";
import { timeline } from "../src/screens/review/timeline";
import { BLOCK, inBlocks } from "../src/ui/blocks";
import { spans } from "../src/ui/talk";
import { growingLines, lines, type Lines } from "../src/ui/transcript";
import type { CallState, Speaker, WireRecord } from "../src/types";
import { cue, final, partial, started } from "./build";

const LINES = 5_000; // three hours
const LINE_MS = 2_160;
const speakerOf = (line: number): Speaker => (line % 2 ? "customer" : "agent");
const said = (line: number) => final(speakerOf(line), Math.floor(line / 2) + 1, `line ${line}`, line * LINE_MS);
const long: CallState = { ...replay([started]), finals: Array.from({ length: LINES }, (_, line) => said(line)) };

/** How many blocks and lines are others than before: what a screen draws anew. */
function redrawn(before: readonly Lines[], after: readonly Lines[]): { blocks: number; lines: number } {
  const old = new Set(before.flat());
  return { blocks: after.filter((block, i) => block !== before[i]).length, lines: after.flat().filter((line) => !old.has(line)).length };
}

describe("a call of three hours", () => {
  const heard = (text: string): CallState => ({ ...long, partials: [partial("agent", LINES / 2 + 1, text, LINES * LINE_MS)] });

  test("draws one line of one block anew for a partial", () => {
    const blocksOf = growingLines();
    expect(redrawn(blocksOf(heard("so")), blocksOf(heard("so far")))).toEqual({ blocks: 1, lines: 1 });
  });

  test("draws one line of one block anew for a cue, wherever its line is", () => {
    const blocksOf = growingLines();
    expect(redrawn(blocksOf(long), blocksOf({ ...long, cues: [cue(said(LINES / 2))] }))).toEqual({ blocks: 1, lines: 1 });
  });

  test("makes no line for a record that changes none", () => {
    const blocksOf = growingLines();
    const muted: CallState = { ...long, muted: true, at_ms: long.at_ms + 1 };
    expect(redrawn(blocksOf(long), blocksOf(muted))).toEqual({ blocks: 0, lines: 0 });
  });

  test("is no more of a picture than there is room for", () => {
    expect(spans(long.finals, (LINES * LINE_MS) / 400).length).toBeLessThanOrEqual(800);
  });
});

describe("the lines of a call that goes on", () => {
  const record = fc.record({ speaker: fc.constantFrom<Speaker>("agent", "customer"), kind: fc.constantFrom("final", "partial", "cue", "cue_retracted"), start_ms: fc.nat(9_000) });

  test("are always all of its lines, in blocks", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 * BLOCK }), (given) => {
        const blocksOf = growingLines();
        let call = replay([started]);
        for (const next of recordsOf(given)) {
          call = apply(call, next);
          expect(blocksOf(call)).toEqual(inBlocks(lines(call)));
        }
      }),
      { numRuns: 20 },
    );
  });

  function recordsOf(given: { speaker: Speaker; kind: string; start_ms: number }[]): WireRecord[] {
    const heard = { agent: 1, customer: 1 };
    return given.map(({ speaker, kind, start_ms }, i) => {
      const envelope = { call_id: "c", seq: i + 2 };
      const utterance = kind === "final" ? heard[speaker]++ : heard[speaker];
      const spoken = final(speaker, utterance, "one two", start_ms);
      if (kind === "final") return { type: "final", ...envelope, ...spoken };
      if (kind === "partial") return { type: "partial", ...envelope, ...partial(speaker, utterance, "one", start_ms) };
      if (kind === "cue") return { type: "cue", ...envelope, ...cue(spoken, { cue_id: `c${i}` }).cue };
      return { type: "cue_retracted", ...envelope, at_ms: start_ms, cue_id: `c${i - 1}` };
    });
  }
});

test("stretches of speech that touch in the picture are one; sides and pauses stay", () => {
  const heard = [final("agent", 1, "one", 0), final("agent", 2, "two", 150), final("customer", 1, "yes", 160), final("agent", 3, "three", 900)];
  expect(spans(heard, 0)).toEqual([
    { speaker: "agent", start_ms: 0, end_ms: 330 },
    { speaker: "customer", start_ms: 160, end_ms: 340 },
    { speaker: "agent", start_ms: 900, end_ms: 1_080 },
  ]);
  expect(spans(heard, 900)).toEqual([
    { speaker: "agent", start_ms: 0, end_ms: 1_800 },
    { speaker: "customer", start_ms: 160, end_ms: 1_060 },
  ]);
});

test("a stored call of three hours has every cue with its line", () => {
  const records: WireRecord[] = [started];
  for (let line = 0; line < LINES; line++) {
    records.push({ type: "final", call_id: "c", seq: records.length + 1, ...said(line) });
    if (line % 10 === 0) records.push({ type: "cue", call_id: "c", seq: records.length + 1, ...cue(said(line), { cue_id: `c${line}` }).cue });
  }
  const { moments } = timeline(records);
  const marked = moments.filter((moment) => moment.notes.length > 0).map((moment) => moment.start_ms);
  expect(marked).toEqual(Array.from({ length: LINES / 10 }, (_, i) => i * 10 * LINE_MS));
});
