/** What a supervisor's box for messages offers, sends and still has to send. Pure but for the ids it makes up. */
import type { Outgoing } from "../../live/outbox.svelte";
import { plain } from "../../fold";
import type { Action, CallState, SnippetView } from "../../types";

export type Message = Extract<Action, { type: "send_coaching" }> & { text: string; snippet: string };

export interface Refused {
  readonly action: Extract<Action, { type: "send_coaching" }>;
  readonly why: string;
}

export const WITHDRAW_MS = 5_000; // time to read one's own message again; the server takes a second more

/** The playbook's messages that have every word that was typed, or a beginning of it; all of them for nothing. */
export function matchingSnippets(snippets: readonly SnippetView[], typed: string): SnippetView[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const has = ({ id, text }: SnippetView) => {
    const said = ` ${plain(text)} ${plain(id).replaceAll(/[_-]/g, " ")}`;
    return words.every((word) => said.includes(` ${word}`));
  };
  return snippets.filter((snippet) => has(snippet) && snippet.text !== typed);
}

/** Which offered message Alt and a digit choose; null for another key. By the place of the key: Alt changes what it writes. */
export function chosenBy({ altKey, ctrlKey, metaKey, code }: Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey" | "code">): number | null {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  return altKey && !ctrlKey && !metaKey && digit ? Number(digit) - 1 : null;
}

/** What is sent for a line: the playbook's message by its id, where it is one. */
export function messageOf(said: string, snippets: readonly SnippetView[]): Message {
  const snippet = snippets.find(({ text }) => text === said)?.id ?? "";
  return { type: "send_coaching", coaching_id: newId(), text: snippet ? "" : said, snippet };
}

/** As `crypto.randomUUID`, which browsers have on https pages only. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export interface Unsent extends Outgoing {
  readonly text: string;
}

/** What the server has not taken yet, as far as this page knows: what it told of has been taken. */
export function unsentOf(waiting: readonly Outgoing[], known: CallState["coaching"], snippets: readonly SnippetView[] = []): Unsent[] {
  const taken = new Set(known.map((view) => view.sent.coaching_id));
  return waiting.flatMap((one) => {
    const { action } = one;
    if (action.type !== "send_coaching" || taken.has(action.coaching_id)) return [];
    return [{ ...one, text: action.text || (snippets.find(({ id }) => id === action.snippet)?.text ?? "") }];
  });
}
