/** Which card the agent sees, and what to say about the one that just left. Pure. */
import { texts } from "../../texts";
import type { CallState, Prompt, PromptView } from "../../types";

const NOTE_STAYS_MS = 12_000; // of call time: read it in passing, then forget it

/** The card on the screen: an open one, the most urgent, the newest. */
export function currentCard(call: CallState): PromptView | null {
  const open = call.prompts.filter((view) => view.outcome === null && !view.prompt.late);
  const heavier = (a: PromptView, b: PromptView) => (b.prompt.priority >= a.prompt.priority ? b : a);
  return call.status === "live" && open.length > 0 ? open.reduce(heavier) : null;
}

/** What an agent reads of a card: two cards with the same face look the same. */
export function faceOf(prompt: Prompt): string {
  return JSON.stringify([prompt.kind, prompt.headline, prompt.say, prompt.alternatives.map((one) => one.text)]);
}

/** A sentence of the page, and the words of the call that it has places for. */
export interface Note {
  text: string;
  words: { headline: string; offer: string };
}

/** The card that left last; null once that is long ago. */
function lastLeft(call: CallState): PromptView | null {
  const left = call.prompts.filter((view) => view.closed_ms !== null && !view.prompt.late);
  const last = left.sort((a, b) => (a.closed_ms ?? 0) - (b.closed_ms ?? 0)).at(-1);
  return last?.closed_ms != null && call.at_ms - last.closed_ms <= NOTE_STAYS_MS ? last : null;
}

/** The id of the card that left last, while it is marked as not useful. */
export function uselessCard(call: CallState): string | null {
  const last = lastLeft(call);
  return last?.not_useful_by ? last.prompt.prompt_id : null;
}

/** A quiet sentence on the card that left last; null once that is old. */
export function leavingNote(call: CallState): Note | null {
  const last = lastLeft(call);
  if (!last?.outcome) return null;
  const offer = last.prompt.alternatives.find((one) => one.id === last.alternative);
  const words = { headline: last.prompt.headline, offer: offer?.text ?? "" };
  return { text: offer ? texts.agent.usedAlternative : texts.agent.left(last.outcome), words };
}
