/** English words for listening in to a live call, and for its levels. */
import { tenths } from "../format";
import type { By, HeardLegs } from "../types";
import type { ListenPhase } from "../live/listening.svelte";

const legs: By<HeardLegs> = { both: "Both", agent: "Agent", customer: "Customer" };
const heard: By<HeardLegs> = { both: "both sides", agent: "the agent", customer: "the customer" };
const phases: By<ListenPhase> = {
  off: "Not listening.",
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Connection lost. Trying again…",
  ended: "Ended with the call.",
  refused: "Cannot listen.",
};

export const listen = {
  title: "Listen in",
  start: "Listen",
  stop: "Stop listening",
  legsLabel: "Who is heard",
  legs,
  mute: "Mute",
  unmute: "Unmute",
  volume: "Volume",
  phase: phases,
  behind: (ms: number) => `Live, ${tenths(ms)} s behind`,
  told: "The agent is told, and it ends when you close the call.",
  untold: "It ends when you close the call.",
  numbers: "Spoken card numbers are heard: pause the recording for them.",
  delayed: (ms: number) => `Heard ${tenths(ms)} s late, so that most masked words are silent.`,
  notAllowed: "You may not listen to this call any more, or it is over.",
  sound: "How loud both sides were in the last minute: the agent above, the customer below",
  now: (names: string) => `Listening in: ${names}`,
  nobody: "Nobody listens in any more.",
  short: "listened to",
  begins: (name: string, legs: HeardLegs) => `${name} listens in to ${heard[legs]}`,
};
