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
