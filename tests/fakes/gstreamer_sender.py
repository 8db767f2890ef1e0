"""A WHIP sender made of GStreamer's webrtcbin: run by the Python that has GStreamer, usually the system's.

python3 -m tests.fakes.gstreamer_sender URL    publishes a tone until its standard input is closed
"""

import sys
import urllib.request
from importlib import import_module
from typing import Any

TONE_HZ = 400
NAMESPACES = ("GLib", "Gst", "GstSdp", "GstWebRTC")
PIPELINE = (
    f"audiotestsrc is-live=true freq={TONE_HZ} volume=0.25 ! audio/x-raw,rate=48000,channels=1 ! opusenc"
    " ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97"
    " ! webrtcbin name=peer bundle-policy=max-bundle"
)


def main(url: str) -> None:
    gi = import_module("gi")  # here: whoever only reads the constants has no GStreamer
    for name in NAMESPACES[1:]:
        gi.require_version(name, "1.0")
    GLib, Gst, GstSdp, GstWebRTC = (import_module(f"gi.repository.{name}") for name in NAMESPACES)  # noqa: N806

    def offered(promise: Any) -> None:
        reply = promise.get_reply()  # it owns the offer
        peer.emit("set-local-description", reply.get_value("offer"), None)

    def wanted(_peer: Any) -> None:
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(offered))

    def gathered(*_: Any) -> None:
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            answer = publish(peer.get_property("local-description").sdp.as_text(), url)
            _, parsed = GstSdp.SDPMessage.new_from_text(answer)
            kind = GstWebRTC.WebRTCSDPType.ANSWER
            description = GstWebRTC.WebRTCSessionDescription.new(kind, parsed)
            peer.emit("set-remote-description", description, None)

    Gst.init(None)
    pipeline = Gst.parse_launch(PIPELINE)
    peer, loop = pipeline.get_by_name("peer"), GLib.MainLoop()
    peer.emit("get-transceiver", 0).set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
    peer.connect("on-negotiation-needed", wanted)
    peer.connect("notify::ice-gathering-state", gathered)
    pipeline.set_state(Gst.State.PLAYING)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP, lambda *_: loop.quit())
    loop.run()
    pipeline.set_state(Gst.State.NULL)


def publish(offer: str, url: str) -> str:
    """The server's answer; says on standard output what was offered."""
    sys.stdout.write(offer)
    request = urllib.request.Request(url, offer.encode(), {"Content-Type": "application/sdp"})
    with urllib.request.urlopen(request) as response:
        answer: str = response.read().decode()
    return answer


if __name__ == "__main__":
    main(sys.argv[1])
