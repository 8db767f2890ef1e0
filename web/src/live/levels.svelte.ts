/** How loud each side of a live call was in the last minute, from a socket beside the call's own. Next: `Sound.svelte`. */
import { levelsPath } from "../api";
import type { ServerMessage, Speaker } from "../types";
import { connect, type LiveSocket } from "./socket";

export const STEP_MS = 100;
export const KEPT_STEPS = 600; // one minute
export const LOUDEST = 60; // decibels above what counts as silence

type Steps = Map<number, number>; // where a step begins (milliseconds of the call) → its level

export class LiveLevels {
  version = $state(0); // rises with every message: who draws looks at the rest then
  behind_ms = $state(0); // how late the server sends what is said to who listens
  delay_ms = $state(0); // on purpose
  tellsAgent = $state(true);
  readonly steps: { readonly [speaker in Speaker]: Steps } = { agent: new Map(), customer: new Map() };
  newest_ms = 0; // where the newest step begins
  readonly #socket: LiveSocket;

  constructor(callId: string, dial: typeof connect = connect) {
    this.#socket = dial({ path: levelsPath(callId), onMessage: (message) => this.receive(message), onConnection: () => {} });
  }

  receive(message: ServerMessage): void {
    if (message.type === "levels_opened") [this.tellsAgent, this.delay_ms] = [message.tells_agent, message.delay_ms];
    if (message.type !== "levels") return;
    for (const { speaker, from_ms, levels } of message.legs) levels.forEach((level, i) => this.#add(speaker, from_ms + i * STEP_MS, level));
    for (const steps of Object.values(this.steps)) forget(steps, this.newest_ms - KEPT_STEPS * STEP_MS);
    this.behind_ms = message.behind_ms;
    this.version += 1;
  }

  #add(speaker: Speaker, at_ms: number, level: number): void {
    this.steps[speaker].set(at_ms, level);
    this.newest_ms = Math.max(this.newest_ms, at_ms);
  }

  /** 0..1, of the last moments; 0 where nothing came. */
  now(speaker: Speaker): number {
    const steps = this.steps[speaker];
    return Math.max(0, ...[0, 1, 2].map((back) => steps.get(this.newest_ms - back * STEP_MS) ?? 0)) / LOUDEST;
  }

  close(): void {
    this.#socket.close();
  }
}

/** What is too old; steps come in order, so the oldest come first. */
function forget(steps: Steps, before_ms: number): void {
  for (const at_ms of steps.keys()) {
    if (at_ms >= before_ms) return;
    steps.delete(at_ms);
  }
}
