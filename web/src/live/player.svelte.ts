/**
 * The recording of one call: where it is, whether it plays, how, and what keeps it from playing.
 *
 * The browser fetches only what is played, by byte ranges. How one likes to listen is remembered in this browser.
 */
import { whyNoRecording } from "../api";
import type { Peaks } from "../screens/review/peaks";
import { stretchAt, type Stretch } from "../screens/review/stretches";
import { texts } from "../texts";
import { asChoices, type Choices } from "./playerchoices";
import { store, stored } from "./preferences.svelte";
import { oneSide } from "./sides";

const BEFORE_SPEECH_MS = 300; // of a silence that is skipped, so that no first word is cut
const KEY = "player";

export class Player {
  at_ms = $state(0);
  duration_ms = $state(0);
  playing = $state(false);
  touched = $state(false); // before the first play or seek, no line is the current one
  problem = $state<string | null>(null);
  choices = $state.raw<Choices>(asChoices(stored(KEY, "")));
  skipped_ms = $state(0); // how much silence was jumped over just now
  following = $state(true); // the page keeps the current line in view; off while somebody reads elsewhere
  jumps = $state(0); // how often somebody went to a place
  onGo: () => void = () => {}; // somebody wants to see the words of a place
  peaks = $state.raw<Peaks | null>(null); // what its waveform is drawn of; null: not here, or there is none
  silent: readonly Stretch[] = []; // where nobody speaks
  element: HTMLAudioElement | null = null;
  readonly #callId: string;
  readonly #pick = oneSide();
  #wanted_ms: number | null = null; // a seek from before the recording was loaded
  #frame = 0;

  constructor(callId: string, duration_ms: number) {
    this.#callId = callId;
    this.duration_ms = duration_ms;
  }

  ready(): void {
    const seconds = this.element?.duration ?? 0;
    if (Number.isFinite(seconds) && seconds > 0) this.duration_ms = seconds * 1000;
    this.#pace();
    if (this.#wanted_ms !== null) this.#place(this.#wanted_ms);
  }

  /** The element says that something is otherwise. */
  moved(): void {
    if (!this.element) return;
    this.playing = !this.element.paused;
    this.#look();
    if (this.playing) this.touched = true;
    if (this.playing && this.#frame === 0) this.#follow();
  }

  async failed(): Promise<void> {
    this.problem = (await whyNoRecording(this.#callId)) ?? texts.review.noRecording;
  }

  /** Goes to a time, and has its line shown where lines are. */
  seek(ms: number): void {
    this.touched = true;
    this.following = true;
    this.jumps += 1;
    this.skipped_ms = 0;
    this.#place(ms);
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

  choose(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    store(KEY, JSON.stringify(this.choices));
    this.#sound();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.element?.pause();
    this.#pick.close();
  }

  #place(ms: number): void {
    const target = Math.max(0, Math.min(ms, this.duration_ms));
    const isLoaded = this.element && this.element.readyState > 0;
    this.at_ms = target;
    this.#wanted_ms = isLoaded ? null : target;
    if (this.element && isLoaded) this.element.currentTime = target / 1000;
  }

  /** Speed without another pitch. */
  #pace(): void {
    if (!this.element) return;
    this.element.preservesPitch = true;
    this.element.playbackRate = this.choices.rate;
  }

  /** Which side both ears hear, too. */
  #sound(): void {
    this.#pace();
    if (this.element) this.#pick.use(this.element, this.choices.side);
  }

  async #play(): Promise<void> {
    if (this.problem !== null) return;
    this.#sound();
    await this.element?.play().catch(() => this.failed());
  }

  /** Words are marked as they are spoken: the element itself tells its time only four times a second. */
  #follow(): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#look();
      if (this.playing) this.#follow();
    });
  }

  #look(): void {
    if (!this.element) return;
    if (this.#wanted_ms === null) this.at_ms = Math.round(this.element.currentTime * 1000); // browsers keep seconds, a little beside what was set
    if (this.playing && this.choices.skips) this.#skip();
  }

  #skip(): void {
    const silence = stretchAt(this.silent, this.at_ms);
    const target = (silence?.end_ms ?? 0) - BEFORE_SPEECH_MS;
    if (!silence || silence.end_ms >= this.duration_ms || target <= this.at_ms) return;
    this.skipped_ms = target - this.at_ms;
    this.#place(target);
  }
}
