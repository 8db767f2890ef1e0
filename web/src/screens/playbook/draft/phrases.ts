/** Lists of phrases as a person edits them: one to a line, pasted ones split. Pure. Next: `fields/PhraseList.svelte`. */

/** A list with the item at `at` replaced by what was typed or pasted there; a line break makes a new item. */
export function typedInto(list: readonly string[], at: number, text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^\s*[-•*]\s+/, ""));
  const kept = lines.length > 1 ? lines.filter((line) => line.trim() !== "") : lines;
  return list.toSpliced(at, 1, ...kept);
}

/** What is worth saving: nothing empty, nothing twice, no spaces around. */
export function tidy(list: readonly string[]): string[] {
  return [...new Set(list.map((phrase) => phrase.trim()))].filter((phrase) => phrase !== "");
}

/** What the help for phrases explains, one by one. */
export type Sign = "choice" | "optional" | "gap" | "beginning" | "list" | "edge";
