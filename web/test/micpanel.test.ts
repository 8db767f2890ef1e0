import { render } from "svelte/server";
import { afterEach, expect, test } from "vitest";
import { MicCall } from "../src/live/mic.svelte";
import { preferences } from "../src/live/preferences.svelte";
import MicPanel from "../src/screens/start/MicPanel.svelte";
import { texts } from "../src/texts";
import type { EngineSummary } from "../src/types";

afterEach(() => preferences.setLanguage("en"));

const engine = (language: string, fit_for: EngineSummary["fit_for"]): EngineSummary => ({ language, engine: `vosk:${language}`, fit_for, better_model: null, better: null });

function drawn(...engines: EngineSummary[]): { page: string; button: string } {
  const { body } = render(MicPanel, { props: { mic: new MicCall(), engines, onStart: () => {} } });
  return { page: body, button: /<button[^>]*data-testid="mic-start"[^>]*>/.exec(body)?.[0] ?? "" };
}

test("a microphone that the server's engine would refuse cannot be started, and the page says why", () => {
  const { page, button } = drawn(engine("en", "synthesised"));
  expect(button).toContain("disabled");
  expect(button).toContain('aria-describedby="mic-unfit"');
  expect(page).toContain('id="mic-unfit"');
  expect(page).toContain(texts.start.micUnfit);
});

test("a microphone that the engine understands can be started", () => {
  const { page, button } = drawn(engine("en", "people"), engine("es-mx", "synthesised"));
  expect(button).not.toContain("disabled");
  expect(page).not.toContain("mic-unfit");
});

test("a Spanish page asks the engine for Mexican Spanish, and says so", () => {
  preferences.setLanguage("es");
  const { page, button } = drawn(engine("en", "people"), engine("es-mx", "synthesised"));
  expect(button).toContain("disabled");
  expect(page).toContain(texts.start.micUnfit);
});
