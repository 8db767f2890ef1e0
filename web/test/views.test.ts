import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { currentCard, faceOf, leavingNote } from "../src/screens/agent/card";
import { ago, clock, liveDuration } from "../src/format";
import { hits, segments, type Segment } from "../src/ui/marks";
import { replay } from "../src/live/store";
import { soundSpans } from "../src/ui/sounds";
import { agentShare, spoken } from "../src/ui/talk";
import { currentMoment, timeline } from "../src/screens/review/timeline";
import { growingLines, lines, soundsAtEnd } from "../src/ui/transcript";
import type { CallState, LineSoundChanged, Speaker, WireRecord } from "../src/types";
import { EVERY_ROW } from "../src/screens/supervisor/wallfilter";
import { arrange, leadingAlert, newestLive } from "../src/screens/supervisor/wallview";
import { alert, cue, final, partial, prompt, row, started } from "./build";

const call = (change: { [K in keyof CallState]?: CallState[K] }): CallState => ({ ...replay([started]), ...change });

describe("cue words in a line", () => {
  const spoken = final("agent", 1, "I'm sorry, but our policy doesn't allow returns.");

  test("stand where their times are, with the text's own punctuation", () => {
    const view = cue(spoken, { start_ms: 600, end_ms: 1380, words: "our policy doesnt allow" });
    const marked = segments(spoken, [view]).filter((piece) => piece.cue);
    expect(marked.map((piece) => piece.text)).toEqual(["our policy doesn't allow"]);
  });

  test("are found by spelling when no word has their time", () => {
    const view = cue(spoken, { start_ms: 90_000, end_ms: 91_000, words: "POLICY" });
    expect(segments(spoken, [view]).find((piece) => piece.cue)?.text).toBe("policy");
  });

  test("of a retracted cue are not marked", () => {
    expect(segments(spoken, [{ ...cue(spoken), status: "retracted" }]).map(({ text, cue }) => ({ text, cue }))).toEqual([{ text: spoken.text, cue: null }]);
  });

  test("never change the text, whatever the cues", () => {
    const times = fc.record({ start_ms: fc.nat(2_000), length: fc.nat(2_000), words: fc.string() });
    fc.assert(
      fc.property(fc.string(), fc.array(times, { maxLength: 4 }), (text, given) => {
        const line = { ...spoken, text };
        const cues = given.map(({ start_ms, length, words }) => cue(line, { start_ms, end_ms: start_ms + length, words }));
        const pieces = segments(line, cues);
        expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        expect(pieces.flatMap(({ parts }) => parts.map((part) => part.text)).join("")).toBe(text);
      }),
    );
  });
});

describe("unsure words in a line", () => {
  const heard = (text: string, sure: readonly number[]) => {
    const line = final("customer", 1, text);
    return { ...line, words: line.words.map((word, i) => ({ ...word, confidence: sure[i] ?? 1 })) };
  };
  const unsure = (pieces: Segment[]) => pieces.flatMap(({ parts }) => parts.filter(({ sure }) => sure !== null));

  test("are those that are as likely wrong as right, without the punctuation", () => {
    const line = heard("I will calculate, your candidates.", [0.9, 0.6, 0.42, 0.5, 0.3]);
    expect(unsure(segments(line, []))).toEqual([{ text: "calculate", sure: 0.42 }, { text: "candidates", sure: 0.3 }]);
  });

  test("are marked within a cue's words too", () => {
    const line = heard("our policy doesn't allow returns", [1, 0.2, 1, 1, 0.4]);
    const pieces = segments(line, [cue(line, { words: "policy doesnt allow", start_ms: 200, end_ms: 780 })]);
    expect(pieces.map(({ text }) => text)).toEqual(["our ", "policy doesn't allow", " returns"]);
    expect(pieces[1]?.parts).toEqual([{ text: "policy", sure: 0.2 }, { text: " doesn't allow", sure: null }]);
  });
});

