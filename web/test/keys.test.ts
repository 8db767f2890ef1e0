import { expect, test } from "vitest";
import { cardKey, reviewKey, wallKey } from "../src/keys";

test("1 to 3 use the alternative of that number, if the card has it", () => {
  expect(cardKey({ key: "1" }, 2)).toEqual({ use: 0 });
  expect(cardKey({ key: "2" }, 2)).toEqual({ use: 1 });
  expect(cardKey({ key: "3" }, 2)).toBeNull();
  expect(cardKey({ key: "4" }, 3)).toBeNull();
  expect(cardKey({ key: "0" }, 3)).toBeNull();
});

test("Enter uses the card without an alternative, Esc dismisses it", () => {
  expect(cardKey({ key: "Enter" }, 0)).toEqual({ use: null });
  expect(cardKey({ key: "Escape" }, 3)).toEqual({ dismiss: true });
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

test("space plays, j and k step", () => {
  expect(reviewKey({ key: " " })).toBe("play");
  expect(reviewKey({ key: "j" })).toBe("next");
  expect(reviewKey({ key: "k" })).toBe("previous");
});
