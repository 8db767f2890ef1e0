import { afterEach, describe, expect, test, vi } from "vitest";
import { ago, capital, dayAndTime, languageName, percent, tenths } from "../src/format";
import { pickLanguage, pickLocale } from "../src/languages";
import { ApiError, explain } from "../src/api";
import { characterKeys } from "../src/keys";
import { reasonOf } from "../src/reason";
import { alert } from "./build";
import { preferences } from "../src/live/preferences.svelte";
import { texts } from "../src/texts";
import { en } from "../src/texts/en";
import { es } from "../src/texts/es";
import { counting, naming } from "../src/texts/forms";

afterEach(() => {
  preferences.setLanguage("en");
  vi.unstubAllGlobals();
});

describe("the language of the pages", () => {
  test("is the person's choice, else the browser's first that they speak, else English", () => {
    expect(pickLanguage("en", ["es-MX"])).toBe("en");
    expect(pickLanguage("", ["de-DE", "es-MX", "en"])).toBe("es");
    expect(pickLanguage("", ["ES"])).toBe("es");
    expect(pickLanguage("", ["de", "zh-Hans-CN"])).toBe("en");
    expect(pickLanguage("", [])).toBe("en");
  });

  test("is not one that a damaged storage names", () => {
    expect(pickLanguage("constructor", ["es"])).toBe("es");
  });

  test("writes dates and numbers as the browser's region does, if that speaks it", () => {
    expect(pickLocale("es", ["en-US", "es-MX"])).toBe("es-MX");
    expect(pickLocale("es", ["en-GB"])).toBe("es");
    expect(pickLocale("en", ["en-US@posix"])).toBe("en"); // as Chromium says on a machine without a locale
  });

  test("changes at once, for the texts, the numbers and the document", () => {
    const documentElement = { lang: "", dataset: {} };
    vi.stubGlobal("document", { documentElement });
    preferences.setLanguage("es");
    expect([texts.agent.card, texts.levels.critical, percent(0.5).replace(/\s/u, " "), documentElement.lang]).toEqual(["Tarjeta", "Crítica", "50 %", "es"]);
    preferences.setLanguage("en");
    expect([texts.agent.card, texts.levels.critical, percent(0.5), documentElement.lang]).toEqual(["Card", "Critical", "50%", "en"]);
  });
});

describe("Intl's forms", () => {
  test("follow the plural rules of the language, and its way to write a number", () => {
    const llamadas = counting("es");
    preferences.setLanguage("es");
    const forms = { one: "# llamada", many: "# de llamadas", other: "# llamadas" };
    const counts = [0, 1, 2, 12_345, 1_000_000];
    expect(counts.map((count) => llamadas(count, forms))).toEqual(["0 llamadas", "1 llamada", "2 llamadas", "12.345 llamadas", "1.000.000 de llamadas"]);
  });

  test("without a form of its own a number takes the general one", () => {
    expect(counting("en")(1, { other: "# sheep" })).toBe("1 sheep");
  });

  test("put one and many right on every counter", () => {
    expect([en.review.cards(1), en.review.cards(2), es.review.cards(1), es.review.cards(0)]).toEqual(["1 card", "2 cards", "1 tarjeta", "0 tarjetas"]);
    expect(es.supervisor.count(1, 2)).toBe("1 llamada, 2 alertas sin resolver");
    expect(es.supervisor.count(0, 0)).toBe("0 llamadas, ninguna alerta sin resolver");
  });

  test("write times, shares and languages in Spanish", () => {
    preferences.setLanguage("es");
    expect([ago(8_200), ago(185_000), ago(7_300_000)]).toEqual(["hace 8 s", "hace 3 min", "hace 2 h"]);
    expect([tenths(1_540), capital("óptima"), languageName("en"), languageName("en-us-u-ca-gregory")]).toEqual(["1,5", "Óptima", "inglés", "inglés estadounidense"]);
    expect(dayAndTime("2026-11-21T09:30:00Z")).toMatch(/nov/);
  });

  test("leave alone what is no language's tag", () => {
    expect([languageName(""), languageName("klingon_1"), capital("")]).toEqual(["", "klingon_1", ""]);
  });
});