describe("what sounds on a line besides talk", () => {
  const change = (speaker: Speaker, sound: LineSoundChanged["sound"], since_ms: number): LineSoundChanged => ({ at_ms: since_ms + 1_000, speaker, sound, since_ms });
  const hold = [change("customer", "music", 4_000), change("customer", "none", 46_000)];

  test("is a span from its start to its end, or to the end of the call", () => {
    expect(soundSpans(hold, null)).toEqual([{ speaker: "customer", sound: "music", start_ms: 4_000, end_ms: 46_000, count: 1 }]);
    expect(soundSpans(hold.slice(0, 1), null)[0]?.end_ms).toBeNull();
    expect(soundSpans(hold.slice(0, 1), 9_000)[0]?.end_ms).toBe(9_000);
  });

  test("is one span where it pauses briefly, as rings and keys do", () => {
    const keys = [1_000, 1_500, 2_000].flatMap((at) => [change("agent", "dtmf", at), change("agent", "none", at + 100)]);
    const spans = soundSpans([...keys, change("agent", "beep", 2_500), change("agent", "none", 3_000)], null);
    expect(spans.map(({ sound, count, end_ms }) => [sound, count, end_ms])).toEqual([["dtmf", 3, 2_100], ["beep", 1, 3_000]]);
  });

  test("is nobody's talk, on its own leg, while people wait", () => {
    const heard = [final("customer", 1, "one two", 10_000), final("agent", 1, "one two", 10_000)];
    expect(spoken(heard, soundSpans(hold, null))).toEqual({ agent: 380, customer: 0 });
    expect(spoken(heard, soundSpans([change("agent", "dtmf", 9_000)], null))).toEqual({ agent: 380, customer: 380 });
  });

  test("stands before the next line once it is over, and at the end before that", () => {
    const grow = growingLines();
    const before = call({ finals: [final("agent", 1, "one moment", 2_000)], line_sounds: hold });
    const blocks = grow(before);
    expect(blocks[0]?.map(({ soundsBefore }) => soundsBefore.length)).toEqual([0]);
    expect(soundsAtEnd(before, blocks).map(({ sound }) => sound)).toEqual(["music"]);
    const after = { ...before, finals: [...before.finals, final("agent", 2, "thank you", 47_000)] };
    const later = grow(after);
    expect(later[0]?.map(({ soundsBefore }) => soundsBefore.length)).toEqual([0, 1]);
    expect(later[0]?.[0]).toBe(blocks[0]?.[0]);
    expect(soundsAtEnd(after, later)).toEqual([]);
    expect(grow({ ...after, at_ms: after.at_ms + 1 })[0]).toBe(later[0]);
  });

  test("is a note in review, with echoes, merged legs, doubts of the language and pauses of the recording, and who listened in", () => {
    const stream = JSON.parse(readFileSync(new URL("../../tests/contract/golden/line_changes.json", import.meta.url), "utf8")) as { records: WireRecord[] };
    const notes = timeline(stream.records).moments.flatMap((moment) => moment.notes.map(({ type }) => type));
    expect(notes.filter((type) => type === "sound")).toHaveLength(3);
    expect([...new Set(notes)].sort()).toEqual(["crosstalk", "cue", "doubt", "listening", "merge", "pause", "sound"]);
  });

  test("a false alarm is told at its cue, its card and its alert, until it is taken back", () => {
    const stream = JSON.parse(readFileSync(new URL("../../tests/contract/golden/abuse_ladder.json", import.meta.url), "utf8")) as { records: WireRecord[] };
    const notes = timeline(stream.records).moments.flatMap((moment) => moment.notes);
    const marked = notes.map((note) => (note.type === "cue" ? note.view.false_alarm_by : "falseAlarmBy" in note ? note.falseAlarmBy : ""));
    expect(notes.filter((_, i) => marked[i] === "Sam Rivera").map(({ type }) => type).sort()).toEqual(["alert", "card", "cue"]);
  });
});

