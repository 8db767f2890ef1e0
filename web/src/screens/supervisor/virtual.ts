/** Which rows of a long list to draw: plain arithmetic over one row height. */

export interface Window {
  first: number; // index of the first row to draw
  end: number; // one past the last
  before: number; // pixels above the first
  total: number; // pixels of the whole list
}

const OVERSCAN = 6; // rows beyond the edge, so that a fast scroll or a Tab finds drawn rows

export function visible(scrollTop: number, height: number, rowHeight: number, count: number): Window {
  const first = clamp(Math.floor(scrollTop / rowHeight) - OVERSCAN, 0, count);
  const end = clamp(Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN, first, count);
  return { first, end, before: first * rowHeight, total: count * rowHeight };
}

/** Where to scroll so that a row is wholly in view; unchanged when it is already. */
export function scrollToShow(index: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** The index `steps` away, kept within the list; from nowhere, the first. */
export function moved(index: number, steps: number, count: number): number {
  return index < 0 ? 0 : clamp(index + steps, 0, count - 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