test("a name of the server's without words stands for itself, whatever it is", () => {
  expect([en.kind("refusal"), en.kind("new_kind"), en.kind("constructor")]).toEqual(["Refusal", "new_kind", "constructor"]);
  expect(naming({ a: "A" })("b", "else")).toBe("else");
});

test("an error is told in the page's language and never in the server's words, also one that only a newer server knows", () => {
  expect(en.errors.said("no_recording", 404)).toBe("This call has no recording.");
  expect(es.errors.said("no_recording", 404)).toBe("Esta llamada no tiene grabación.");
  expect([en.errors.said("brand_new", 503), es.errors.said("brand_new", 503)]).toEqual([en.errors.said("", 504), es.errors.said("", 429)]);
  expect(new Set([403, 404, 409, 422, 500, 503].map((status) => en.errors.said("brand_new", status))).size).toBe(6);
  expect(en.errors.said("constructor")).toBe(en.errors.said(""));
  expect(new ApiError("bad_field", 422, "change_alert: `note`: too long").message).not.toContain("`");
  expect(explain(new TypeError("x is not a function"))).toBe(en.errors.said("our_mistake"));
});

test("our own reasons of alerts follow the page, a team's own stay as written", () => {
  const { alert: ours } = { ...alert("a1", "warning", 0), alert: { ...alert("a1", "warning", 0).alert, reason: "The customer insults the agent.", reason_code: "insult" } };
  const theirs = { ...ours, reason: "Listen in, please.", reason_code: "" };
  preferences.setLanguage("es");
  expect([reasonOf(ours), reasonOf(theirs)]).toEqual(["El cliente insulta al agente.", "Listen in, please."]);
  expect(reasonOf({ ...ours, reason: "New", reason_code: "of_a_newer_server" })).toBe("New");
});

test("every key of one character has its words", () => {
  const screens = Object.values(characterKeys());
  const keys = screens.flat();
  for (const language of [en, es]) expect(keys.filter((key) => language.entry.keyOf(key) === key)).toEqual([]);
  expect(screens.every((own) => new Set(own).size === own.length)).toBe(true);
});

/** Every text of a language with its path; a text with gaps is filled with marks that must show up in it. */
function spoken(part: unknown, path = ""): [string, string][] {
  if (typeof part === "string") return [[path, part]];
  if (typeof part === "function") return [[path, String(part(...marksFor(path)))]];
  return Object.entries(part as object).flatMap(([name, inner]) => spoken(inner, path ? `${path}.${name}` : name));
}

