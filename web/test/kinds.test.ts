/** Kinds of cue: the built-in ones, and those of a playbook, with colours that can be read. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { COLOURS } from "../src/glossary";
import { preferences } from "../src/live/preferences.svelte";
import { freeColour, kindsOfSide, ownKinds, sideOf, takenKinds } from "../src/screens/playbook/draft/own_kinds";
import { itemsOf } from "../src/screens/playbook/draft/items";
import { isStray, sayProblem } from "../src/screens/playbook/draft/problems";
import { texts } from "../src/texts";
import { kindsOf } from "../src/ui/kinds";

afterEach(() => preferences.setLanguage("en"));

const OWN = [{ id: "warranty", title: "Warranty", speaker: "agent", colour: "teal" }] as const;

test("an own kind has the title and the colour of its playbook, a built-in one ours, an unknown one its id", () => {
  const kinds = kindsOf(() => OWN);
  expect([kinds.name("warranty"), kinds.look("warranty")]).toEqual(["Warranty", { tone: "teal", icon: "tag" }]);
  expect([kinds.name("refusal"), kinds.look("refusal").tone]).toEqual(["Refusal", "caution"]);
  expect([kinds.name("of_tomorrow"), kinds.look("of_tomorrow").tone]).toEqual(["of_tomorrow", "notice"]);
});

test("a draft's own kinds can be drawn, however wrong it is", () => {
  const document = { kinds: { a: { title: "A", speaker: "customer", colour: "pink" }, b: { colour: "red" }, c: null } };
  expect(ownKinds(document)).toEqual([
    { id: "a", title: "A", speaker: "customer", colour: "pink" },
    { id: "b", title: "b", speaker: "agent", colour: "violet" },
    { id: "c", title: "c", speaker: "agent", colour: "violet" },
  ]);
  expect([kindsOfSide("customer", document).at(-1), sideOf("a", document), sideOf("threat", document), sideOf("b", document)]).toEqual(["a", "customer", "customer", "agent"]);
  expect([freeColour(document), takenKinds(document).includes("a"), takenKinds(document).includes("words")]).toEqual(["teal", true, true]);
});

test("the contents list an own kind by its title, on its side", () => {
  const items = itemsOf("cues", { kinds: { warranty: { title: "Warranty", speaker: "agent" } } }, texts);
  expect(items.findIndex(({ item }) => item === "warranty")).toBe(items.findIndex(({ item }) => item === "profanity") - 1);
  expect(items.find(({ item }) => item === "warranty")?.name).toBe("Warranty");
});

test("a problem is told in the language of the page, else in the server's English", () => {
  const problem = { line: 1, path: ["policies"], message: "needs at least 1", code: "too_few", given: { least: 1 } } as const;
  expect(sayProblem(problem)).toEqual({ text: "needs at least 1", lang: "en" });
  preferences.setLanguage("es");
  expect(sayProblem(problem)).toEqual({ text: "necesita al menos 1", lang: "es" });
  expect(sayProblem({ ...problem, code: "other" })).toEqual({ text: "needs at least 1", lang: "en" });
  const phrase = { ...problem, code: "phrase_gap", given: { phrase: "a ...99 b", words: 99, most: 12 } } as const;
  expect(sayProblem(phrase).text).toBe("frase «a ...99 b»: un hueco de 99 palabras; puede ser de 1 a 12");
});

test("only a name that no form has is offered to be taken away", () => {
  const at = (code: "unknown_name_near" | "missing", ...path: (string | number)[]) => isStray({ line: 1, path, message: "", code, given: {} });
  expect([at("unknown_name_near", "polices"), at("unknown_name_near", "examples", 0, "cues", 1), at("missing", "language")]).toEqual([true, false, false]);
});

const tokens = readFileSync("src/ui/tokens.css", "utf8");
const valueOf = (name: string) => /light-dark\((#\w{6}), (#\w{6})\)/.exec(tokens.split(`--${name}:`)[1] ?? "")?.slice(1) ?? [];

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test("every colour of the palette can be read on its own ground and on every surface, in light and in dark", () => {
  const grounds = ["ground", "panel", "raised"].map(valueOf);
  for (const colour of COLOURS) {
    const text = valueOf(colour);
    for (const ground of [valueOf(`${colour}-soft`), ...grounds]) {
      for (const theme of [0, 1]) expect(contrast(text[theme] ?? "", ground[theme] ?? ""), colour).toBeGreaterThanOrEqual(4.5);
    }
  }
});
