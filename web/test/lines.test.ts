import { render } from "svelte/server";
import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { apply, openCall } from "../src/live/store";
import { timeline } from "../src/screens/review/timeline";
import Row from "../src/screens/supervisor/Row.svelte";
import LineFacts from "../src/ui/LineFacts.svelte";
import LostLines from "../src/ui/LostLines.svelte";
import { lostSpans } from "../src/ui/lines";
import type { CallState, LineChanged, WireRecord } from "../src/types";
import { row, started } from "./build";

afterEach(() => preferences.setLanguage("en"));

const lost: LineChanged = { at_ms: 30_000, speaker: "customer", state: "lost", until_ms: 50_000 };
const record = (seq: number, change: LineChanged): WireRecord => ({ type: "line_changed", call_id: "c", seq, ...change });
const after = (...changes: LineChanged[]): CallState => changes.map((change, i) => record(i + 2, change)).reduce(apply, openCall(started));
const drawn = (call: CallState, tells = true) => render(LostLines, { props: { call, testid: "line", tells } }).body;
/** What is read, without markup. */
const plain = (html: string) => html.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();
const told = (html: string) => /role="status"[^>]*>([^<]*)/.exec(html)?.[1];

describe("the notice of a lost line", () => {
  test("says whose it is, for how long, and up to when the call waits", () => {
    const call = after(lost);
    expect(plain(drawn({ ...call, at_ms: 42_000 }))).toContain("Line lost: the customer, 0:12. The call waits until 0:50.");
    preferences.setLanguage("es");
    expect(plain(drawn({ ...call, at_ms: 42_000 }))).toContain("Línea perdida: cliente, 0:12. La llamada espera hasta 0:50.");
  });

  test("tells a screen reader once, not at every second", () => {
    const call = after(lost);
    expect(told(drawn(call))).toBe("The line of the customer is lost: the call waits for it.");
    expect(told(drawn({ ...call, at_ms: 42_000 }))).toBe(told(drawn(call)));
    expect(drawn(call, false)).not.toContain("role");
  });

  test("says that a line is quiet for long and when that ends the call, and that one is gone", () => {
    const quiet: LineChanged = { at_ms: 7_140_000, speaker: "agent", state: "quiet", until_ms: 7_200_000 };
    expect(plain(drawn(after(quiet)))).toContain("Nothing has come from the agent’s line for long. If nothing comes, it ends at 2:00:00.");
    expect(plain(drawn(after(lost, { ...lost, at_ms: 50_000, state: "gone", until_ms: null })))).toContain("is gone: the call goes on without it.");
  });

  test("says that a side is on hold, and that nothing ends by it", () => {
    const held: LineChanged = { ...lost, state: "held", until_ms: null };
    expect(plain(drawn(after(held)))).toContain("The line of the customer is on hold.");
    expect(lostSpans(after(held))).toEqual([]);
  });

  test("is not there when the line is back, or the call over", () => {
    const back = after(lost, { ...lost, at_ms: 35_000, state: "back", until_ms: null });
    const over = apply(after(lost), { type: "call_ended", call_id: "c", seq: 9, at_ms: 50_000, reason: "vanished" });
    for (const call of [back, over]) expect(drawn(call)).not.toContain('data-testid="line"');
  });
});

test("the wall marks a row whose line is lost", () => {
  const props = { wide: true, density: "comfortable" as const, columns: [], id: "r", index: 1, height: 72, isSelected: false, isOpened: false, onOpen: () => {}, onHover: () => {} };
  const html = render(Row, { props: { ...props, row: row("c1", { lines: [lost] }) } }).body;
  expect(plain(html)).toContain("line lost");
  expect(plain(html)).toContain("The line of the customer is lost");
});

test("the review tells when a line was lost and back, and the timeline draws the stretch", () => {
  const back: LineChanged = { ...lost, at_ms: 37_000, state: "back", until_ms: null };
  const gap = { at_ms: 30_000, speaker: "customer" as const, duration_ms: 7_000, cause: "line_lost" as const, within_ms: 0 };
  const records: WireRecord[] = [started, record(2, lost), record(3, back), { type: "audio_gap", call_id: "c", seq: 4, ...gap }];
  const { state, moments } = timeline(records);
  expect(moments.flatMap((moment) => moment.notes.map((note) => note.type)).sort()).toEqual(["gap", "line", "line"]);
  expect(lostSpans(state)).toEqual([{ speaker: "customer", start_ms: 30_000, end_ms: 37_000 }]);
  expect(lostSpans(after(lost))).toEqual([{ speaker: "customer", start_ms: 30_000, end_ms: 30_000 }]);
});

test("what nobody hears is missing is no moment of the call, and a rate that was found to be wrong is one", () => {
  const gap = { type: "audio_gap", call_id: "c", at_ms: 0, speaker: "customer", within_ms: 0 } as const;
  const records: WireRecord[] = [
    started,
    { ...gap, seq: 2, duration_ms: 20, cause: "silent" },
    { ...gap, seq: 3, duration_ms: 0, cause: "rate_changed" },
    { ...gap, seq: 4, duration_ms: 50, cause: "silent" },
  ];
  const { moments } = timeline(records);
  const told = moments.flatMap((moment) => moment.notes).map((note) => note.type === "gap" && note.gap.duration_ms);
  expect(told).toEqual([0, 50]);
});

test("what is doubted about the audio stands with the line and, with what to do, on the timeline", () => {
  const doubt = { at_ms: 12_000, speaker: "agent" as const, code: "clipping" as const, message: "lower the level" };
  const records: WireRecord[] = [started, { type: "audio_doubted", call_id: "c", seq: 2, ...doubt }];
  const { state, moments } = timeline(records);
  expect(moments.flatMap((moment) => moment.notes.map((note) => note.type))).toEqual(["audio"]);
  expect(plain(render(LineFacts, { props: { call: state } }).body)).toBe("Agent: loud words are cut off");
});
