/** What WHIP (a call goes to the server) and WHEP (it comes from there) share: candidates, the POST, the goodbye. */
import { ApiError } from "../api";

export interface Answer {
  answer: string;
  session: string | null; // where to say goodbye
}

const GOODBYE_MS = 3_000; // a server that cannot be reached must not keep the connection open
const GATHER_MS = 1_500; // host candidates come at once; a lost interface must not hold up the call

export function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve();
    peer.addEventListener("icegatheringstatechange", check);
    setTimeout(resolve, GATHER_MS);
    check();
  });
}

/** Posts an offer; rejects with an ApiError when it is refused. */
export async function post(path: string, sdp: string): Promise<Answer> {
  const headers = { "content-type": "application/sdp" };
  const response = await fetch(path, { method: "POST", headers, body: sdp });
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
