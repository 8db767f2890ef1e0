/**
 * Marks words in lines that are drawn, without a change of the page: the browser paints ranges (CSS Custom Highlight API).
 *
 * One that has no such highlights marks nothing; the line is marked all the same. Their colours are in `ui/base.css`.
 */
import type { Range as Place } from "../../ui/marks";

export type Highlight = "spoken" | "found" | "found-now";

const isThere = () => typeof CSS !== "undefined" && "highlights" in CSS;

/** Paints these ranges, and no longer what was painted before. */
export function paint(name: Highlight, ranges: readonly Range[]): void {
  if (!isThere()) return;
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new globalThis.Highlight(...ranges));
}

/** The range of a place in the text of an element; null: it is not drawn so far. */
export function rangeIn(element: Element, [from, end]: Place): Range | null {
  const start = nodeAt(element, from, false);
  const stop = nodeAt(element, end, true);
  if (!start || !stop) return null;
  const range = new Range();
  range.setStart(...start);
  range.setEnd(...stop);
  return range;
}

/** Where in an element's text a point of the window is; null: nowhere. */
export function offsetAt(element: Element, x: number, y: number): number | null {
  const caret = caretAt(x, y);
  if (!caret || !element.contains(caret[0])) return null;
  let before = 0;
  for (const node of textNodes(element)) {
    if (node === caret[0]) return before + caret[1];
    before += node.length;
  }
  return null;
}

function caretAt(x: number, y: number): [Node, number] | null {
  if ("caretPositionFromPoint" in document) {
    const caret = document.caretPositionFromPoint(x, y);
    return caret && [caret.offsetNode, caret.offset];
  }
  const caret = (document as Document).caretRangeFromPoint(x, y); // Safari
  return caret && [caret.startContainer, caret.startOffset];
}

/** The text node that has a place of the text; `isEnd`: the one that ends there, of two that touch. */
function nodeAt(element: Element, place: number, isEnd: boolean): [Text, number] | null {
  let left = place;
  for (const node of textNodes(element)) {
    if (left < node.length || (isEnd && left === node.length)) return [node, left];
    left -= node.length;
  }
  return null;
}

function* textNodes(element: Element): Generator<Text> {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) yield node as Text;
}
