/**
 * Listening in to the opened call: one listening per page, which reconnects by itself and ends with the call.
 *
 * Never knows a call's state: who draws the call tells when it is over. Next: `screens/supervisor/ListenBar.svelte`.
 */
import { ApiError, explain } from "../api";
import { texts } from "../texts";
import type { HeardLegs } from "../types";
import { backoff } from "./socket";
import { receive, type Reception } from "./whep";

export type ListenPhase = "off" | "connecting" | "live" | "reconnecting" | "ended" | "refused";

/** The parts of the browser that listening needs. */
export interface ListenSurroundings {
  receive: typeof receive;
  /** Plays a stream; null: nothing. */
  play(stream: MediaStream | null): void;
  sound(volume: number, isMuted: boolean): void;
  later(run: () => void, delay_ms: number): () => void;
  random(): number;
}

const LOOK_MS = 1_000;
const SILENT_LOOKS = 3; // without a packet, though the server sends fifty a second: the network is gone
const CONNECT_MS = 10_000; // as long as the server keeps the place

export class Listening {
  phase = $state<ListenPhase>("off");
  problem = $state(""); // why not
  legs = $state<HeardLegs>("both");
  volume = $state(1); // 0..1
  isMuted = $state(false);
  late_ms = $state(0); // of this browser and the network alone; what the server adds comes with the levels
  readonly #around: ListenSurroundings;
  #callId: string | null = null;
  #reception: Reception | null = null;
  #round = 0; // what belongs to an earlier connection is let go of when it comes
  #tries = 0;
  #cancel = () => {};

  constructor(around: ListenSurroundings = browser) {
    this.#around = around;
  }

  get isOn(): boolean {
    return this.phase === "connecting" || this.phase === "live" || this.phase === "reconnecting";
  }

  /** From now on this call is the one to listen to. */
  open(callId: string): void {
    this.close();
    this.#callId = callId;
  }

  /** The call was closed. */
  close(): void {
    this.#callId = null;
    this.#end("off");
  }

  /** The call is over, and with it the listening. */
  callOver(): void {
    if (this.isOn) this.#end("ended");
  }

  toggle(): void {
    if (this.isOn) this.#end("off");
    else if (this.#callId !== null) void this.#begin("connecting");
  }

  choose(legs: HeardLegs): void {
    this.legs = legs;
    if (this.isOn) void this.#begin("connecting");
  }

  setVolume(volume: number): void {
    [this.volume, this.isMuted] = [volume, false];
    this.#around.sound(volume, false);
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.#around.sound(this.volume, isMuted);
  }

  async #begin(phase: "connecting" | "reconnecting"): Promise<void> {
    this.#letGo();
    const [round, callId] = [this.#round, this.#callId];
    if (callId === null) return;
    [this.phase, this.problem] = [phase, ""];
    this.#cancel = this.#around.later(() => this.#lost(round), CONNECT_MS);
    try {
      const reception = await this.#around.receive(callId, this.legs, () => this.#isLive(round), () => this.#lost(round));
      if (round !== this.#round) return void reception.stop();
      this.#reception = reception;
      this.#around.play(reception.stream);
      this.#around.sound(this.volume, this.isMuted);
    } catch (error) {
      if (round === this.#round) this.#refused(error, round);
    }
  }

  #isLive(round: number): void {
    if (round !== this.#round) return;
    [this.phase, this.#tries] = ["live", 0];
    this.#cancel();
    this.#look(round, 0);
  }

  #look(round: number, silent: number): void {
    this.#cancel = this.#around.later(async () => {
      const seen = await this.#reception?.look();
      if (round !== this.#round) return;
      const quiet = seen && seen.packets > 0 ? 0 : silent + 1;
      if (seen) this.late_ms = seen.late_ms;
      if (quiet >= SILENT_LOOKS) this.#lost(round);
      else this.#look(round, quiet);
    }, LOOK_MS);
  }

  /** The connection is gone without a word: it is made anew, until somebody says that it cannot be. */
  #lost(round: number): void {
    if (round !== this.#round || !this.isOn) return;
    this.#letGo();
    this.phase = "reconnecting";
    this.#cancel = this.#around.later(() => void this.#begin("reconnecting"), backoff(this.#tries, this.#around.random()));
    this.#tries += 1;
  }

  #refused(error: unknown, round: number): void {
    if (!(error instanceof ApiError)) return this.#lost(round); // no answer: the network, or the server begins anew
    const ended = this.phase === "reconnecting" && error.code === "not_live";
    this.#end(ended ? "ended" : "refused");
    this.problem = ended ? "" : error.status === 404 ? texts.listen.notAllowed : explain(error);
  }

  #end(phase: ListenPhase): void {
    this.#letGo();
    [this.phase, this.problem, this.#tries] = [phase, "", 0];
  }

  #letGo(): void {
    this.#round += 1;
    this.#cancel();
    const reception = this.#reception;
    this.#reception = null;
    this.#around.play(null);
    void reception?.stop();
  }
}

let player: HTMLAudioElement | null = null;

const browser: ListenSurroundings = {
  receive,
  play: (stream) => {
    player ??= stream ? new Audio() : null;
    if (!player) return;
    player.srcObject = stream;
    if (stream) void player.play().catch(() => undefined); // a page that was never touched may not sound: its button can be pressed
  },
  sound: (volume, isMuted) => {
    if (player) [player.volume, player.muted] = [volume, isMuted];
  },
  later: (run, delay_ms) => {
    const timer = setTimeout(run, delay_ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

export const listening = new Listening(); // one per page
