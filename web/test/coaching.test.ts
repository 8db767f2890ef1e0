import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Outbox } from "../src/live/outbox.svelte";
import { replay } from "../src/live/store";
import { answerable, helpOf, idOf, leavesAfter, onLine, seenBefore } from "../src/screens/agent/coaching";
import { asText } from "../src/screens/agent/wrapup";
import { timeline } from "../src/screens/review/timeline";
import { chosenBy, matchingSnippets, messageOf, unsentOf } from "../src/screens/supervisor/coaching";
import type { Action, AlertView, CallState, CoachingView, WireRecord } from "../src/types";
import { answerOf, stepsOf } from "../src/ui/coaching";
import { alert, started } from "./build";

const golden = JSON.parse(readFileSync("../tests/contract/golden/coaching.json", "utf8")) as { records: WireRecord[] };
const whole = (until = golden.records.length - 1): CallState => replay(golden.records.slice(0, until)); // without its deletion

const message = (coaching_id: string, change: Partial<CoachingView> = {}): CoachingView => ({
  sent: { at_ms: 0, coaching_id, by: "Sue", text: `text of ${coaching_id}`, snippet: "", done_at: "2026-11-21T09:30:00Z" },
  delivered_at: "",
  seen_at: "",
  answer: null,
  answer_text: "",
  answered_at: "",
  ...change,
});
const seen = { seen_at: "2026-11-21T09:30:02Z" };

describe("the agent's one line", () => {
  test("shows the oldest message that has not left it, so that none is overtaken", () => {
    const all = [message("m1", seen), message("m2"), message("m3")];
    expect(onLine(all, seenBefore(all))?.sent.coaching_id).toBe("m2");
    expect(onLine(all, new Set(["m1", "m2", "m3"]))).toBeNull();
  });

  test("keeps what was not seen, and lets go sooner of what was answered or holds others up", () => {
    expect(leavesAfter(message("m1"), true)).toBeNull();
    const [answered, hurried, alone] = [leavesAfter(message("m1", { ...seen, answer: "thumbs_up" }), false), leavesAfter(message("m1", seen), true), leavesAfter(message("m1", seen), false)];
    expect([answered, hurried, alone].every((ms, i, all) => ms !== null && (i === 0 || ms > (all[i - 1] ?? 0)))).toBe(true);
  });

  test("an answer in words is for what is on it, else for the newest without an answer", () => {
    const call = { ...whole(), coaching: [message("m1"), message("m2"), message("m3", { answer: "text" })] };
    expect([answerable(call, call.coaching[0] ?? null), answerable(call, null)].map((view) => view && idOf(view))).toEqual(["m1", "m2"]);
    expect(answerable({ ...call, coaching: [] }, null)).toBeNull();
  });
});

describe("a call for help", () => {
  const asked = Date.parse(started.started_at) + 5_000;
  const help = (change: Partial<AlertView> = {}): CallState => {
    const view = alert("a1", "critical", 5_000);
    const told = { ...view.alert, kind: "help" };
    return { ...replay([started]), alerts: [{ ...view, alert: told, happened: [told], ...change }] };
  };

  test("says that somebody was told, and after a minute that nobody has answered", () => {
    expect(helpOf(help(), asked + 59_000)).toEqual({ kind: "told", at: asked });
    expect(helpOf(help(), asked + 130_000)).toEqual({ kind: "unheard", minutes: 2 });
    expect(helpOf(replay([started]), asked)).toBeNull();
  });

  test("says who is coming, also when it was handed over, and who has helped, for a while", () => {
    expect(helpOf(help({ state: "acknowledged", by: "Sue", owner: "Sue" }), asked)).toEqual({ kind: "coming", who: "Sue" });
    expect(helpOf(help({ state: "acknowledged", by: "Sue", owner: "Sam" }), asked)).toEqual({ kind: "coming", who: "Sam" });
    const done = { state: "resolved" as const, by: "Sue", owner: "Sue", changed_at: new Date(asked + 60_000).toISOString() };
    expect(helpOf(help({ ...done, reason: "helped" }), asked + 61_000)).toEqual({ kind: "done", who: "Sue", helped: true });
    expect(helpOf(help({ ...done, reason: "false_alarm" }), asked + 61_000)).toEqual({ kind: "done", who: "Sue", helped: false });
    expect(helpOf(help(done), asked + 90_000)).toBeNull();
    expect(helpOf(help({ ...done, by: "Anna" }), asked + 61_000)).toBeNull(); // "I'm fine"
  });
});