const NUMBERS = /count|kpis\.of$|kpis\.opens|uncounted|stillOpen|moreGroups|http|whyLatency|moreAlerts|results|recovered|deadEnds|cards|\.alerts|rate|cardUsed/;
const GIVEN: { [path: string]: unknown[] } = {
  gap: [{ at_ms: 0, speaker: "agent", duration_ms: 7_000, cause: "lost", within_ms: 53_000 }],
  "review.cardLeft": ["used", 7_000],
  "incidents.step": [{ state: "acknowledged", by: "101", owner: "102", reason: "" }],
  "agent.left": ["used"],
  "insight.summary.sending": [{ by: "101", place: "102", outcome: "arrived", told: "103", done_at: "" }],
  "insight.refusals.disclosed": ["due"],
  "insight.why.layers": ["rule"],
  "insight.policies.grades": ["plain"],
  "review.volume": ["fewer"],
  "review.identified": ["Ana", "Laura", "Sam"],
  kind: ["refusal"],
  "phone.history": ["whisper_on"],
  reachLimit: ["weak_rule"],
  "review.reach": ["colour", "weak_rule"],
  "playbook.reach": ["card"],
  "transcript.heardWith": [0.42],
  "transcript.legend": [0.5],
  "wrap.announced": ["said", "101"],
  "line.sound": ["dtmf", 7],
  "listen.begins": ["101", "both"],
  "line.crossTalk": ["agent", -25],
  "line.merged": ["agent"],
  "line.audio": [{ speaker: "agent", code: "clipping" }],
  "line.doubt": ["agent", "101"],
  "line.trusted": ["agent", "101"],
  "lines.lost": ["agent"],
  "lines.lostFor": ["agent", "101"],
  "lines.quiet": ["agent"],
  "lines.held": ["agent"],
  "lines.back": ["agent"],
  "lines.gone": ["agent"],
  "capacity.count": [101, 102],
  "capacity.room": [101],
  "capacity.refused": [101],
  "lateness.call": [101],
  "lateness.short": [101],
  "lateness.wall": [101, 102, 103],
  "lateness.note": [101, true, true],
  "lateness.alert": [101],
  "playbook.field": ["say"],
  "playbook.help": ["say"],
  "playbook.sensitivity": ["high"],
  "playbook.costClass": ["low"],
  "playbook.layers": ["phrase"],
  "playbook.tryViews": ["both"],
  "playbook.expected": ["card"],
  "playbook.comesNone": ["card"],
  "errors.said": ["busy"],
  "door.problem": ["oidc_failed"],
  "door.role": ["agent"],
  "kpis.before": ["today", "101"],
  "kpis.in": [7, "101"],
  "kpis.below": ["today"],
  "kpis.behind": ["Sin salida", "102"],
  "door.roleDoes": ["agent"],
  "admin.data.kind": ["audio"],
  "admin.keys.scope": ["ingest"],
  "admin.notices.way": ["email"],
  "admin.notices.words": ["reason"],
  "admin.notices.language": ["es"],
  "admin.keys.state": ["revoked"],
  "coaching.answer": ["need_you"],
  "entry.role": ["agent"],
  "entry.roleDoes": ["agent"],
  "entry.reason": ["insult"],
  "entry.unsaid": ["Notice of recording"],
  "entry.keyOf": ["a"],
  "wall.summary": [{ help: 1, critical: 2, warning: 3, others: 7 }],
  "wall.deed": ["resolved"],
  "wall.failedCount": [7, "101"],
  "playbook.colour": ["teal"],
  "playbook.defaultChosen": ["101", "102", "103", "104"],
  "playbook.newKind": ["agent"],
  "playbook.decided": ["default", "102"],
};
const marksFor = (path: string) => GIVEN[path] ?? (NUMBERS.test(path) ? [7, 7] : ["101", "102", "103"]);

describe("the Spanish texts", () => {
  const [english, spanish] = [new Map(spoken(en)), new Map(spoken(es))];

  test("are all there, and none is empty", () => {
    expect([...spanish.keys()]).toEqual([...english.keys()]);
    expect([...spanish].filter(([, text]) => text.trim() === "" || /undefined|NaN|\[object/.test(text))).toEqual([]);
  });

  test("are Spanish", () => {
    const same = ["name", "incidents.times", "admin.said.other", "start.betterSize", "nav.supervisor", "titles.supervisor", "supervisor.defaultName", "agent.noTalk", "review.rate", "agent.option", "playbook.no"];
    const keys = /^supervisor\.shortcutList\.\d\.0$|^playbook\.signs\.\w+\.0$/; // keys of the keyboard; phrases
    const untranslated = [...spanish].filter(([path, text]) => text === english.get(path) && !same.includes(path) && !keys.test(path));
    expect(untranslated).toEqual([]);
  });

  test("say all that the English ones say: the same places for a call's words, the same numbers and names", () => {
    const told = (text: string) => (text.match(/\{[a-z]+\}|\d+/g) ?? []).sort();
    const differing = [...spanish].filter(([path, text]) => String(told(text)) !== String(told(english.get(path) ?? "")));
    expect(differing).toEqual([]);
  });
});
