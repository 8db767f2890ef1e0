import { render } from "svelte/server";
import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { openCall } from "../src/live/store";
import { currentCard, leavingNote } from "../src/screens/agent/card";
import LateNote from "../src/screens/agent/LateNote.svelte";
import Row from "../src/screens/supervisor/Row.svelte";
import BusyLine from "../src/ui/BusyLine.svelte";
import { busyText, lateAlert, lateNote, lateOf } from "../src/ui/lateness";
import type { CallState, PromptView } from "../src/types";
import { alert, prompt, row, started } from "./build";

afterEach(() => preferences.setLanguage("en"));

const call = (change: { [K in keyof CallState]?: CallState[K] }): CallState => ({ ...openCall(started), ...change });
const late = (id: string, change: { [K in keyof PromptView]?: PromptView[K] } = {}): PromptView => {
  const view = prompt(id, 50, 20_000);
  return { ...view, prompt: { ...view.prompt, late: true, why: { ...view.prompt.why, words: "we can’t do that", spoken_ms: 8_000 } }, ...change };
};
/** What is read, without markup. */
const plain = (html: string) => html.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();

describe("the notice that words arrive late", () => {
  const drawn = (text: string, tells = true) => render(BusyLine, { props: { text, testid: "lateness", tells } }).body;

  test("is seen with its number, and told to a screen reader without, so that a new number is not read again", () => {
    const [twelve, twenty] = [drawn("12 s"), drawn("20 s")];
    expect(plain(twelve)).toContain("12 s");
    const told = (html: string) => /role="status"[^>]*>([^<]*)/.exec(html)?.[1];
    expect(told(twelve)).toBe("Words arrive late: this machine is busy.");
    expect(told(twenty)).toBe(told(twelve));
  });

  test("is not there while words are in time, but the place where it will be told is", () => {
    expect(drawn("")).not.toContain("lateness\"");
    expect(drawn("")).toContain('role="status"');
    expect(drawn("", false)).not.toContain("role");
  });
});

test("a call that is taken without help says so, and nothing of how late its words come", () => {
  expect(busyText(call({ started: { ...started, without_help: true }, behind_ms: 600_000 }))).toMatch("Taken without help: this machine is full.");
  expect(busyText(call({ behind_ms: 12_000 }))).toContain("12 s late");
  expect(busyText(call({ started: { ...started, without_help: true }, status: "ended" }))).toBe("");
  expect(lateOf([row("c1", { behind_ms: 600_000, without_help: true })])).toBeNull();
});

describe("the wall", () => {
  test("says the worst of the live calls, and how many are late", () => {
    const ended = row("c4", { status: "ended", behind_ms: 60_000 });
    expect(lateOf([row("c1", { behind_ms: 12_000 }), row("c2", { behind_ms: 3_000 }), row("c3"), ended])).toEqual({ behind_ms: 12_000, late: 2, live: 3 });
    expect(lateOf([row("c1"), ended])).toBeNull();
  });

  test("marks a late call and a late alert in its row", () => {
    const view = alert("a1", "critical", 30_000);
    const alerts = [{ ...view, alert: { ...view.alert, late: true, why: { ...view.alert.why, latency_ms: 23_400 } } }];
    const props = { wide: true, density: "comfortable" as const, columns: [], id: "r", index: 1, height: 72, isSelected: false, isOpened: false, onOpen: () => {}, onHover: () => {} };
    const html = render(Row, { props: { ...props, row: row("c1", { behind_ms: 12_000, alerts, worst: "critical" }) } }).body;
    expect(plain(html)).toContain("12 s late");
    expect(plain(html)).toContain("told 23 s after the words");
    expect(plain(render(Row, { props: { ...props, row: row("c1") } }).body)).not.toContain("late");
  });
});

test("an alert that no words raised is late without a number", () => {
  const { alert: insult } = alert("a1", "critical", 30_000);
  expect(lateAlert({ ...insult, kind: "dead_end", late: true })).toBe("told late: the machine was busy");
});

describe("a card that came too late", () => {
  test("is no card, and leaves no word behind when it goes", () => {
    expect(currentCard(call({ prompts: [late("p1")] }))).toBeNull();
    expect(currentCard(call({ prompts: [prompt("p1", 10), late("p2")] }))?.prompt.prompt_id).toBe("p1");
    expect(leavingNote(call({ prompts: [late("p1", { outcome: "stale", closed_ms: 40_000 })], at_ms: 41_000 }))).toBeNull();
  });

  test("is the note as long as it stands, the newest one", () => {
    expect(lateNote(call({ prompts: [late("p1", { outcome: "superseded" }), late("p2"), prompt("p3", 10)] }))?.prompt.prompt_id).toBe("p2");
    expect(lateNote(call({ prompts: [late("p1")], status: "ended" }))).toBeNull();
    expect(lateNote(call({ prompts: [prompt("p1", 10)] }))).toBeNull();
  });

  test("says when it was, what was heard, and what could still be offered or said", () => {
    const drawn = (view: PromptView) => plain(render(LateNote, { props: { prompt: view.prompt, lang: "en", now_ms: 20_400 } }).body);
    const { prompt: offers } = late("p1");
    expect(drawn(late("p1"))).toBe("12 s ago: “we can’t do that”. You could still offer: A store credit");
    expect(drawn({ ...late("p1"), prompt: { ...offers, alternatives: [] } })).toBe("12 s ago: “we can’t do that”. You could still say: “What I can do is …”");
    preferences.setLanguage("es");
    expect(drawn(late("p1"))).toBe("Hace 12 s: «we can’t do that». Aún podría ofrecer: A store credit");
  });

  test("makes no sound and is no live region", () => {
    expect(render(LateNote, { props: { prompt: late("p1").prompt, lang: "en", now_ms: 20_400 } }).body).not.toMatch(/role=|aria-live/);
  });
});
