"""What WHIP needs to know of SDP: which offers we can take, what to ask of the sender, trickled candidates.

Never negotiates: aiortc does. Everything wrong is an IngestError. Next: `whip_peer.py`.
"""

import re
from dataclasses import dataclass, field

from aiortc import RTCIceCandidate
from aiortc.sdp import MediaDescription, SessionDescription, candidate_from_sdp

from voiceassist.errors import IngestError

OPUS = "audio/opus"


def check_offer(sdp: str) -> str:
    """The offer's ICE user name fragment, when it offers us one Opus track; raises IngestError."""
    offer = _parse(sdp)
    audio = [media for media in offer.media if media.kind == "audio"]
    if len(audio) != 1:
        raise IngestError(
            "no_audio",
            f"the offer has {len(audio)} audio tracks; send exactly one (`m=audio`), with one or both legs",
        )
    return _check_track(audio[0])


def _parse(sdp: str) -> SessionDescription:
    try:
        return SessionDescription.parse(sdp)
    except Exception as error:  # aiortc's parser raises whatever happens, assertions included
        raise IngestError(
            "bad_sdp", f"the body is not an SDP offer that can be read ({type(error).__name__}: {error})"
        ) from error


def _check_track(track: MediaDescription) -> str:
    if track.direction not in ("sendonly", "sendrecv"):
        raise IngestError("no_audio", f"the audio track is `{track.direction}`; it must be `sendonly`")
    if OPUS not in {codec.mimeType.lower() for codec in track.rtp.codecs}:
        raise IngestError("no_opus", "the audio track offers no Opus, which every WebRTC sender has (RFC 7874)")
    ufrag = track.ice.usernameFragment if track.ice else None
    if not track.ice or not ufrag or not track.ice.password:
        raise IngestError("bad_sdp", "the audio track has no `a=ice-ufrag` and `a=ice-pwd`")
    if track.dtls is None or not track.dtls.fingerprints:
        raise IngestError("bad_sdp", "the audio track has no `a=setup` and `a=fingerprint`")
    return ufrag


def with_opus_wishes(answer: str, *, stereo: bool) -> str:
    """The answer, asking for packets all the time (a pause looks like loss) and for two channels if need be.

    RFC 7587 section 6.1. A browser mixes both legs into one unless `stereo=1` is in the answer.
    """
    wishes = "usedtx=0;useinbandfec=0" + (";stereo=1" if stereo else "")
    return re.sub(r"(a=rtpmap:(\d+) opus/48000/2\r\n)", rf"\1a=fmtp:\2 {wishes}\r\n", answer, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What a trickled fragment says (RFC 8840)."""

    ufrag: str | None = None
    candidates: list[RTCIceCandidate] = field(default_factory=list)
    is_last: bool = False


def parse_fragment(body: str) -> Fragment:
    """Trickled candidates; raises IngestError."""
    ufrag, mid, is_last = None, None, False
    candidates: list[RTCIceCandidate] = []
    for line in body.splitlines():
        name, _, value = line.strip().partition(":")
        if name == "a=ice-ufrag":
            ufrag = value
        elif name == "a=mid":
            mid = value
        elif name == "a=candidate":
            candidates.append(_candidate(value, mid))
        elif name == "a=end-of-candidates":
            is_last = True
    return Fragment(ufrag=ufrag, candidates=candidates, is_last=is_last)


def _candidate(value: str, mid: str | None) -> RTCIceCandidate:
    try:
        candidate = candidate_from_sdp(value)
    except (AssertionError, ValueError, IndexError):
        raise IngestError("bad_fragment", f"this candidate cannot be read: {value[:200]!r}") from None
    if mid is None:
        candidate.sdpMLineIndex = 0
    candidate.sdpMid = mid
    return candidate
