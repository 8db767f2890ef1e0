/** A call's summary for the tabs that show it: asked for once, in the language of the pages, and again while it is on its way. */
import { explain } from "../../api";
import { preferences } from "../../live/preferences.svelte";
import { editSummary, getSummary, resetSummary, sendSummary } from "../../summaries";
import type { SummaryText, SummaryView } from "../../types";

const ASK_AGAIN_MS = 2_000; // while it is on its way: a receiver mostly answers within a second

export class Summary {
  view = $state.raw<SummaryView | null>(null);
  problem = $state(""); // why there is nothing to show
  busy = $state(false); // a change is on its way to the server

  constructor(readonly callId: string) {}

  readonly lines = $derived<readonly SummaryText[]>(this.view?.edited?.lines ?? this.view?.derived ?? []);

  async load(): Promise<void> {
    try {
      this.view = await getSummary(this.callId, preferences.language);
      this.problem = "";
    } catch (error) {
      this.problem = explain(error);
    }
  }

  /** Keeps these lines; an empty list is what the call's words give. Throws what went wrong. */
  async keep(lines: readonly SummaryText[]): Promise<void> {
    const over = this.view?.revision ?? 0;
    await this.#change(() => (lines.length > 0 ? editSummary(this.callId, lines, preferences.language, over) : resetSummary(this.callId, preferences.language, over)));
  }

  async send(): Promise<void> {
    await this.#change(() => sendSummary(this.callId, preferences.language));
  }

  /** Asks again until it has arrived or not; gives what ends that. */
  follow(): () => void {
    const timer = setInterval(() => void this.load(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }

  async #change(ask: () => Promise<SummaryView>): Promise<void> {
    this.busy = true;
    try {
      this.view = await ask();
    } finally {
      this.busy = false;
    }
  }
}

const kept = new WeakMap<object, Summary>();

/** The summary of a loaded call: all its tabs share one. */
export function summaryOf(whole: object, callId: string): Summary {
  const summary = kept.get(whole) ?? new Summary(callId);
  kept.set(whole, summary);
  return summary;
}
