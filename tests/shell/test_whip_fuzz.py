"""Offers, fragments and packets as nobody should send them."""

import asyncio
import random
from contextlib import suppress

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.whip_client import Tones, offer_of
from tests.shell.test_whip_sound import encoded
from voiceassist.errors import WebRtcError
from voiceassist.ingest.whip.jitter import OrderedPackets
from voiceassist.ingest.whip.sound import Track
from voiceassist.webrtc.peer import answer_offer, audio_of, close_peer
from voiceassist.webrtc.sdp import check_offer, parse_fragment

GOOD = encoded(1)[0]
ODD = (
    "",
    "0",
    "-1",
    "9" * 12,
    "a",
    "*",
    "\x00",
    "é",
    "x.local",
    "fd00::1",
    "UDP",
    "BUNDLE",
    "1/2/3",
    "opus/48000/2",
)


@pytest.fixture(scope="module")
def offered() -> list[str]:
    """The lines of a good offer."""
    return asyncio.run(_offered()).splitlines()


async def _offered() -> str:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="sendonly")
    peer.addTrack(Tones(400))
    sdp = await offer_of(peer)
    await peer.close()
    return sdp


def spoilt(lines: list[str], seed: int) -> str:
    """The same with a few lines lost, doubled, swapped, or with an odd word in one."""
    dice, lines = random.Random(seed), list(lines)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(lines))
        match dice.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(dice.randrange(len(lines)), lines[at])
            case 2:
                words = lines[at].replace(":", ": ").split(" ")
                words[dice.randrange(len(words))] = dice.choice(ODD)
                lines[at] = " ".join(words).replace(": ", ":")
            case 3:
                lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]
            case _:
                del lines[at : at + dice.randint(1, 12)]
        lines = lines or [""]
    return "\r\n".join(lines) + "\r\n"


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30)
def test_offer_that_is_spoilt_is_answered_or_refused(offered: list[str], seed: int) -> None:
    sdp = spoilt(offered, seed)

    async def publish() -> None:
        try:
            check_offer(sdp)
            peer = await answer_offer(sdp)
        except WebRtcError:
            return
        assert (audio_of(peer).track.kind, "m=audio" in peer.localDescription.sdp) == ("audio", True)
        await close_peer(peer)

    asyncio.run(publish())


@given(seed=st.integers(0, 2**32))
def test_fragment_that_is_spoilt_is_read_or_refused(offered: list[str], seed: int) -> None:
    with suppress(WebRtcError):
        parse_fragment(spoilt([line for line in offered if line.startswith(("m=", "a="))], seed))


@given(
    st.lists(
        st.tuples(st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.one_of(st.binary(max_size=40), st.none())),
        max_size=60,
    )
)
def test_whatever_packets_say_nothing_breaks(packets: list[tuple[int, int, bytes | None]]) -> None:
    ordered, track = OrderedPackets(), Track(2, longest_silence_s=3.0)
    for number, timestamp, payload in packets:
        for packet in ordered.add(number, timestamp, GOOD if payload is None else payload):
            for sound in track.hear(packet):
                assert (len(sound.pcm) % 2, len(sound.pcm) <= 2 * 3 * 48_000) == (0, True)
