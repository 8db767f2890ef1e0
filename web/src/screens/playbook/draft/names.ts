/** Names that a playbook gives its parts: made from words, never the same twice. Pure. */
import { plain } from "../../../fold";

const LONGEST = 40; // readable in a report's column

/** `Return after the deadline` → `return_after_the_deadline`; nothing usable in it gives `otherwise`. */
export function nameFrom(words: string, taken: readonly string[], otherwise = "new"): string {
  const letters = plain(words).replace(/[^a-z0-9]+/g, "_").slice(0, LONGEST);
  const trimmed = letters.replace(/^[_0-9]+|_+$/g, "");
  return unused(trimmed || otherwise, taken);
}

function unused(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}
