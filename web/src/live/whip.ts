/** Publishes one audio track to the server by WHIP (RFC 9725). Never asks for a microphone itself. */
import { ApiError } from "../api";
import type { Speaker } from "../types";

export interface Publication {
  /** Says goodbye and closes. Rejects when the server could not be told: it is closed all the same. */
  stop(): Promise<void>;
}

/** Whose voice it is, and in which language; null is the server's default. */
export interface Voice {
  leg: Speaker;
  language: string | null;
}

const GOODBYE_MS = 3_000; // a server that cannot be reached must not keep the connection open
const GATHER_MS = 1_500; // host candidates come at once; a lost interface must not hold up the call

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

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve();
    peer.addEventListener("icegatheringstatechange", check);
    setTimeout(resolve, GATHER_MS);
    check();
  });
}

async function offer(sdp: string, callId: string, { leg, language }: Voice): Promise<{ answer: string; session: string | null }> {
  const query = new URLSearchParams({ call_id: callId, leg, ...(language && { language }) });
  const headers = { "content-type": "application/sdp" };
  const response = await fetch(`/whip?${query}`, { method: "POST", headers, body: sdp });
  const body = await response.text();
  if (!response.ok) throw new ApiError(codeOf(body), response.status, body);
  return { answer: body, session: response.headers.get("location") };
}

function codeOf(body: string): string {
  try {
    return (JSON.parse(body) as { code: string }).code;
  } catch {
    return "";
  }
}

/** Ends a session; the peer closes even when nobody hears the goodbye, and then this rejects. */
export async function hangUp(peer: Pick<RTCPeerConnection, "close">, session: string | null): Promise<void> {
  try {
    // keepalive: the goodbye outlives a page that is being left
    if (session) await fetch(session, { method: "DELETE", keepalive: true, signal: AbortSignal.timeout(GOODBYE_MS) });
  } finally {
    peer.close(); // after the goodbye: a peer that is simply gone counts as vanished
  }
}
