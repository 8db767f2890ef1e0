import { describe, expect, test } from "vitest";
import { segments } from "../src/ui/marks";
import { EVERY_ROW } from "../src/screens/supervisor/wallfilter";
import { arrange } from "../src/screens/supervisor/wallview";
import { cue, final, row } from "./build";

/** The words of an utterance spoken one after the other, 200 ms each. */
function heard(text: string, spoken: readonly string[]) {
  const words = spoken.map((word, i) => ({ text: word, start_ms: i * 200, end_ms: i * 200 + 180, confidence: 1 }));
  return { ...final("agent", 1, text), words, end_ms: spoken.length * 200 };
}

/** What is marked when the words with these numbers are a cue. */
function marked(line: ReturnType<typeof heard>, first: number, last: number): string[] {
  const view = cue(line, { start_ms: first * 200, end_ms: last * 200 + 180, words: "" });
  return segments(line, [view]).filter((piece) => piece.cue).map((piece) => piece.text);
}

describe("cue words are found in any language", () => {
  test("among accents, ñ and Spanish punctuation", () => {
    const line = heard("¿Cómo está? señor Ñuñez", ["cómo", "está", "señor", "ñuñez"]);
    expect([marked(line, 0, 0), marked(line, 0, 1), marked(line, 3, 3)]).toEqual([["Cómo"], ["Cómo está"], ["Ñuñez"]]);
  });

  test("by their number, even where they are written in another way", () => {
    const line = heard("Son 30 euros, ¡señor!", ["son", "treinta", "euros", "señor"]);
    expect([marked(line, 1, 2), marked(line, 3, 3)]).toEqual([["30 euros"], ["señor"]]);
  });

  test("by their number where a word is only a sign", () => {
    expect(marked(heard("un 50 % menos", ["un", "50", "%", "menos"]), 1, 2)).toEqual(["50 %"]);
  });

  test("in Chinese, which has no spaces", () => {
    const line = heard("很抱歉，我们不能退款。", ["很", "抱歉", "我们", "不能", "退款"]);
    expect([marked(line, 0, 1), marked(line, 3, 4)]).toEqual([["很抱歉"], ["不能退款"]]);
    expect(segments(line, [cue(line, { start_ms: 600, end_ms: 980 })]).map((piece) => piece.text).join("")).toBe(line.text);
  });

  test("in Chinese with spaces between the words, as a recognizer writes it", () => {
    expect(marked(heard("我们 不能 退款", ["我们", "不能", "退款"]), 1, 2)).toEqual(["不能 退款"]);
  });

  test("in Arabic, Hindi and Russian", () => {
    expect(marked(heard("آسف، لا أستطيع.", ["آسف", "لا", "أستطيع"]), 1, 2)).toEqual(["لا أستطيع"]);
    expect(marked(heard("माफ़ कीजिए, नहीं!", ["माफ़", "कीजिए", "नहीं"]), 1, 1)).toEqual(["कीजिए"]);
    expect(marked(heard("«Нельзя», сказал он", ["нельзя", "сказал", "он"]), 0, 0)).toEqual(["Нельзя"]);
  });

  test("however the accents are stored", () => {
    const line = heard("El Señor".normalize("NFD") + "Núñez", ["el", "señor".normalize("NFC"), "núñez"]); // a space was lost
    expect([marked(line, 1, 1), marked(line, 2, 2)].flat().map((text) => text.normalize("NFC"))).toEqual(["Señor", "Núñez"]);
  });

  test("behind letters that grow when they become small", () => {
    const line = heard("İİİ-sonunda", ["i̇i̇i̇", "sonunda"]); // each İ becomes two characters
    expect(marked(line, 1, 1)).toEqual(["sonunda"]);
  });
});

describe("the words of a cue decide where it stands", () => {
  const texts = (line: ReturnType<typeof heard>, words: string, start: number, end: number) =>
    segments(line, [cue(line, { words, start_ms: start, end_ms: end })]).flatMap((piece) => (piece.cue ? [piece.text] : []));

  test("where an early cue's times were a guess that the final put right", () => {
    const line = heard("thank you but our policy doesn't allow returns", "thank you but our policy doesn't allow returns".split(" "));
    expect(texts(line, "our policy doesn't allow", 400, 1180)).toEqual(["our policy doesn't allow"]);
  });

  test("and their time says which of several places", () => {
    const line = heard("no no sorry no", ["no", "no", "sorry", "no"]);
    const [before] = segments(line, [cue(line, { words: "no", start_ms: 560, end_ms: 780 })]);
    expect(before?.text).toBe("no no sorry ");
  });

  test("while words that the final has otherwise are placed by time", () => {
    const line = heard("our policies don't allow it", "our policies don't allow it".split(" "));
    expect(texts(line, "our policy doesn't allow", 0, 780)).toEqual(["our policies don't allow"]);
  });
});

test("the wall's filter finds names typed without their accents, and in any case", () => {
  const rows = [row("a", { customer: { id: "1", name: "José Núñez", tier: "gold" } }), row("b", { customer: { id: "2", name: "王小明", tier: "gold" } })];
  const found = (text: string) => arrange(rows, { sort: "newest", filter: EVERY_ROW, text }).map((one) => one.call_id);
  expect([found("nunez"), found("NÚÑEZ"), found("Núñez".normalize("NFD")), found("小明")]).toEqual([["a"], ["a"], ["a"], ["b"]]);
});
