import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import { segments } from "../src/ui/marks";
import { disclosureTerms, offerConditions, tiersIn } from "../src/screens/playbook/draft/conditions";
import { listDiff, said, wordDiff } from "../src/screens/playbook/draft/diff";
import { differences, examplesNaming, expectations, expectsSomething, linesOf, nextSpeaker } from "../src/screens/playbook/draft/examples";
import { itemsOf } from "../src/screens/playbook/draft/items";
import { SPOKEN_KINDS, TRAINED_KINDS } from "../src/screens/playbook/draft/kinds";
import { rowsOf, sayPath } from "../src/screens/playbook/draft/labels";
import { isSameAnswer, lineOf, promptOf } from "../src/screens/playbook/draft/tried";
import type { Mapping, Tried, TriedCue } from "../src/screens/playbook/draft/types";
import { texts } from "../src/texts";

afterEach(() => preferences.setLanguage("en"));

const shop: Mapping = {
  policies: {
    discount: { topic: "Discount", alternatives: { loyalty: { text: "Loyalty price", tiers: ["gold", "business"], per_call: 2 } } },
    general: { topic: "Anything else" },
  },
  missing: { notice: { title: "Recording notice" } },
  cards: { calm: { headline: "Stay calm" }, refusal: { headline: "{topic}" } },
  ladder: { rungs: ["calm"] },
  cues: { insult: { rules: { shop_words: { phrases: ["x"] } } } },
};

describe("a difference of texts", () => {
  const of = (before: string, after: string) => wordDiff(before, after).map(({ how, text }) => [how, text.trim()]);

  test("marks the words that changed", () => {
    expect(of("I can offer you a store credit today", "I can offer you a full refund today")).toEqual([
      ["same", "I can offer you a"],
      ["removed", "store credit"],
      ["added", "full refund"],
      ["same", "today"],
    ]);
    expect(of("", "new words")).toEqual([["added", "new words"]]);
    expect(of("gone", "")).toEqual([["removed", "gone"]]);
  });

  test("makes one change of changes with hardly a word between them", () => {
    expect(of("one two three", "eins two drei")).toEqual([["removed", "one two three"], ["added", "eins two drei"]]);
  });

  test("loses no word of either", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 }).map((words) => words.join(" "));
    fc.assert(fc.property(text, text, (before, after) => {
        const pieces = wordDiff(before, after);
        const joined = (...kept: string[]) => pieces.filter(({ how }) => kept.includes(how)).map((piece) => piece.text.trim()).join(" ").trim();
        expect([joined("same", "removed"), joined("same", "added")]).toEqual([before, after]);
      }));
  });

  test("of lists goes by item; any value can be said", () => {
    expect(listDiff(["a", "b"], ["b", "c"]).map(({ how, text }) => how[0] + text)).toEqual(["ra", "sb", "ac"]);
    expect([said({ text: "Credit", tiers: ["gold", "vip"] }), said(null), said(true), said(3)]).toEqual(["text: Credit; tiers: gold · vip", "", "true", "3"]);
  });
});

test("a path is told by topics and titles, in the language of the page", () => {
  expect(sayPath(["policies", "discount", "asked", 0], shop)).toBe("Policies › Discount › How customers ask for it › 1");
  expect(sayPath(["policies", "discount", "alternatives", "loyalty", "text"], shop)).toBe("Policies › Discount › Alternatives › Loyalty price › What may be offered");
  expect(sayPath(["missing", "notice", "phrases"], shop)).toBe("Disclosures › Recording notice › Phrases");
  expect(sayPath(["cues", "insult", "rules", "shop_words"], shop)).toBe("Cues › Insult › Own phrases › shop_words");
  expect(sayPath(["ladder", "steps", "insult", "climbs"], shop)).toBe("Ladder › Which words climb where › Insult › The next time takes the next rung");
  preferences.setLanguage("es");
  expect(sayPath(["cues", "insult", "except"], shop)).toBe("Señales › Insulto › Nunca cuando se dicen estas palabras");
});

test("what was removed has its name from what it was, and its fields under their labels", () => {
  const policy = { topic: "Returns", asked: ["give back", "return"], limit: "", alternatives: { credit: { text: "Store credit", cost: "low", tiers: ["gold"] } } };
  expect(sayPath(["policies", "gone"], shop, policy)).toBe("Policies › Returns");
  expect(rowsOf(["policies", "gone"], policy)).toEqual([
    { label: "How customers ask for it", texts: ["give back", "return"] },
    { label: "Alternatives", texts: ["Store credit; What it costs us: Little; gold"] },
  ]);
  expect(rowsOf(["missing", "late"], { title: "Price", by_end: true, within_s: 30 })).toEqual([
    { label: "It is enough to say it by the end of the call", texts: ["yes"] },
    { label: "Within", texts: ["30"] },
  ]);
});

test("a disclosure says what starts its time, and when that ends", () => {
  const terms = (given: Mapping) => disclosureTerms(given, texts);
  expect(terms({ speaker: "agent", within_s: 30 })).toBe("Agent, within 30 s of the start of the call");
  expect(terms({ within_s: 120, after_kind: "purchase_intent", by_end: true })).toBe("Agent, within 120 s after: Wants to buy, or by the end of the call at the latest");
  expect(terms({ speaker: "customer", by_end: true })).toBe("Customer, by the end of the call");
  expect(terms({ after: ["order now", "buy"] })).toBe("Agent, by the end of the call, after: “order now” …");
});

test("sensitivity is for every kind that is said, but swearing", () => {
  expect(SPOKEN_KINDS.filter((kind) => !TRAINED_KINDS.includes(kind))).toEqual(["profanity"]);
});

