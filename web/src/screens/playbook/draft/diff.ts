/** Differences as a person reads them: words of a text, items of a list. Pure. Next: `screens/playbook/ChangeList.svelte`. */
import { isList, isMapping } from "./paths";
import type { Value } from "./types";

export interface Piece {
  text: string;
  how: "same" | "removed" | "added";
}

const LONGEST = 400; // words; the table below has the square of it

/** The words that both have, and those that one has, in order; a space belongs between any two pieces. */
export function wordDiff(before: string, after: string): Piece[] {
  const [a, b] = [words(before), words(after)];
  if (a.length > LONGEST || b.length > LONGEST) return pieces([["removed", before], ["added", after]]);
  return smoothed(pieces(sequenceDiff(a, b)));
}

const ISLAND = 2; // words: so few that stayed, between words that changed, only make a text hard to read

/** Runs of changes in one piece each: first what was there, then what is there now. */
function smoothed(all: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let [removed, added] = ["", ""];
  const flush = () => {
    if (removed) found.push({ text: removed, how: "removed" });
    if (added) found.push({ text: added, how: "added" });
    [removed, added] = ["", ""];
  };
  for (const [i, piece] of all.entries()) {
    const isIsland = piece.how === "same" && i > 0 && i < all.length - 1 && words(piece.text).length <= ISLAND;
    if (piece.how === "same" && !isIsland) {
      flush();
      found.push(piece);
    } else {
      if (piece.how !== "added") removed = together(removed, piece.text);
      if (piece.how !== "removed") added = together(added, piece.text);
    }
  }
  flush();
  return found;
}

/** Items of a list: kept ones in their order, with those removed and added where they stood. */
export function listDiff(before: readonly string[], after: readonly string[]): Piece[] {
  return sequenceDiff(before, after).map(([how, text]) => ({ how, text }));
}

const words = (text: string) => text.match(/\S+/gu) ?? [];
const together = (a: string, b: string) => (a && b ? `${a} ${b}` : a || b);

function pieces(steps: [Piece["how"], string][]): Piece[] {
  const joined: Piece[] = [];
  for (const [how, text] of steps) {
    const last = joined.at(-1);
    if (last?.how === how) last.text = together(last.text, text);
    else if (text) joined.push({ how, text });
  }
  return joined;
}

/** Longest common subsequence: what is left out of it was removed or added. */
function sequenceDiff(a: readonly string[], b: readonly string[]): [Piece["how"], string][] {
  const common = commonLengths(a, b);
  const steps: [Piece["how"], string][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [steps[steps.length], i, j] = [["same", b[j] ?? ""], i + 1, j + 1];
    else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) steps.push(["removed", a[i++] ?? ""]);
    else steps.push(["added", b[j++] ?? ""]);
  }
  return steps;
}

const at = (table: number[][], i: number, j: number) => table[i]?.[j] ?? 0;

/** For every place in both, how much the rests have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i] === b[j];
      (table[i] as number[])[j] = same ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

/** A value in one line: a list by its items, a mapping by its entries. */
export function said(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (isList(value)) return value.map(said).join(" · ");
  if (isMapping(value)) return Object.entries(value).map(([name, inner]) => `${name}: ${said(inner)}`).join("; ");
  return String(value);
}
