/**
 * Long lists in blocks: a new line of a call of three hours changes one block, not five thousand lines. Pure.
 * Next: `ui/Block.svelte` draws one.
 */

export const BLOCK = 50; // two of them are higher than any window, and drawing one takes some milliseconds

/** The items of a list in blocks. */
export function inBlocks<T>(items: readonly T[]): (readonly T[])[] {
  return Array.from({ length: blockCount(items) }, (_, i) => items.slice(i * BLOCK, (i + 1) * BLOCK));
}

export const blockCount = (items: readonly unknown[]) => Math.ceil(items.length / BLOCK);

/** Whether two lists hold the very same objects. */
export function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
