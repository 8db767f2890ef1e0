/** Which of their promises an agent has kept, as they said in this browser. What a damaged storage says is left out. */
import { stored, store } from "./preferences.svelte";

const KEY = "promises-kept";
const REMEMBERED = 200; // the newest: a day has fifty at most

/** A promise by its call and its time in it. */
export const promiseKey = (promise: { call_id: string; at_ms: number }) => `${promise.at_ms} ${promise.call_id}`;

export function keptIn(text: string): readonly string[] {
  try {
    const said: unknown = JSON.parse(text);
    return Array.isArray(said) ? said.filter((key): key is string => typeof key === "string").slice(-REMEMBERED) : [];
  } catch {
    return [];
  }
}

class Kept {
  #keys = $state.raw(keptIn(stored(KEY, "")));

  has(key: string): boolean {
    return this.#keys.includes(key);
  }

  /** Says that it was kept, or takes that back. */
  set(key: string, isKept: boolean): void {
    const others = this.#keys.filter((one) => one !== key);
    this.#keys = (isKept ? [...others, key] : others).slice(-REMEMBERED);
    store(KEY, JSON.stringify(this.#keys));
  }
}

export const kept = new Kept();