test("a snippet's hits stand between its two marks", () => {
  expect(hits("for a \u0002refund\u0003 today")).toEqual([
    { text: "for a ", hit: false },
    { text: "refund", hit: true },
    { text: " today", hit: false },
  ]);
});

test("lines come in the order they were spoken, and say when the speaker changes", () => {
  const finals = [final("customer", 1, "second", 2_000), final("agent", 1, "first", 1_000), final("agent", 2, "third", 3_000)];
  const said = lines(call({ finals }));
  expect(said.map((line) => line.utterance.text)).toEqual(["first", "second", "third"]);
  expect(said.map((line) => line.startsTurn)).toEqual([true, true, true]);
});

test("a new partial makes one new line; those before it stay the same objects", () => {
  const finals = [final("agent", 1, "first", 1_000), final("customer", 1, "second", 2_000)];
  const heard = (text: string) => partial("agent", 2, text, 3_000);
  const before = lines(call({ finals, partials: [heard("thi")] }));
  const after = lines(call({ finals, partials: [heard("third")] }));
  expect([after[0] === before[0], after[1] === before[1], after[2] === before[2]]).toEqual([true, true, false]);
  expect(after.map((line) => line.isFinal)).toEqual([true, true, false]);
});

test("the agent's share of the talk is unknown while nobody has spoken", () => {
  expect(agentShare(spoken([]))).toBeNull();
  expect(agentShare(spoken([final("agent", 1, "one two")]), spoken([final("customer", 1, "one two", 900)]))).toBe(0.5);
});

describe("the card", () => {
  test("is the most urgent open one, and the newest among equals", () => {
    const prompts = [prompt("p1", 10), prompt("p2", 50), prompt("p3", 50)];
    expect(currentCard(call({ prompts }))?.prompt.prompt_id).toBe("p3");
  });

  test("leaves with the call", () => {
    expect(currentCard(call({ prompts: [prompt("p1", 10)], status: "ended" }))).toBeNull();
  });

  test("has the same face when it comes anew for a newer refusal, so that nothing moves", () => {
    const [first, anew] = [prompt("p1", 10).prompt, prompt("p2", 10, 20_000).prompt];
    expect(faceOf(anew)).toBe(faceOf(first));
    expect(faceOf({ ...anew, say: "Something else" })).not.toBe(faceOf(first));
  });

  test("leaves a note that names the offer, until it is old", () => {
    const used = { ...prompt("p1", 10), outcome: "used" as const, closed_ms: 5_000, alternative: "credit" };
    const note = leavingNote(call({ prompts: [used], at_ms: 6_000 }));
    expect(note).toEqual({ text: "“{headline}” used: {offer}.", words: { headline: "Say what you can do", offer: "A store credit" } });
    expect(leavingNote(call({ prompts: [used], at_ms: 60_000 }))).toBeNull();
    expect(leavingNote(call({}))).toBeNull();
  });
});

