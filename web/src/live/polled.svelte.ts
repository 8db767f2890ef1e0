/** Something that is asked for again and again while somebody looks: the page is open and in view. */
import { explain } from "../api";

export class Polled<T> {
  value = $state.raw<T | null>(null); // the newest answer; a failure leaves it as it is
  problem = $state<string | null>(null);
  #request: AbortController | null = null;

  constructor(
    readonly ask: (signal: AbortSignal) => Promise<T>,
    readonly every_ms: number,
  ) {}

  /** Asks now and from then on; gives what ends it. For an `$effect`: what `ask` reads begins it anew. */
  start(): () => void {
    const looked = () => void (document.visibilityState === "visible" && this.again());
    void this.again();
    const timer = setInterval(looked, this.every_ms);
    document.addEventListener("visibilitychange", looked);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", looked);
      this.#request?.abort();
      this.#request = null;
    };
  }

  /** One question at a time: while an answer is awaited, nobody asks again. */
  async again(): Promise<void> {
    if (this.#request) return;
    const request = (this.#request = new AbortController());
    try {
      [this.value, this.problem] = [await this.ask(request.signal), null];
    } catch (error) {
      if (!request.signal.aborted) this.problem = explain(error);
    } finally {
      if (this.#request === request) this.#request = null;
    }
  }
}
