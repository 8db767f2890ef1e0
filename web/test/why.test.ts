import { describe, expect, test } from "vitest";
import { openCall } from "../src/live/store";
import { insight as en } from "../src/texts/insight.en";
import { insight as es } from "../src/texts/insight.es";
import { cueOf, latencyOf, markedIn, ruleAddress, sentenceOf, surenessOf } from "../src/ui/why";
import type { CallState } from "../src/types";
import { cue, final, started } from "./build";

const asked = final("customer", 1, "can I return it", 0);
const refused = final("agent", 1, "sorry we can't do that", 2_000);
const view = cue(refused, { kind: "refusal", rule: "refusal.inability", words: "we can't", start_ms: 2_200, end_ms: 2_580, at_ms: 3_000, playbook: "shop@3" });
const state: CallState = { ...openCall(started), finals: [asked, refused], cues: [view] };

describe("why something was noticed", () => {
  test("has the line, and what the other side had said before it", () => {
    expect(sentenceOf(state, view.cue)).toEqual({ text: "sorry we can't do that", before: "can I return it" });
    expect(sentenceOf({ ...state, finals: [] }, view.cue)).toEqual({ text: "", before: "" });
  });

  test("marks the words in the line, whatever their case, and nothing where they are not in it", () => {
    expect(markedIn("Sorry, We can't do that", "we can't")).toEqual(["Sorry, ", "We can't", " do that"]);
    expect(markedIn("sorry", "we can't")).toBeNull();
    expect(markedIn("sorry", "")).toBeNull();
  });

  test("says how surely its own words were heard, not the rest of the line", () => {
    const words = refused.words.map((word, i) => ({ ...word, confidence: i === 1 || i === 2 ? 0.5 : 1 }));
    expect(surenessOf({ ...state, finals: [{ ...refused, words }] }, view.cue)).toBe(0.5);
    expect(surenessOf({ ...state, finals: [] }, view.cue)).toBeNull();
  });

  test("is told in time of the words, and not at all without any", () => {
    expect(latencyOf(view.cue)).toBe(420);
    expect(latencyOf({ ...view.cue, words: "" })).toBeNull();
  });

  test("leads to the rule with the sentence to try", () => {
    const address = new URL(ruleAddress(state, view.cue) ?? "", "http://x");
    expect(address.pathname).toBe("/playbook/shop/cues/refusal");
    expect(Object.fromEntries(address.searchParams)).toEqual({ try: "sorry we can't do that", before: "can I return it", by: "agent", rule: "refusal.inability" });
  });

  test("leads to what must be said for what was not said, and nowhere for a silence", () => {
    const missing = { ...view.cue, kind: "missing", rule: "missing.notice", words: "" };
    expect(ruleAddress(state, missing)).toBe("/playbook/shop/disclosures/notice");
    expect(ruleAddress(state, { ...missing, kind: "silence" })).toBeNull();
  });

  test("is known by the id that cards and alerts have", () => {
    expect(cueOf(state, view.cue.cue_id)).toBe(view);
    expect(cueOf(state, "none")).toBeNull();
  });
});

test("what became of a summary on its way is said in both languages", () => {
  const sending = { by: "Kim", place: "crm.example.com", told: "HTTP 200 OK", done_at: "" };
  expect([en, es].map(({ summary }) => summary.sending({ ...sending, outcome: "arrived" }))).toEqual(["Arrived at crm.example.com (HTTP 200 OK), sent by Kim.", "Llegó a crm.example.com (HTTP 200 OK); lo envió Kim."]);
  expect(en.summary.sending({ ...sending, outcome: "unknown" })).toMatch(/not known/);
});