describe("the wall", () => {
  const urgency = { sort: "urgency", filter: EVERY_ROW, text: "" } as const;
  const critical = row("critical", { alerts: [alert("a1", "critical", 9_000)], worst: "critical" });
  const older = row("older", { alerts: [alert("a1", "warning", 1_000)], worst: "warning" });
  const newer = row("newer", { alerts: [alert("a1", "warning", 5_000)], worst: "warning" });
  const seen = row("seen", { alerts: [alert("a1", "warning", 500, "acknowledged")], worst: "warning" });
  const calm = row("calm", { started_at: "2026-11-21T08:00:00+00:00" });

  test("puts unresolved alerts first: the heaviest, then open before acknowledged, then the oldest", () => {
    const order = arrange([calm, seen, newer, older, critical], urgency).map((one) => one.call_id);
    expect(order).toEqual(["critical", "older", "newer", "seen", "calm"]);
  });

  test("shows only the unresolved, or only what matches the words", () => {
    expect(arrange([calm, newer], { ...urgency, filter: { ...EVERY_ROW, alerts: true } })).toEqual([newer]);
    expect(arrange([calm, newer], { ...urgency, text: "IDIOT" })).toEqual([newer]);
    expect(arrange([calm, newer], { ...urgency, text: "martin" })).toHaveLength(2);
  });

  test("leads with the heaviest unresolved alert of a call", () => {
    const alerts = [alert("a1", "critical", 1, "resolved"), alert("a2", "info", 2), alert("a3", "warning", 3)];
    expect(leadingAlert(row("r", { alerts }))?.alert.alert_id).toBe("a3");
    expect(leadingAlert(row("r", { alerts: alerts.slice(0, 1) }))).toBeNull();
  });

  test("calls are ordered by the moment they began, not by how its zone is written", () => {
    const early = row("early", { started_at: "2026-11-21T11:00:00+05:00" });
    const late = row("late", { started_at: "2026-11-21T07:00:00+00:00" });
    expect(newestLive([early, late])?.call_id).toBe("late");
    expect(arrange([late, early], { ...urgency, sort: "longest" }).map((one) => one.call_id)).toEqual(["early", "late"]);
  });

  test("the agent screen follows the newest live call", () => {
    expect(newestLive([calm, newer, row("over", { status: "ended", started_at: "2027-01-01T00:00:00+00:00" })])?.call_id).toBe("newer");
    expect(newestLive([row("over", { status: "ended" })])).toBeNull();
  });
});

describe("the timeline", () => {
  const envelope = (seq: number) => ({ call_id: "c", seq });
  const asked = final("customer", 1, "I want to return it", 1_000);
  const refused = final("agent", 1, "our policy does not allow that", 4_000);
  const records: WireRecord[] = [
    started,
    { type: "final", ...envelope(2), ...asked },
    { type: "cue", ...envelope(3), ...cue(refused).cue },
    { type: "final", ...envelope(4), ...refused },
    { type: "prompt", ...envelope(5), ...prompt("p1", 1, 5_500).prompt },
    { type: "refusal_closed", ...envelope(6), at_ms: 9_000, cue_id: "c1", outcome: "recovered", words: "a store credit" },
    { type: "agent_fine", ...envelope(7), at_ms: 500, fine: true, rose: false },
  ];

  test("puts every note with the line that it came from", () => {
    const { moments } = timeline(records);
    expect(moments.map((moment) => moment.notes.map((note) => note.type))).toEqual([["fine"], [], ["cue", "card"]]);
    expect(moments[2]?.notes[0]).toMatchObject({ offered: "a store credit" });
  });

  test("knows the line that is being spoken", () => {
    const { moments } = timeline(records);
    expect(currentMoment(moments, 500)).toBe(-1);
    expect(currentMoment(moments, 2_000)).toBe(1);
    expect(currentMoment(moments, 99_000)).toBe(2);
  });
});

test("times read as people read them", () => {
  expect([clock(0), clock(83_000), clock(3_723_000)]).toEqual(["0:00", "1:23", "1:02:03"]);
  expect([ago(8_200), ago(185_000), ago(7_300_000)].join()).toMatch(/^8 ?s ago,3 ?m(in)? ago,2 ?h ago$/); // as the browser has it
});

test("a live call lasts by the clock, unless the clock is plainly wrong", () => {
  const start = Date.parse("2026-11-21T09:30:00Z");
  expect(liveDuration(10_000, "2026-11-21T09:30:00Z", start + 12_000)).toBe(12_000);
  expect(liveDuration(10_000, "2026-11-21T09:30:00Z", start + 3_600_000)).toBe(10_000);
  expect(liveDuration(10_000, "2026-11-21T09:30:00Z", start - 5_000)).toBe(10_000);
});
