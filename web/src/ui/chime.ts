/** A short sound for each level of alert: the graver, the more notes and the higher. Made here, no file is loaded. */
import type { Level } from "../types";

const NOTES_HZ: { readonly [level in Level]: readonly number[] } = { critical: [880, 660, 880], warning: [660, 520], info: [520] };
const NOTE_S = 0.16;
const LOUDNESS = 0.2; // of full scale: to be heard beside a headset, not in it

let context: AudioContext | null = null;

/** Plays it; browsers allow that once the person has clicked or typed somewhere in the page. */
export function chime(level: Level): void {
  context ??= new AudioContext();
  void context.resume();
  const start = context.currentTime;
  for (const [i, hz] of NOTES_HZ[level].entries()) play(context, hz, start + i * NOTE_S);
}

function play(audio: AudioContext, hz: number, at_s: number): void {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = hz;
  volume.gain.setValueAtTime(LOUDNESS, at_s);
  volume.gain.exponentialRampToValueAtTime(0.001, at_s + NOTE_S); // ends softly, without a click
  tone.connect(volume).connect(audio.destination);
  tone.start(at_s);
  tone.stop(at_s + NOTE_S);
}
