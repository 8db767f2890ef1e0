/** A call through this browser's microphone: asks for it, publishes it, shows its level, stops. */
import { texts } from "../texts";
import type { Speaker } from "../types";
import { publish, type Publication } from "./whip";

type Phase = "idle" | "starting" | "live" | "failed";

const MICROPHONE: MediaTrackConstraints = { channelCount: 1, echoCancellation: true, noiseSuppression: true };

export class MicCall {
  phase = $state<Phase>("idle");
  problem = $state<string | null>(null);
  level = $state(0); // 0..1, for a meter
  #stream: MediaStream | null = null;
  #publication: Publication | null = null;
  #stopMeter = () => {};

  /** The id of the call that began; null when it could not, and `problem` says why. */
  async start(leg: Speaker): Promise<string | null> {
    this.phase = "starting";
    this.problem = null;
    try {
      return await this.#open(leg);
    } catch (error) {
      await this.#give(explain(error));
      return null;
    }
  }

  async #open(leg: Speaker): Promise<string> {
    if (!navigator.mediaDevices) throw new Error(texts.start.micInsecure);
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
    this.#stopMeter = meter(this.#stream, (level) => (this.level = level));
    const callId = newCallId();
    this.#publication = await publish(this.#stream, callId, leg, () => void this.#give(texts.start.micLost));
    this.phase = "live";
    return callId;
  }

  async #give(problem: string): Promise<void> {
    await this.stop();
    this.phase = "failed";
    this.problem = problem;
  }

  /** Ends the call; its screens stay. */
  async stop(): Promise<void> {
    this.phase = "idle";
    this.#stopMeter();
    this.#stopMeter = () => {};
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    const publication = this.#publication;
    [this.#stream, this.#publication, this.level] = [null, null, 0];
    await publication?.stop();
  }
}

const newCallId = () => `mic-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;

function explain(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return texts.start.micDenied;
  if (name === "NotFoundError" || name === "OverconstrainedError") return texts.start.micMissing;
  const why = error instanceof Error ? error.message : String(error);
  return why === texts.start.micInsecure ? why : texts.start.micFailed(why);
}

const FLOOR_DB = -60; // a quiet room; anything below draws no bar

function meter(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudness(samples));
  }, 80);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Root mean square of samples, as a part of the range from a quiet room to full scale. */
export function loudness(samples: Float32Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(square || 1e-12);
  return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}
