/** Work for when the page has nothing else to do, one piece at a time. Next: `ui/Block.svelte`. */

const LONGEST_WAIT_MS = 300; // on a page that is never idle the next piece is done anyway

const waiting = new Set<() => void>();
let isAsked = false;

/** Does it later, after what was given before it; the result takes it back. */
export function whenIdle(work: () => void): () => void {
  waiting.add(work);
  ask();
  return () => waiting.delete(work);
}

function ask(): void {
  if (isAsked || waiting.size === 0) return;
  isAsked = true;
  if ("requestIdleCallback" in globalThis) requestIdleCallback(doNext, { timeout: LONGEST_WAIT_MS });
  else setTimeout(doNext, 16); // Safari: a picture's time between two pieces
}

function doNext(): void {
  isAsked = false;
  const [next] = waiting;
  if (next) {
    waiting.delete(next);
    next();
  }
  ask();
}
