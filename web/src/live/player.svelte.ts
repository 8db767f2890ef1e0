/** The recording of one call: where it is, whether it plays, and what keeps it from playing. */
import { whyNoRecording } from "../api";
import { texts } from "../texts";

export class Player {
  at_ms = $state(0);
  duration_ms = $state(0);
  playing = $state(false);
  touched = $state(false); // before the first play or seek, no line is the current one
  problem = $state<string | null>(null);
  rate = $state(1);
  following = $state(true); // the page keeps the current line in view; off while somebody reads elsewhere
  jumps = $state(0); // how often somebody went to a place
  onGo: () => void = () => {}; // somebody wants to see the words of a place
  element: HTMLAudioElement | null = null;
  readonly #callId: string;
  #wanted_ms: number | null = null; // a seek from before the recording was loaded

  constructor(callId: string, duration_ms: number) {
    this.#callId = callId;
    this.duration_ms = duration_ms;
  }

  ready(): void {
    const seconds = this.element?.duration ?? 0;
    if (Number.isFinite(seconds) && seconds > 0) this.duration_ms = seconds * 1000;
    if (this.#wanted_ms !== null) this.seek(this.#wanted_ms);
  }

  moved(): void {
    if (!this.element) return;
    this.playing = !this.element.paused;
    this.at_ms = Math.round(this.element.currentTime * 1000); // browsers keep seconds, a little beside what was set
    if (this.playing) this.touched = true;
  }

  async failed(): Promise<void> {
    this.problem = (await whyNoRecording(this.#callId)) ?? texts.review.noRecording;
  }

  seek(ms: number): void {
    const target = Math.max(0, Math.min(ms, this.duration_ms));
    this.touched = true;
    this.following = true;
    this.jumps += 1;
    this.at_ms = target;
    const isLoaded = this.element && this.element.readyState > 0;
    this.#wanted_ms = isLoaded ? null : target;
    if (this.element && isLoaded) this.element.currentTime = target / 1000;
  }

  /** Seeks, and has the words of that place shown. */
  goTo(ms: number): void {
    this.seek(ms);
    this.onGo();
  }

  playFrom(ms: number): void {
    this.seek(ms);
    void this.#play();
  }

  toggle(): void {
    if (this.playing) this.element?.pause();
    else void this.#play();
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.element) this.element.playbackRate = rate;
  }

  async #play(): Promise<void> {
    if (this.problem === null) await this.element?.play().catch(() => this.failed());
  }

  close(): void {
    this.element?.pause();
  }
}