describe("the supervisor's box", () => {
  const snippets = [
    { id: "ask_goal", text: "Ask what they want to achieve." },
    { id: "slow_down", text: "Slow down, and let them finish." },
    { id: "mas_despacio", text: "Hable más despacio." },
  ];

  test("offers what has the beginnings of the typed words, without accents, by text or id", () => {
    const found = (typed: string) => matchingSnippets(snippets, typed).map(({ id }) => id);
    expect([found(""), found("goal"), found("sl fin"), found("mas desp"), found("zzz")]).toEqual([["ask_goal", "slow_down", "mas_despacio"], ["ask_goal"], ["slow_down"], ["mas_despacio"], []]);
    expect(found("Slow down, and let them finish.")).toEqual([]); // it stands there already
  });

  test("takes Alt and a digit by its place, whatever the keyboard writes with it", () => {
    const press = (code: string, change = {}) => chosenBy({ altKey: true, ctrlKey: false, metaKey: false, code, ...change });
    expect([press("Digit1"), press("Numpad9"), press("Digit0"), press("KeyA"), press("Digit1", { altKey: false }), press("Digit1", { ctrlKey: true })]).toEqual([0, 8, null, null, null, null]);
  });

  test("sends a snippet by its id and own words as they are, each with an id of its own", () => {
    const [one, two] = [messageOf("Ask what they want to achieve.", snippets), messageOf("hm", snippets)];
    expect([one.snippet, one.text, two.snippet, two.text]).toEqual(["ask_goal", "", "", "hm"]);
    expect(one.coaching_id).not.toBe(two.coaching_id);
    expect(one.coaching_id.length).toBeLessThanOrEqual(64);
  });

  test("shows what waits until the call's own record tells of it", () => {
    const action = messageOf("Ask what they want to achieve.", snippets);
    const waiting = [{ action, tries: 1 }];
    expect(unsentOf(waiting, [], snippets).map(({ text }) => text)).toEqual(["Ask what they want to achieve."]);
    expect(unsentOf(waiting, [message(action.coaching_id)], snippets)).toEqual([]);
  });
});

describe("messages afterwards", () => {
  test("have their steps with times, and their answer", () => {
    const [first, second] = whole().coaching;
    expect(first && stepsOf(first).map((step) => step.split(" ")[0])).toEqual(["sent", "delivered", "seen", "answered"]);
    expect([first, second].map((view) => view && answerOf(view))).toEqual(["Good, thanks", "They will not take it."]);
  });

  test("stand on the timeline where they were sent, without what was taken back", () => {
    const notes = timeline(golden.records.slice(0, -1)).moments.flatMap((moment) => moment.notes);
    expect(notes.filter((note) => note.type === "coaching").map((note) => note.at_ms)).toEqual([4_000, 6_000, 24_000]);
  });

  test("are in the text for a CRM only if that is wanted", () => {
    expect(asText(whole())).not.toContain("store credit");
    expect(asText(whole(), true)).toContain("- Kim Ortiz: Offer the store credit. (They will not take it.)");
  });

  test("lose their words with the transcript", () => {
    const words = replay(golden.records).coaching.map((view) => view.sent.text + view.answer_text);
    expect(words).toEqual(["", "", ""]);
  });
});

describe("what is on its way to the server", () => {
  const mute = (muted: boolean): Action => ({ type: "set_mute", muted });
  const answers: (() => Promise<Response>)[] = [];
  const sent: unknown[] = [];
  const refused: unknown[] = [];
  let online = () => {};

  beforeEach(() => {
    vi.useFakeTimers();
    answers.length = sent.length = refused.length = 0;
    vi.stubGlobal("addEventListener", (_: string, run: () => void) => (online = run));
    vi.stubGlobal("removeEventListener", () => {});
    vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
      sent.push((JSON.parse(body) as { muted: boolean }).muted);
      return (answers.shift() ?? ok)();
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const ok = () => Promise.resolve(new Response("{}", { status: 202 }));
  const away = () => Promise.reject(new TypeError("Failed to fetch"));
  const status = (code: number) => () => Promise.resolve(new Response(JSON.stringify({ code: "x", message: "x" }), { status: code }));
  const box = () => new Outbox("c", (action, error) => refused.push([action, error]));

  test("goes one after the other, and again while the line is away, in order", async () => {
    answers.push(away, away, ok, ok);
    const outbox = box();
    outbox.send(mute(true));
    outbox.send(mute(false));
    await vi.advanceTimersByTimeAsync(0);
    expect([sent, outbox.waiting.length, outbox.waiting[0]?.tries]).toEqual([[true], 2, 1]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent, outbox.waiting.length, refused]).toEqual([[true, true, true, false], 0, []]);
  });

  test("goes at once when the network is back", async () => {
    answers.push(away);
    const outbox = box();
    outbox.send(mute(true));
    await vi.advanceTimersByTimeAsync(0);
    online();
    await vi.advanceTimersByTimeAsync(0);
    expect([sent, outbox.waiting.length]).toEqual([[true, true], 0]);
  });

  test("waits for a server that stops or is full, and is told what it refuses", async () => {
    answers.push(status(503), status(429), status(409), ok);
    const outbox = box();
    outbox.send(mute(true));
    outbox.send(mute(false));
    await vi.advanceTimersByTimeAsync(20_000);
    expect([sent, refused.length, outbox.waiting.length]).toEqual([[true, true, true, false], 1, 0]);
  });

  test("has a bound, and what is over it is not taken", async () => {
    answers.push(away);
    const outbox = box();
    const taken = Array.from({ length: 31 }, () => outbox.send(mute(true)));
    expect([taken.filter(Boolean).length, taken.at(-1)]).toEqual([30, false]);
    outbox.close();
    await vi.advanceTimersByTimeAsync(0);
  });

  test("what waits is sent also when its screen has gone, and what was discarded is not", async () => {
    answers.push(away, away, away);
    const outbox = box();
    const [kept, dropped] = [mute(true), mute(false)];
    outbox.send(kept);
    outbox.send(dropped);
    await vi.advanceTimersByTimeAsync(0);
    outbox.drop(dropped);
    outbox.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent, outbox.waiting.length, vi.getTimerCount()]).toEqual([[true, true, true, true], 0, 0]);
  });
});
