import { expect, test } from "vitest";
import { cardKey, characterKeys, reviewKey, wallKey } from "../src/keys";
import { asKeyMap, keyFor, meant, STANDARD, withMoved } from "../src/keymap";

test("1 to 3 use the alternative of that number, if the card has it", () => {
  expect(cardKey({ key: "1" }, 2)).toEqual({ use: 0 });
  expect(cardKey({ key: "2" }, 2)).toEqual({ use: 1 });
  expect(cardKey({ key: "3" }, 2)).toBeNull();
  expect(cardKey({ key: "4" }, 3)).toBeNull();
  expect(cardKey({ key: "0" }, 3)).toBeNull();
});

test("Enter uses the card without an alternative, Esc dismisses it", () => {
  expect(cardKey({ key: "Enter" }, 0)).toEqual({ use: null });
  expect(cardKey({ key: "x" }, 0)).toEqual({ useless: true });
  expect(cardKey({ key: "Escape" }, 3)).toEqual({ dismiss: true });
});

test("D shows the card's details, W why it came, in capitals too", () => {
  expect([cardKey({ key: "d" }, 0), cardKey({ key: "W" }, 0)]).toEqual([{ toggle: "detail" }, { toggle: "why" }]);
  expect(cardKey({ key: "d", ctrlKey: true }, 0)).toBeNull();
});

test("a key with Ctrl, Alt or Meta is the browser's", () => {
  expect(cardKey({ key: "1", ctrlKey: true }, 3)).toBeNull();
  expect(wallKey({ key: "r", metaKey: true })).toBeNull();
  expect(reviewKey({ key: "ArrowLeft", altKey: true })).toBeNull();
});

test("the wall's letters work in either case", () => {
  expect(wallKey({ key: "a" })).toBe("acknowledge");
  expect(wallKey({ key: "A" })).toBe("acknowledge");
  expect(wallKey({ key: "R" })).toBe("resolve");
  expect(wallKey({ key: "?" })).toBe("help");
  expect(wallKey({ key: "ArrowDown" })).toEqual({ move: 1 });
  expect(wallKey({ key: "x" })).toBeNull();
});

test("a recording is played by space or k, j and l go back and on, arrows and the comma's neighbours go from line to line and from cue to cue", () => {
  expect(["K", " ", "ArrowDown", "ArrowUp", ".", ",", "/"].map((key) => reviewKey({ key }))).toEqual(["play", "play", "next", "previous", "nextCue", "previousCue", "search"]);
  expect(["j", "L", "ArrowLeft", "ArrowRight"].map((key) => reviewKey({ key }))).toEqual([{ by_ms: -10_000 }, { by_ms: 10_000 }, { by_ms: -5_000 }, { by_ms: 5_000 }]);
});

const all = Object.values(characterKeys()).flat();

test("keys of one character can be switched off; Enter, Esc and the arrows stay", () => {
  const off = { ...STANDARD, off: true };
  expect([cardKey({ key: "1" }, 3, off), wallKey({ key: "a" }, off), reviewKey({ key: " " }, off)]).toEqual([null, null, null]);
  expect([cardKey({ key: "Enter" }, 3, off), wallKey({ key: "ArrowDown" }, off)]).toEqual([{ use: null }, { move: 1 }]);
  expect([keyFor("A", off), keyFor("Esc", off)]).toEqual([null, "Esc"]);
});

test("a key that was moved works on its new place only, and shows it", () => {
  const moved = withMoved(STANDARD, "a", "Q", all);
  if (!moved) throw new Error("q is free");
  expect([wallKey({ key: "q" }, moved), wallKey({ key: "Q" }, moved), wallKey({ key: "a" }, moved)]).toEqual(["acknowledge", "acknowledge", null]);
  expect([keyFor("A", moved), keyFor("R", moved)]).toEqual(["Q", "R"]);
  expect(withMoved(moved, "a", "a", all)).toEqual(STANDARD);
});

test("no key means two things, and a place that was left is free", () => {
  expect(withMoved(STANDARD, "a", "r", all)).toBeNull();
  expect(withMoved(STANDARD, "a", "Enter", all)).toBeNull();
  const moved = withMoved(STANDARD, "a", "q", all);
  const both = moved && withMoved(moved, "r", "a", all);
  expect(both && [meant("a", both), meant("r", both), meant("q", both)]).toEqual(["r", null, "a"]);
});

test("what a browser remembered of keys is read, whatever it is", () => {
  expect(asKeyMap('{"off":true,"moved":{"a":"q","r":"xx","bb":"c"}}')).toEqual({ off: true, moved: { a: "q" } });
  for (const text of ["", "null", "[]", '{"moved":5}', "{"]) expect(asKeyMap(text)).toMatchObject({ off: false });
});
