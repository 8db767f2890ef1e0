/**
 * Searches the words of one call: the browser's own search sees only lines that are drawn. Pure.
 *
 * Next: `TranscriptColumn.svelte` goes from hit to hit, `highlights.ts` marks them.
 */
import { fold } from "../../fold";
import { finder, type Range } from "../../ui/marks";
import type { Moment } from "./timeline";

export interface Hit {
  moment: number; // its index
  nth: number; // of the hits in its line
}

export interface Found {
  terms: readonly string[]; // folded: what is marked
  hits: readonly Hit[];
}

export const NOTHING: Found = { terms: [], hits: [] };
const SHORTEST = 2; // characters; less is in every line

/** The words as they stand; where no line has them so, lines that have each of them. */
export function find(moments: readonly Moment[], query: string): Found {
  const whole = fold(query.trim()).replaceAll(/\s+/gu, " ");
  if (whole.length < SHORTEST) return NOTHING;
  const exact = hitsOf(moments, [whole]);
  return exact.hits.length > 0 ? exact : hitsOf(moments, termsOf(whole));
}

/** Words and "phrases in quotes" of a search in all calls, without what only says how to search. */
export function termsOf(query: string): string[] {
  const parts = query.matchAll(/"([^"]+)"|(\S+)/gu);
  const terms = [...parts].map(([, phrase, word]) => (phrase ?? word ?? "").replaceAll(/^[("]+|[*)"]+$/gu, ""));
  return terms.filter((term) => term.length >= SHORTEST && !/^(and|or|not|near(\/\d+)?|\w+:.*)$/u.test(term));
}

function hitsOf(moments: readonly Moment[], terms: readonly string[]): Found {
  if (terms.length === 0) return NOTHING;
  const hits = moments.flatMap(({ line }, moment) => {
    const counts = line ? terms.map((term) => count(folded(line.utterance), term)) : [0];
    if (counts.includes(0)) return [];
    return Array.from({ length: counts.reduce((sum, n) => sum + n) }, (_, nth) => ({ moment, nth }));
  });
  return { terms, hits };
}

const known = new WeakMap<object, string>();

function folded(utterance: { text: string }): string {
  const text = known.get(utterance) ?? fold(utterance.text);
  known.set(utterance, text);
  return text;
}

function count(text: string, term: string): number {
  let found = 0;
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) found += 1;
  return found;
}

/** Where the terms stand in a line, in order. */
export function rangesIn(text: string, terms: readonly string[]): Range[] {
  const where = finder(text);
  const found: Range[] = [];
  for (const term of terms) {
    for (let range = where(term); range && range[1] > range[0]; range = where(term, range[1])) found.push(range);
  }
  return found.sort((a, b) => a[0] - b[0]);
}
