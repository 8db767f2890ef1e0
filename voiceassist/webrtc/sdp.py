"""What we need to know of SDP: which offers we can take, what to ask of a sender, trickled candidates.

Never negotiates: aiortc does. Everything wrong is a WebRtcError. Next: `peer.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiortc import RTCIceCandidate
from aiortc.sdp import MediaDescription, SessionDescription, candidate_from_sdp

from voiceassist.errors import WebRtcError

OPUS = "audio/opus"
Direction = Literal["sendonly", "recvonly"]  # of the peer: it publishes, or it listens
WHAT_FOR: Mapping[Direction, str] = {
    "sendonly": "send exactly one (`m=audio`), with one or both legs",
    "recvonly": "ask for exactly one (`m=audio`)",
}
ADDRESS = 4  # which word of a candidate


def check_offer(sdp: str, direction: Direction = "sendonly") -> str:
    """The offer's ICE user name fragment, when it has one Opus track in this direction; raises WebRtcError."""
    offer = _parse(sdp)
    audio = [media for media in offer.media if media.kind == "audio"]
    if len(audio) != 1:
        raise WebRtcError(
            "no_audio",
            f"the offer has {len(audio)} audio tracks; {WHAT_FOR[direction]}",
        )
    _check_bundle(offer)
    return _check_track(audio[0], direction)


def _parse(sdp: str) -> SessionDescription:
    try:
        return SessionDescription.parse(sdp)
    except Exception as error:  # aiortc's parser raises whatever happens, assertions included
        raise WebRtcError(
            "bad_sdp", f"the body is not an SDP offer that can be read ({type(error).__name__}: {error})"
        ) from error


def _check_bundle(offer: SessionDescription) -> None:
    """Refuses a bundle of media that is not there: aiortc neither answers nor closes such a peer."""
    mids = {media.rtp.muxId for media in offer.media}
    for group in offer.group:
        if group.semantic == "BUNDLE" and not set(group.items) <= mids:
            raise WebRtcError("bad_sdp", "`a=group:BUNDLE` names media that the offer does not have (`a=mid`)")


def _check_track(track: MediaDescription, direction: Direction) -> str:
    if track.direction not in (direction, "sendrecv"):
        raise WebRtcError("no_audio", f"the audio track is `{track.direction}`; it must be `{direction}`")
    if OPUS not in {codec.mimeType.lower() for codec in track.rtp.codecs}:
        raise WebRtcError("no_opus", "the audio track offers no Opus, which all WebRTC peers have (RFC 7874)")
    ufrag = track.ice.usernameFragment if track.ice else None
    if not track.ice or not ufrag or not track.ice.password:
        raise WebRtcError("bad_sdp", "the audio track has no `a=ice-ufrag` and `a=ice-pwd`")
    if track.dtls is None or not track.dtls.fingerprints:
        raise WebRtcError("bad_sdp", "the audio track has no `a=setup` and `a=fingerprint`")
    return ufrag


def for_aiortc(offer: str) -> str:
    """The offer as aiortc should see it, so that every stack's peer connects at once.

    - `a=setup:actpass` becomes `active`, so the peer is DTLS client. As client itself aiortc offers suites with
      ECDSA only, which a peer with an RSA certificate (GStreamer makes one) cannot answer.
    - No mDNS names, as browsers that hide their addresses send them: each costs a second of the POST and is rarely
      found outside its own network. No end of candidates either: with none left, aiortc would give up before it
      has answered. A peer that we do not know the address of finds us, and we answer where its packets come from.
    """
    kept = (line for line in offer.splitlines() if not _is_no_address(line))
    return "".join(f"{_ACTPASS.sub('a=setup:active', line)}\r\n" for line in kept)


_ACTPASS = re.compile(r"^a=setup:actpass\s*$")


def _is_no_address(line: str) -> bool:
    name, _, value = line.strip().partition(":")
    return name == "a=end-of-candidates" or (name == "a=candidate" and is_name(value))


def is_name(candidate: str) -> bool:
    """Whether a candidate is an mDNS name instead of an address (RFC 8839: the fifth word is the address)."""
    words = candidate.split()
    return len(words) > ADDRESS and words[ADDRESS].lower().rstrip(".").endswith(".local")


def with_opus_wishes(answer: str, *, stereo: bool) -> str:
    """The answer with what we wish of the sender's Opus (RFC 7587 section 6.1).

    Packets all the time (a pause is heard at once), a copy of the packet before where packets get lost, and two
    channels if need be: a browser mixes both legs into one unless `stereo=1` is in the answer.
    """
    wishes = "usedtx=0;useinbandfec=1" + (";stereo=1" if stereo else "")
    return re.sub(r"(a=rtpmap:(\d+) opus/48000/2\r\n)", rf"\1a=fmtp:\2 {wishes}\r\n", answer, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What a trickled fragment says (RFC 8840), as far as we need it (see `for_aiortc`)."""

    ufrag: str | None = None
    candidates: list[RTCIceCandidate] = field(default_factory=list)


def parse_fragment(body: str) -> Fragment:
    """Trickled candidates; raises WebRtcError."""
    ufrag, mid = None, None
    candidates: list[RTCIceCandidate] = []
    for line in body.splitlines():
        name, _, value = line.strip().partition(":")
        if name == "a=ice-ufrag":
            ufrag = value
        elif name == "a=mid":
            mid = value
        elif name == "a=candidate" and not is_name(value):
            candidates.append(_candidate(value, mid))
    return Fragment(ufrag=ufrag, candidates=candidates)


def _candidate(value: str, mid: str | None) -> RTCIceCandidate:
    try:
        candidate = candidate_from_sdp(value)
    except (AssertionError, ValueError, IndexError):
        raise WebRtcError("bad_fragment", f"this candidate cannot be read: {value[:200]!r}") from None
    if mid is None:
        candidate.sdpMLineIndex = 0
    candidate.sdpMid = mid
    return candidate
