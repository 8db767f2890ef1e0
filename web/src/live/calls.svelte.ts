/** The pages of a search over stored calls; a newer search abandons the older one. */
import { explain, getCalls } from "../api";
import type { CallPage, CallSummary } from "../types";

export class CallList {
  calls = $state.raw<readonly CallSummary[]>([]);
  next = $state<string | null>(null);
  loaded = $state(false);
  loading = $state(false);
  problem = $state<string | null>(null);
  #q = "";
  #request = new AbortController();

  /** Begins again with a new text; what is shown stays until the answer comes. */
  search(q: string): void {
    this.#request.abort();
    this.#request = new AbortController();
    this.#q = q;
    this.loading = false;
    void this.#load(null, (page) => page.calls);
  }

  more(): void {
    if (this.loading || this.next === null) return;
    void this.#load(this.next, (page) => [...this.calls, ...page.calls]);
  }

  async #load(before: string | null, merge: (page: CallPage) => readonly CallSummary[]): Promise<void> {
    const { signal } = this.#request;
    this.loading = true;
    try {
      const page = await getCalls(this.#q, before, signal);
      [this.calls, this.next, this.problem] = [merge(page), page.next, null];
    } catch (error) {
      if (signal.aborted) return;
      this.problem = explain(error);
    }
    [this.loaded, this.loading] = [true, false];
  }
}
