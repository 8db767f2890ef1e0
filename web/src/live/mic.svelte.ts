/** A call through this browser's microphone: asks for it, publishes it, shows its level, stops. */
import { ApiError } from "../api";
import { texts } from "../texts";
import type { Speaker } from "../types";
import { meter } from "./meter";
import { publish, type Publication, type Voice } from "./whip";

type Phase = "idle" | "starting" | "live" | "failed";

/** The parts of the browser that a call needs. */
export interface MicSurroundings {
  microphone(): Promise<MediaStream>;
  meter: typeof meter;
  publish: typeof publish;
}

/** All that one call holds open; whoever ends the call lets go of it, whatever it has by then. */
interface Held {
  stream: MediaStream | null;
  publication: Publication | null;
  stopMeter: () => void;
}

const NOTHING: Held = { stream: null, publication: null, stopMeter: () => {} };

export class MicCall {
  phase = $state<Phase>("idle");
  problem = $state<string | null>(null);
  level = $state(0); // 0..1, for a meter
  readonly #around: MicSurroundings;
  #held: Held | null = null; // null: no call, and a start that is still under way was taken back

  constructor(around: MicSurroundings = browser) {
    this.#around = around;
  }

  /** The id of the call that began; null when it could not (`problem` says why) or was stopped meanwhile. */
  async start(leg: Speaker, language: string | null = null): Promise<string | null> {
    void this.stop();
    const held: Held = { ...NOTHING };
    this.#held = held;
    [this.phase, this.problem] = ["starting", null];
    try {
      return await this.#open(held, { leg, language });
    } catch (error) {
      await this.#fail(held, explain(error));
      return null;
    }
  }

  async #open(held: Held, voice: Voice): Promise<string | null> {
    held.stream = await this.#around.microphone();
    if (held !== this.#held) return this.#tooLate(held);
    held.stopMeter = this.#around.meter(held.stream, (level) => (this.level = level));
    const callId = newCallId();
    held.publication = await this.#around.publish(held.stream, callId, voice, () => void this.#fail(held, texts.start.micLost));
    if (held !== this.#held) return this.#tooLate(held);
    this.phase = "live";
    return callId;
  }

  /** The page was left, or the call stopped, while the browser or the server still took its time. */
  async #tooLate(held: Held): Promise<null> {
    await release(held);
    return null;
  }

  async #fail(held: Held, problem: string): Promise<void> {
    if (held === this.#held) {
      this.#held = null;
      [this.phase, this.problem, this.level] = ["failed", problem, 0];
    }
    await release(held);
  }

  /** Ends the call; its screens stay. Never rejects: a server that is gone becomes the `problem`. */
  async stop(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    [this.phase, this.level] = ["idle", 0];
    const wasHeard = held === null || (await release(held));
    if (!wasHeard && this.#held === null) [this.phase, this.problem] = ["failed", texts.start.micLost];
  }
}

/** Whether the server heard that the call is over. The microphone is off at once, in any case. */
async function release(held: Held): Promise<boolean> {
  const { stream, publication, stopMeter } = held;
  Object.assign(held, NOTHING); // what comes later is released by a second call
  stopMeter();
  for (const track of stream?.getTracks() ?? []) track.stop();
  return publication ? publication.stop().then(() => true, () => false) : true;
}

/** Browsers keep the microphone from this page. */
export class InsecureError extends Error {}

const newCallId = () => `mic-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;

function explain(error: unknown): string {
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return texts.start.micNotAllowed;
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return texts.start.micDenied;
  if (name === "NotFoundError" || name === "OverconstrainedError") return texts.start.micMissing;
  if (error instanceof InsecureError) return texts.start.micInsecure;
  return texts.start.micFailed(error instanceof ApiError ? error.message : texts.start.micTryAgain);
}

// As it is: Chromium's clean-up changed first words. A sample call played into its microphone, twice each way, gave
// "And you, I am sorry" with it and "Thank you. I am sorry" without.
const MICROPHONE: MediaTrackConstraints = { channelCount: 1, echoCancellation: false, noiseSuppression: false };

const browser: MicSurroundings = {
  microphone: async () => {
    if (!navigator.mediaDevices) throw new InsecureError();
    return navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
  },
  meter,
  publish,
};
