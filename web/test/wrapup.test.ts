import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { apply, openCall } from "../src/live/store";
import { timeline } from "../src/screens/review/timeline";
import { asText, promisesOf, refusalsOf } from "../src/screens/agent/wrapup";
import type { CallState, Cue, CueView, DisclosureChanged } from "../src/types";
import { disclosureSays, disclosuresOf, leftOf } from "../src/ui/disclosures";
import { readFileSync } from "node:fs";
import { cue, final, prompt } from "./build";

const golden = JSON.parse(readFileSync("../tests/contract/golden/wrap_up.json", "utf8"));
const [first, ...rest] = golden.records;
const whole = (): CallState => rest.reduce(apply, openCall(first));
const withCues = (...cues: CueView[]): CallState => ({ ...whole(), cues });

const said = (words: string, start_ms: number, end_ms: number, change: { [K in keyof Cue]?: Cue[K] } = {}) =>
  cue(final("agent", 1, words, start_ms), { end_ms, ...change });

afterEach(() => preferences.setLanguage("en"));

describe("what is left of a call", () => {
  test("are refusals with what was offered and how they ended", () => {
    const recovered = { ...said("our policy", 0, 900), outcome: "recovered" as const, offered: "a store credit" };
    const used = { ...said("we can't", 0, 900, { cue_id: "c2" }), outcome: "dead_end" as const };
    const card = prompt("p1", 50);
    const view = { ...card, outcome: "used" as const, alternative: "credit", prompt: { ...card.prompt, why: { ...card.prompt.why, cue_id: "c2" } } };
    expect(refusalsOf({ ...withCues(recovered, used), prompts: [view] })).toEqual([
      { words: "our policy", offered: "a store credit", outcome: "recovered" },
      { words: "we can't", offered: "A store credit", outcome: "dead_end" },
    ]);
  });

  test("tell an offer as it was said, from the words that made it one to the end of their line", () => {
    const refused = { ...said("our policy", 0, 900), outcome: "recovered" as const, offered: "what I can do" };
    const offer = said("what I can do", 2_000, 3_000, { cue_id: "c2", kind: "alternative", utterance: 2 });
    const finals = [final("agent", 2, "I see. What I can do is give you a credit.", 1_000)];
    expect(refusalsOf({ ...withCues(refused, offer), finals })[0]?.offered).toBe("What I can do is give you a credit.");
  });

  test("leave out what was withdrawn, called a false alarm, or only coloured", () => {
    const all = [{ status: "retracted" as const }, { false_alarm_by: "Sue" }].map((change) => ({ ...said("no", 0, 900), ...change }));
    expect(refusalsOf(withCues(...all, said("no", 0, 900, { reach: "colour" })))).toEqual([]);
  });

  test("are promises with a time, and those that a cue found", () => {
    const vague = said("someone will call", 50_000, 51_000, { kind: "vague_commitment" });
    const same = said("I will call you", 40_000, 40_900, { kind: "vague_commitment" });
    expect(promisesOf(withCues(vague, same)).map(({ words, when, kind }) => [words, when, kind])).toEqual([
      ["I will call you back by Friday", "by Friday", "dated"],
      ["someone will call", "", "vague_commitment"],
    ]);
  });

  test("are disclosures, without those that need not be said after all", () => {
    expect(disclosuresOf(whole()).map((one) => [one.title, disclosureSays(one, null)])).toEqual([
      ["Total price", "not said by 0:39"],
      ["Notice of recording", "said at 0:20"],
      ["Terms", "said at 0:55"],
    ]);
  });
});

test("a disclosure that is due tells the time that is left, and one said after its time that it was late", () => {
  const due: DisclosureChanged = { at_ms: 0, disclosure: "d", title: "Terms", speaker: "agent", state: "due", due_ms: 60_000 };
  const live: CallState = { ...whole(), status: "live" };
  const left_ms = leftOf(live, due, 40_000);
  expect([left_ms, disclosureSays(due, left_ms)]).toEqual([20_000, "0:20 left"]);
  expect([leftOf(live, due, 70_000), leftOf(whole(), due, 40_000)]).toEqual([0, null]);
  expect(disclosureSays({ ...due, state: "said", at_ms: 65_000 }, null)).toBe("said too late, at 1:05");
});

test("the text for a CRM has names and words, and no id of anything", () => {
  const text = asText(withCues({ ...said("our policy", 0, 900), outcome: "dead_end" }));
  for (const part of ["Martin Webb (Standard)", "Anna Reed", "“our policy”, no offer followed", "“I will call you back by Friday”", "Total price: not said by 0:39", "Sam Rivera: Done."]) {
    expect(text).toContain(part);
  }
  expect(text).not.toMatch(/call-wrap-up|customer-1001|agent-anna|total_price|retail@|\bc1\b|undefined|\{/);
  preferences.setLanguage("es");
  expect(asText(whole())).toContain("«I will call you back by Friday»");
});

test("the review page marks what was said or missed, promises and notes, and not what became due", () => {
  const notes = timeline(golden.records).moments.flatMap((moment) => moment.notes);
  expect(notes.map((note) => (note.type === "disclosure" ? `${note.change.state}: ${note.change.title}` : note.type))).toEqual([
    ...["said: Notice of recording", "missed: Total price", "missed: Terms", "promise", "written", "said: Terms", "written"],
  ]);
});
