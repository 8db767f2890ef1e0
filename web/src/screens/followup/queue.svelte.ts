/**
 * What is to be followed up, page by page, kept true while it is open: asked anew now and then and after every change.
 *
 * What somebody reads never moves under them: what is left no more goes, what has come waits until it is asked for.
 */
import { explain, getFollowUp } from "../../api";
import type { FollowUpItem } from "../../types";
import { merged } from "./merge";
import { NO_FILTER, type QueueFilter } from "./places";

const LOOKS_EVERY_MS = 10_000; // what others do is seen that late; one's own at once

export class Queue {
  items = $state.raw<readonly FollowUpItem[]>([]);
  total = $state(0);
  next = $state<string | null>(null);
  fresh = $state(0); // came since, and are not shown yet
  loaded = $state(false);
  loading = $state(false);
  problem = $state<string | null>(null);
  #filter: QueueFilter = NO_FILTER;
  #request = new AbortController();
  readonly #timer = setInterval(() => void this.look(), LOOKS_EVERY_MS);

  /** Begins again with another filter; what is shown stays until the answer comes. */
  search(filter: QueueFilter): void {
    this.#filter = filter;
    this.reload();
  }

  reload(): void {
    this.#request.abort();
    this.#request = new AbortController();
    this.loading = false;
    void this.#load(null);
  }

  more(): void {
    if (!this.loading && this.next !== null) void this.#load(this.next);
  }

  async #load(before: string | null): Promise<void> {
    const { signal } = this.#request;
    this.loading = true;
    try {
      const page = await getFollowUp(this.#filter, before, signal);
      this.items = before === null ? page.items : [...this.items, ...page.items];
      [this.total, this.next, this.problem] = [page.total, page.next, null];
      if (before === null) this.fresh = 0;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = explain(error);
    }
    [this.loaded, this.loading] = [true, false];
  }

  /** Sees what has changed. A server that does not answer is told when somebody asks for something. */
  async look(): Promise<void> {
    if (!this.loaded || this.loading || document.hidden) return;
    const { signal } = this.#request;
    const page = await getFollowUp(this.#filter, null, signal).catch(() => null);
    if (page === null || signal.aborted || this.loading) return;
    const { items, fresh } = merged(this.items, page.items, page.next === null);
    [this.items, this.fresh, this.total] = [items, fresh, page.total];
  }

  close(): void {
    clearInterval(this.#timer);
    this.#request.abort();
  }
}
