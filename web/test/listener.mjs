/**
 * Somebody who listens in by WHEP with another WebRTC stack (npm's werift), for the tests of the server.
 *
 * node listener.mjs URL     prints `answered`, then a line per RTP packet: sequence number, timestamp, Opus payload
 * in base64. Ends with a DELETE when its standard input is closed.
 */
import { RTCPeerConnection, RTCRtpCodecParameters } from "werift";

const [url] = process.argv.slice(2);
const opus = new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48000, channels: 2 });
const peer = new RTCPeerConnection({ codecs: { audio: [opus] }, iceServers: [] });
peer.addTransceiver("audio", { direction: "recvonly" });
peer.onTrack.subscribe((track) =>
  track.onReceiveRtp.subscribe(({ header, payload }) => {
    console.log(`${header.sequenceNumber} ${header.timestamp} ${payload.toString("base64")}`);
  }),
);

await peer.setLocalDescription(await peer.createOffer());
const headers = { "content-type": "application/sdp" };
const response = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
const answer = await response.text();
if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
await peer.setRemoteDescription({ type: "answer", sdp: answer });
console.log("answered");

process.stdin.resume();
process.stdin.on("end", async () => {
  const left = await fetch(new URL(response.headers.get("location"), url), { method: "DELETE" });
  await peer.close();
  process.exit(left.status === 200 ? 0 : 1);
});
