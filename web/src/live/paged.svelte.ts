/** A long list that the server gives in pages; another question abandons the one before. */
import { explain } from "../api";

export interface Part<Item> {
  items: readonly Item[];
  next: string | null; // null: this was the last
}

export class PagedList<Question, Item> {
  items = $state.raw<readonly Item[]>([]);
  next = $state<string | null>(null);
  loaded = $state(false);
  loading = $state(false);
  problem = $state<string | null>(null);
  #question: Question | null = null;
  #request = new AbortController();

  constructor(readonly ask: (question: Question, before: string | null, signal: AbortSignal) => Promise<Part<Item>>) {}

  /** Begins again with another question; what is shown stays until the answer comes. */
  search(question: Question): void {
    this.#request.abort();
    this.#request = new AbortController();
    this.#question = question;
    this.loading = false;
    void this.#load(question, null);
  }

  more(): void {
    if (this.loading || this.next === null || this.#question === null) return;
    void this.#load(this.#question, this.next);
  }

  async #load(question: Question, before: string | null): Promise<void> {
    const { signal } = this.#request;
    this.loading = true;
    try {
      const { items, next } = await this.ask(question, before, signal);
      [this.items, this.next, this.problem] = [before === null ? items : [...this.items, ...items], next, null];
    } catch (error) {
      if (signal.aborted) return;
      this.problem = explain(error);
    }
    [this.loaded, this.loading] = [true, false];
  }
}
