/** Names of people in what somebody types: which one is being typed, who fits, and the pieces of a finished note. Pure. */
import type { PersonRef } from "../../../types";

const SHOWN = 6; // people to choose from at once
const BEING_TYPED = /(?:^|[^\w.@+-])@([\w.@-]{0,64})$/u;
const NAMED = /(?<![\w.@+-])@[a-zA-Z0-9._@-]+/gu; // as core/words/mentions.py has it

/** What was typed after an @ that ends at `caret`; null: no name is being typed. */
export function typedName(text: string, caret: number): string | null {
  return BEING_TYPED.exec(text.slice(0, caret))?.[1] ?? null;
}

/** Who may be meant: by the login's beginning, or that of a part of the name. */
export function fitting(people: readonly PersonRef[], typed: string): readonly PersonRef[] {
  const wanted = typed.toLowerCase();
  const fits = ({ login, name }: PersonRef) => [login, ...name.split(/\s+/u)].some((part) => part.toLowerCase().startsWith(wanted));
  return people.filter(fits).slice(0, SHOWN);
}

/** The text with the name that is being typed written out, and where the caret is then. */
export function completed(text: string, caret: number, login: string): { text: string; caret: number } {
  const typed = typedName(text, caret) ?? "";
  const before = `${text.slice(0, caret - typed.length)}${login} `;
  return { text: before + text.slice(caret).trimStart(), caret: before.length };
}

export interface Piece {
  text: string;
  isName: boolean;
}

/** A note in pieces: those whom it names are marked. */
export function pieces(text: string, mentions: readonly string[]): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(NAMED)) {
    const name = match[0].replace(/[.@-]+$/u, "");
    if (!mentions.includes(name.slice(1).toLowerCase())) continue;
    found.push({ text: text.slice(at, match.index), isName: false }, { text: name, isName: true });
    at = match.index + name.length;
  }
  return [...found, { text: text.slice(at), isName: false }].filter((piece) => piece.text !== "");
}
