/** What every language's texts are made with: plural forms, and words for the server's own names. */
import { whole } from "../format";
import type { Language } from "../languages";
import type { Speaker } from "../types";

/** One form for each plural rule that the language has; `#` stands for the number. */
export type Forms = { other: string } & { [rule in Intl.LDMLPluralRule]?: string };

/** Gives the form that belongs to a number, by the language's own rules (CLDR). */
export function counting(language: Language): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", whole(count));
}

/** From so many milliseconds on, a delay is told in seconds: it is late by then, and the digits would say nothing. */
export const SECONDS_FROM_MS = 5_000;

export const otherSide = (speaker: Speaker): Speaker => (speaker === "agent" ? "customer" : "agent");

/** Finds the words for one of the server's names; a name that only a newer server knows stands for itself. */
export function naming(words: { readonly [name: string]: string }): (name: string, otherwise?: string) => string {
  return (name, otherwise = name) => (Object.hasOwn(words, name) ? (words[name] ?? otherwise) : otherwise);
}
