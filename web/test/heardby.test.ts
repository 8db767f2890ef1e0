import { render } from "svelte/server";
import { afterEach, expect, test } from "vitest";
import { preferences } from "../src/live/preferences.svelte";
import HeardBy from "../src/screens/start/HeardBy.svelte";
import type { EngineSummary } from "../src/types";

afterEach(() => preferences.setLanguage("en"));

type Better = NonNullable<EngineSummary["better"]>;

const BASE: Better = {
  name: "moonshine-base-en",
  size_bytes: 141_001_190,
  cores: 4,
  test_set: "Open ASR leaderboard",
  errors_now_pct: 12.66,
  errors_pct: 10.07,
  setting: null,
};

/** The sentence on the page, without its markup. */
function drawn(engine: string, better: Better | null, withHint = true): string {
  const summary: EngineSummary = { language: "en", engine, fit_for: "people", better_model: better?.name ?? null, better };
  const { body } = render(HeardBy, { props: { engine: summary, withHint } });
  return body.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();
}

test("the page says which model hears, and what a better one would bring", () => {
  const page = drawn("moonshine", BASE);
  expect(page).toContain("Heard by moonshine. A larger model understands people better:");
  expect(page).toContain("voiceassist models pull moonshine-base-en (141 MB).");
  expect(page).toContain("10% wrong words where this one has 13%: Open ASR leaderboard.");
  expect(page).toContain("meant for machines with 4 cores or more");
  expect(page).not.toContain("settings");
});

test("figures that nobody published side by side are not shown", () => {
  const page = drawn("vosk:small", { ...BASE, cores: 1, test_set: null, errors_now_pct: null, errors_pct: null });
  expect(page).not.toContain("cores");
  expect(page).toContain("voiceassist models pull moonshine-base-en");
  expect(page).not.toContain("wrong words");
});

test("where the server would not take it by itself, the page says what to set", () => {
  expect(drawn("moonshine", { ...BASE, setting: 'engine = "moonshine:moonshine-base-en"' })).toContain('engine = "moonshine:moonshine-base-en"');
});

test("a model is named without the engine that runs it, and the best has no hint", () => {
  expect(drawn("moonshine:moonshine-base-en", null)).toBe("Heard by moonshine-base-en.");
});

test("samples have no hint, whatever is better", () => {
  expect(drawn("moonshine", BASE, false)).toBe("Heard by moonshine.");
});

test("a Spanish page says it in Spanish", () => {
  preferences.setLanguage("es");
  expect(drawn("moonshine", BASE)).toContain("un 10 % de palabras erróneas donde este tiene un 13 %");
});
