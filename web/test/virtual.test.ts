import fc from "fast-check";
import { expect, test } from "vitest";
import { moved, scrollToShow, visible } from "../src/screens/supervisor/virtual";

const sizes = fc.record({
  scrollTop: fc.nat(100_000),
  height: fc.integer({ min: 1, max: 4_000 }),
  rowHeight: fc.integer({ min: 1, max: 400 }),
  count: fc.nat(10_000),
});

test("every row that touches the view is drawn, and not many more", () => {
  fc.assert(
    fc.property(sizes, ({ scrollTop, height, rowHeight, count }) => {
      const window = visible(scrollTop, height, rowHeight, count);
      const first = Math.floor(scrollTop / rowHeight);
      const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight));
      for (const index of [first, last - 1]) {
        if (index >= first && index < last) expect(index >= window.first && index < window.end).toBe(true);
      }
      expect(window.end - window.first).toBeLessThanOrEqual(height / rowHeight + 15);
      expect(window.before).toBe(window.first * rowHeight);
      expect(window.total).toBe(count * rowHeight);
    }),
  );
});

test("an empty list draws nothing", () => {
  expect(visible(0, 600, 72, 0)).toEqual({ first: 0, end: 0, before: 0, total: 0 });
});

test("scrolling to a row brings it wholly into view, and a row in view does not scroll", () => {
  expect(scrollToShow(2, 500, 300, 100)).toBe(200);
  expect(scrollToShow(9, 500, 300, 100)).toBe(700);
  expect(scrollToShow(6, 500, 300, 100)).toBe(500);
});

test("moving stays within the list and begins at its top", () => {
  expect(moved(-1, 1, 5)).toBe(0);
  expect(moved(4, 1, 5)).toBe(4);
  expect(moved(1, -8, 5)).toBe(0);
});
