import { describe, expect, test } from "vitest";
import { engineFor, hearsPeople } from "../src/screens/start/engines";
import type { EngineSummary } from "../src/types";

const engine = (language: string, fit_for: EngineSummary["fit_for"] = "people"): EngineSummary => ({ language, engine: "moonshine", fit_for, better_model: null, better: null });
const tags = (languages: string[], picked: string | null, page: string) => engineFor(languages.map((one) => engine(one)), picked, page)?.language;

describe("the engine for the microphone", () => {
  test("is of the language of the page, in whatever country", () => {
    expect([tags(["en", "es-mx"], null, "es"), tags(["es-mx", "en-us"], null, "en")]).toEqual(["es-mx", "en-us"]);
  });

  test("is rather of the language without a country, if there is one", () => {
    expect(tags(["en", "es-mx", "es"], null, "es")).toBe("es");
  });

  test("is the one that was picked", () => {
    expect([tags(["en", "es-mx", "es"], "es-mx", "en"), tags(["en", "es-mx"], "en", "es")]).toEqual(["es-mx", "en"]);
  });

  test("is the server's default when it has none for the page", () => {
    expect([tags(["de", "fr"], null, "es"), tags(["de", "fr"], "es", "en"), tags([], null, "es")]).toEqual(["de", "de", undefined]);
  });

  test("hears people unless it is made for synthesised speech", () => {
    expect([hearsPeople(engine("en")), hearsPeople(engine("en", "synthesised"))]).toEqual([true, false]);
  });
});
