/**
 * What a person did, on its way to the server: one after the other, and again until the server has answered.
 *
 * For actions that may arrive twice and count once, as those of coaching do. A line that is away holds up all, so their
 * order stays. Next: the screens say what waits, and what was refused for good.
 */
import { act, ApiError } from "../api";
import type { Action } from "../types";

export interface Outgoing {
  readonly action: Action;
  readonly tries: number; // that failed for want of a connection
}

const ROOM = 30; // what somebody types while a line is away; the next is refused
const ANSWER_MS = 8_000; // a line that has died without a word answers nothing
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5_000; // a person looks at the mark that says "waiting"

/** Whether the same may work in a moment: no connection, or a server that stops, starts or is full. */
export const passes = (error: unknown): boolean => error instanceof ApiError && (error.code === "unreachable" || error.status === 429 || error.status > 501);

export class Outbox {
  waiting = $state.raw<readonly Outgoing[]>([]);
  readonly #callId: string;
  readonly #onRefused: (action: Action, error: unknown) => void;
  #isSending = false;
  #isLeft = false; // no screen shows it any more
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #hurry = () => this.retryNow();

  constructor(callId: string, onRefused: (action: Action, error: unknown) => void) {
    this.#callId = callId;
    this.#onRefused = onRefused;
    addEventListener("online", this.#hurry);
  }

  /** False when there is no room: the person has to wait. */
  send(action: Action): boolean {
    if (this.waiting.length >= ROOM) return false;
    this.waiting = [...this.waiting, { action, tries: 0 }];
    if (!this.#timer) void this.#sendAll();
    return true;
  }

  /** Forgets what waits; what is on its way just now may still arrive. */
  drop(action: Action): void {
    this.waiting = this.waiting.filter((one) => one.action !== action);
  }

  /** The connection may be back. */
  retryNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#sendAll();
  }

  /** The screen goes away; what waits is sent all the same, as long as the page is there. */
  close(): void {
    this.#isLeft = true;
    if (this.waiting.length === 0) this.#end();
  }

  #end(): void {
    removeEventListener("online", this.#hurry);
    clearTimeout(this.#timer);
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    let first = this.waiting[0];
    while (first && (await this.#isDone(first))) {
      this.waiting = this.waiting.filter((one) => one.action !== first?.action);
      first = this.waiting[0];
    }
    this.#isSending = false;
    if (first && this.waiting.length > 0) this.#retryLater();
    else if (this.#isLeft) this.#end();
  }

  /** Whether the server has answered, in whatever way. */
  async #isDone({ action }: Outgoing): Promise<boolean> {
    try {
      await act(this.#callId, action, AbortSignal.timeout(ANSWER_MS));
    } catch (error) {
      if (passes(error)) return false;
      this.#onRefused(action, error);
    }
    return true;
  }

  #retryLater(): void {
    const [first, ...others] = this.waiting;
    if (!first) return;
    this.waiting = [{ ...first, tries: first.tries + 1 }, ...others];
    const delay_ms = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** first.tries);
    this.#timer = setTimeout(this.#hurry, delay_ms);
  }
}
