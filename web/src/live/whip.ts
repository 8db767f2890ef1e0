/** Publishes one audio track to the server by WHIP (RFC 9725). Never asks for a microphone itself. */
import type { Speaker } from "../types";
import { gathered, hangUp, post, type Answer } from "./rtc";

export interface Publication {
  /** Says goodbye and closes. Rejects when the server could not be told: it is closed all the same. */
  stop(): Promise<void>;
}

/** Whose voice it is, and in which language; null is the server's default. */
export interface Voice {
  leg: Speaker;
  language: string | null;
}

export async function publish(stream: MediaStream, callId: string, voice: Voice, onLost: () => void): Promise<Publication> {
  const peer = new RTCPeerConnection();
  try {
    for (const track of stream.getAudioTracks()) peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const { answer, session } = await offer(peer.localDescription?.sdp ?? "", callId, voice);
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    watch(peer, onLost);
    return { stop: () => hangUp(peer, session) };
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** A server that stops says so, and its transport closes; one that dies is missed after some 17 s. */
function watch(peer: RTCPeerConnection, onLost: () => void): void {
  const transport = peer.getSenders()[0]?.transport;
  peer.addEventListener("connectionstatechange", () => peer.connectionState === "failed" && onLost());
  transport?.addEventListener("statechange", () => transport.state === "closed" && onLost());
}

function offer(sdp: string, callId: string, { leg, language }: Voice): Promise<Answer> {
  return post(`/whip?${new URLSearchParams({ call_id: callId, leg, ...(language && { language }) })}`, sdp);
}
