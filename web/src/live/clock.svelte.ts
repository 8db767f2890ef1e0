/** The time of day, once a second, shared by everything that shows an age. */
import { createSubscriber } from "svelte/reactivity";

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1_000);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; read inside a component, it keeps the component current. */
export function now(): number {
  subscribe();
  return Date.now();
}

let ahead_ms = $state(0); // of the server's clock before this machine's

/** What the server's clock said just now. */
export function setServerClock(at: string): void {
  const ms = Date.parse(at) - Date.now();
  if (Number.isFinite(ms)) ahead_ms = ms;
}

/** As `now`, by the server's clock: by that calls began, however wrong this machine's is. */
export const serverNow = (): number => now() + ahead_ms;