describe("an example", () => {
  const example = { call: [{ customer: "Cheaper?" }, { agent: "No." }], cues: ["refusal", "alternative"], card: "refusal", topic: "discount", tier: "gold" };
  const kept: Mapping = { ...shop, examples: [example, { call: [{ agent: "Hi" }], cues: [], card: "none" }, example] };

  test("is told in plain words, and so is what came otherwise", () => {
    expect(expectations(example, kept, texts)).toEqual(["Cues: Refusal, Alternative", "Card: Refusal", "Topic: Discount", "Customer tier: gold"]);
    expect(expectations({ cues: [], card: "none" }, kept, texts)).toEqual(["Cues: no cue", "Card: no card"]);
    const outcome = { number: 1, ok: false, text: "No.", expected: { cues: "refusal", topic: "discount" }, got: { cues: "none", topic: "none" } };
    expect(differences(outcome, kept, texts)).toEqual(["Cues: Refusal expected, no cue came", "Topic: Discount expected, no topic came"]);
    expect([expectsSomething({ cues: [] }), expectsSomething({ call: [] })]).toEqual([true, false]);
  });

  test("has lines of both sides, whatever a draft makes of them", () => {
    expect(linesOf(example)).toEqual([{ speaker: "customer", text: "Cheaper?" }, { speaker: "agent", text: "No." }]);
    expect([linesOf({ call: ["?", null] }), linesOf(null)]).toEqual([[{ speaker: "agent", text: "" }, { speaker: "agent", text: "" }], []]);
    expect([nextSpeaker(example), nextSpeaker({})]).toEqual(["customer", "customer"]);
  });

  test("is found by the policy or card that it names, the last first", () => {
    expect(examplesNaming(kept, ["policies", "discount"])).toEqual([2, 0]);
    expect(examplesNaming(kept, ["cards", "refusal"])).toEqual([2, 0]);
    expect(examplesNaming(kept, ["policies", "discount", "alternatives"])).toEqual([]);
    expect(itemsOf("examples", kept, texts).map(({ item, name }) => `${item} ${name}`)).toEqual(["1 No.", "2 Hi", "3 No."]);
  });
});

describe("the contents", () => {
  const names = (...section: Parameters<typeof itemsOf>) => itemsOf(...section).map((item) => item.name);

  test("name policies by topic, disclosures by title, cards by cue or headline", () => {
    expect(names("policies", shop, texts)).toEqual(["Discount", "Anything else"]);
    expect(names("disclosures", shop, texts)).toEqual(["Recording notice"]);
    expect(names("cards", shop, texts)).toEqual(["Ladder", "Alerts", "Stay calm", "Refusal"]);
    expect(names("history", shop, texts)).toEqual([]);
  });

  test("have every kind of cue, and those too that a draft has by mistake", () => {
    const items = itemsOf("cues", { cues: { insult: {}, insullt: {} } }, texts);
    expect(items.find((one) => one.item === "insult")?.quiet).toBe(false);
    expect(items.find((one) => one.item === "refusal")?.quiet).toBe(true);
    expect(items.map((one) => one.item)).toContain("insullt");
  });
});

test("the conditions of an alternative fit in a line; none of them say nothing", () => {
  expect(offerConditions({ text: "x" }, texts)).toBe("");
  const offer = { tiers: ["gold", "vip"], per_call: 2, per_customer: { times: 1, days: 365 }, from: "2026-03-01" };
  expect(offerConditions(offer, texts)).toBe("gold, vip; 2× in a call; 1× in 365 days; 2026-03-01 – ");
  expect(tiersIn(shop)).toEqual(["standard", "gold", "business"]);
});

describe("a sentence that was tried", () => {
  const cue: TriedCue = { kind: "refusal", layer: "pattern", rule: "refusal.by_policy", confidence: 0.9, words: "our policy doesn't allow", first_word: 3, last_word: 6, reach: "alert", reach_limit: "" };
  const why = { playbook: "", cue_id: "c1", rule: cue.rule, words: cue.words, confidence: 0.9, spoken_ms: 0, latency_ms: 0 };
  const card = { at_ms: 0, prompt_id: "p1", kind: "refusal" as const, headline: "H", say: "S", alternatives: [], priority: 0, expires_ms: 0, why, late: false, benefit: "", again: 0 };
  const tried: Tried = { cues: [cue], card, policy: null, alternatives: [] };

  test("is a line with the cue's words marked", () => {
    const line = lineOf("I'm sorry, but our policy doesn't allow that.", "agent", tried.cues);
    const marked = segments(line.utterance, line.cues).filter((piece) => piece.cue);
    expect(marked.map((piece) => piece.text)).toEqual(["our policy doesn't allow"]);
  });

  test("has the agent's own card, with the cue as its reason", () => {
    if (!tried.card) throw new Error("no card");
    const prompt = promptOf(tried.card, "retail@2");
    expect([prompt.headline, prompt.why.words, prompt.why.rule, prompt.why.playbook]).toEqual(["H", cue.words, cue.rule, "retail@2"]);
  });

  test("gives the same unless an agent would see a difference", () => {
    expect(isSameAnswer(tried, { ...tried, cues: [{ ...cue, confidence: 0.5 }] })).toBe(true);
    expect(isSameAnswer(tried, { ...tried, card: null })).toBe(false);
    expect(isSameAnswer(tried, { ...tried, alternatives: [{ id: "a", text: "A", detail: "", shown: true, why_not: "" }] })).toBe(false);
  });
});
