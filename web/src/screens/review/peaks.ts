/** What the server says of a recording's loudness, and what is drawn and told of it. Pure. Next: `Waveform.svelte`, `lanes.ts`. */
import type { PeaksView, Speaker } from "../../types";
import type { Stretch } from "./stretches";

export interface Peaks {
  stretch_ms: number;
  agent: Uint8Array; // 0 (silent) to 254, one for each stretch
  customer: Uint8Array;
}

const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const peaksOf = ({ stretch_ms, agent, customer }: PeaksView): Peaks => ({ stretch_ms, agent: bytes(agent), customer: bytes(customer) });

const LEAST_TOP = 32; // of 254: a line without any sound stays a line
const TALK = 8; // a stretch that is not silent: -30 dB below the loudest that there can be

/** Both channels on one scale, 0..1, so that the louder side is seen to be louder. */
export function drawn({ agent, customer }: Peaks): [Float32Array, Float32Array] {
  const top = Math.max(LEAST_TOP, loudest(agent), loudest(customer));
  const scaled = (channel: Uint8Array) => Float32Array.from(channel, (value) => value / top);
  return [scaled(agent), scaled(customer)];
}

const loudest = (channel: Uint8Array) => channel.reduce((most, value) => Math.max(most, value), 0);

const RAISED = 2; // times as loud as the same voice is in half of the time that it speaks: 6 dB
const RAISED_FOR_MS = 1_500;

/** Where somebody was much louder than they usually are. How loud it was, and nothing of what anybody felt. */
export function raised(peaks: Peaks): Stretch[] {
  return [...raisedIn(peaks.agent, "agent", peaks.stretch_ms), ...raisedIn(peaks.customer, "customer", peaks.stretch_ms)];
}

function raisedIn(channel: Uint8Array, speaker: Speaker, stretch_ms: number): Stretch[] {
  const usual = middle(channel.filter((value) => value >= TALK));
  const window = Math.max(1, Math.round(RAISED_FOR_MS / stretch_ms));
  const found: Stretch[] = [];
  let sum = 0;
  for (const [i, value] of channel.entries()) {
    sum += value - (i >= window ? (channel[i - window] ?? 0) : 0);
    if (usual === 0 || i < window - 1 || sum < RAISED * usual * window * (stretch_ms > WORD_MS ? 1 : SPEAKS)) continue;
    const [start_ms, end_ms] = [(i - window + 1) * stretch_ms, (i + 1) * stretch_ms];
    const last = found.at(-1);
    if (last && start_ms <= last.end_ms) last.end_ms = end_ms;
    else found.push({ speaker, start_ms, end_ms });
  }
  return found;
}

const SPEAKS = 0.75; // of a window in which somebody speaks: there are gaps between words,
const WORD_MS = 300; // and none in stretches that are longer than one

function middle(values: Uint8Array): number {
  return values.toSorted()[Math.floor(values.length / 2)] ?? 0;
}
