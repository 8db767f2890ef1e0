/** Hears a live call by WHEP: one peer connection that receives. Never plays anything itself. Next: `listening.svelte.ts`. */
import type { HeardLegs } from "../types";
import { gathered, hangUp, post } from "./rtc";

export interface Reception {
  stream: MediaStream;
  /** How much of the call has come since the last time it was asked, and how late this browser plays it. */
  look(): Promise<{ packets: number; late_ms: number }>;
  /** Says goodbye and closes. Never rejects. */
  stop(): Promise<void>;
}

/** Connects; rejects with an ApiError when the server refuses. `onLost`: the connection is gone, or never came. */
export async function receive(callId: string, legs: HeardLegs, onLive: () => void, onLost: () => void): Promise<Reception> {
  const peer = new RTCPeerConnection();
  try {
    const { receiver } = peer.addTransceiver("audio", { direction: "recvonly" });
    const offer = await peer.createOffer();
    await peer.setLocalDescription({ type: "offer", sdp: inStereo(offer.sdp ?? "") });
    await gathered(peer);
    const { answer, session } = await post(`/whep?${new URLSearchParams({ call_id: callId, legs })}`, peer.localDescription?.sdp ?? "");
    watch(peer, receiver, onLive, onLost);
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    const stop = () => hangUp(peer, session).catch(() => undefined);
    return { stream: new MediaStream([receiver.track]), look: looker(peer), stop };
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** A browser mixes both channels into one unless its own description says that it plays two (RFC 7587, section 7). */
export function inStereo(sdp: string): string {
  const opus = /a=rtpmap:(\d+) opus\/48000\/2/i.exec(sdp)?.[1];
  return opus ? sdp.replace(new RegExp(`(a=fmtp:${opus} [^\\r\\n]*)`), "$1;stereo=1") : sdp;
}

function watch(peer: RTCPeerConnection, receiver: RTCRtpReceiver, onLive: () => void, onLost: () => void): void {
  peer.addEventListener("connectionstatechange", () => {
    if (peer.connectionState === "connected") onLive();
    if (peer.connectionState === "failed") onLost();
  });
  peer.addEventListener("signalingstatechange", () => {
    const { transport } = receiver; // there is one as soon as there is an answer
    transport?.addEventListener("statechange", () => transport.state === "closed" && onLost());
  });
}

/** What a browser says of an incoming track; the numbers are sums from its beginning on. */
interface Incoming {
  packets: number;
  waited_s: number; // of all samples, in the jitter buffer
  samples: number;
}

const NOTHING: Incoming = { packets: 0, waited_s: 0, samples: 0 };

function looker(peer: RTCPeerConnection): Reception["look"] {
  let before = NOTHING;
  return async () => {
    const stats = [...(await peer.getStats()).values()] as { [name: string]: number | string }[];
    const now = incoming(stats.find(({ type }) => type === "inbound-rtp"));
    const samples = now.samples - before.samples;
    const waited_ms = samples > 0 ? (1000 * (now.waited_s - before.waited_s)) / samples : 0;
    const trip_s = Number(stats.find(({ type, nominated }) => type === "candidate-pair" && nominated)?.currentRoundTripTime ?? 0);
    const packets = now.packets - before.packets;
    before = now;
    return { packets, late_ms: Math.round(waited_ms + 500 * trip_s) };
  };
}

function incoming(report: { [name: string]: number | string } | undefined): Incoming {
  if (!report) return NOTHING;
  return { packets: Number(report.packetsReceived ?? 0), waited_s: Number(report.jitterBufferDelay ?? 0), samples: Number(report.jitterBufferEmittedCount ?? 0) };
}
