"""Packets of Opus as audio: what is missing is copied, made up or silent, without a peer."""

import av
import numpy as np
import pytest

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import WebRtcError
from voiceassist.ingest.whip.jitter import OpusPacket
from voiceassist.ingest.whip.sound import Sound, Track
from voiceassist.webrtc import opus
from voiceassist.webrtc.opus import OpusDecoder

RATE_HZ, PACKET = 48_000, 960
VOICE_HZ, SYLLABLES_HZ = 120.0, 4.0


def voice(samples: int) -> Pcm:
    """It is taken for one: a steady tone is not, and of that no copies are sent."""
    at = np.arange(samples) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * VOICE_HZ * n * at) / n for n in range(1, 25))
    loud: Pcm = (4000 * (1.2 + np.sin(2 * np.pi * SYLLABLES_HZ * at)) * buzz).astype(np.int16)
    return loud


def encoded(count: int, **options: str) -> list[bytes]:
    """Packets of a voice."""
    codec = av.CodecContext.create("libopus", "w")
    codec.bit_rate, codec.format, codec.layout, codec.sample_rate = 24_000, "s16", "mono", RATE_HZ
    codec.options = {"application": "voip"} | options
    pcm, packets = voice(count * PACKET), []
    for start in range(0, len(pcm), PACKET):
        frame = av.AudioFrame.from_ndarray(pcm[None, start : start + PACKET], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, start
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


def heard(payloads: list[bytes], lost: set[int], channels: int = 1) -> list[Sound]:
    track = Track(channels, longest_silence_s=3.0)
    return [
        sound
        for number, payload in enumerate(payloads)
        if number not in lost
        for sound in track.hear(OpusPacket(number=number, timestamp=number * PACKET, payload=payload))
    ]


def joined(sounds: list[Sound]) -> Pcm:
    """All of it; fails unless one sound begins where the other ends."""
    ends = [sound.timestamp + len(sound.pcm) for sound in sounds]
    assert [sound.timestamp for sound in sounds[1:]] == ends[:-1]
    return np.concatenate([sound.pcm for sound in sounds])


def loudness(pcm: Pcm) -> Pcm:
    """Of each packet."""
    packets = pcm.astype(np.float32).reshape(-1, PACKET)
    levels: Pcm = np.sqrt(np.mean(packets**2, axis=1))
    return levels


def kept(sounds: list[Sound]) -> float:
    """How loud the packet is that lost most of its loudness, compared with what was said."""
    heard_now, clean = joined(sounds), joined(heard(encoded(len(joined(sounds)) // PACKET), lost=set()))
    return float(np.min(loudness(heard_now)[5:] / loudness(clean)[5:]))


def test_packets_sound_as_they_were_sent() -> None:
    sounds = heard(encoded(50), lost=set())
    assert (len(joined(sounds)), kept(sounds)) == (50 * PACKET, 1.0)
    assert not any(sound.is_made_up for sound in sounds)


def test_of_a_stereo_track_every_channel_is_heard() -> None:
    (first, *_) = heard(encoded(5), lost=set(), channels=2)
    assert len(first.pcm) == 2 * PACKET


def test_lost_packet_is_made_up_and_called_lost() -> None:
    sounds = heard(encoded(50), lost={20, 30, 31})
    assert [len(sound.pcm) for sound in sounds if sound.is_made_up] == [PACKET, PACKET, PACKET]
    assert (len(joined(sounds)), kept(sounds) > 0.5) == (50 * PACKET, True)


def test_lost_packet_is_taken_from_the_next_one_where_that_has_a_copy() -> None:
    payloads = encoded(50, fec="1", packet_loss="20")
    sounds = heard(payloads, lost={6, 15, 16})  # their next packets have one
    assert [len(sound.pcm) for sound in sounds if sound.is_made_up] == [PACKET]  # the first of two
    assert kept(sounds) > 0.7


def test_what_is_missing_for_long_is_left_to_the_timeline() -> None:
    sounds = heard(encoded(50), lost=set(range(20, 40)))
    made_up = [sound for sound in sounds if sound.is_made_up]
    assert (sum(len(sound.pcm) for sound in made_up), made_up[0].timestamp) == (6 * PACKET, 20 * PACKET)
    assert made_up[-1].timestamp == 39 * PACKET


def test_broken_packet_is_made_up() -> None:
    payloads = encoded(20)
    payloads[10] = payloads[10][:1] + b"\xff"
    assert len(joined(heard(payloads, lost=set()))) == 20 * PACKET


@pytest.mark.parametrize("payload", [b"", b"\xff" * 40, bytes(1500)])
def test_packet_of_nonsense_does_no_harm(payload: bytes) -> None:
    heard([*encoded(3), payload, *encoded(3)], lost=set())


def test_time_without_a_packet_lost_is_silence_and_no_loss() -> None:
    track, payloads = Track(1, longest_silence_s=3.0), encoded(3)
    track.hear(OpusPacket(number=0, timestamp=0, payload=payloads[0]))
    silent, sound = track.hear(OpusPacket(number=1, timestamp=20 * PACKET, payload=payloads[1]))
    assert (silent.is_made_up, len(silent.pcm), sound.timestamp) == (False, 19 * PACKET, 20 * PACKET)
    assert not silent.pcm.any()
    (sound,) = track.hear(OpusPacket(number=2, timestamp=500 * PACKET, payload=payloads[2]))
    assert sound.timestamp == 500 * PACKET  # so much is the timeline's to fill


def test_silence_that_is_not_sent_comes_while_it_lasts() -> None:
    track, payloads = Track(1, longest_silence_s=3.0), encoded(2)
    track.hear(OpusPacket(number=0, timestamp=0, payload=payloads[0]))
    assert track.pass_time(0.2) == []  # the sender did not say that it would be silent
    track.hear(OpusPacket(number=1, timestamp=PACKET, payload=payloads[1][:1]))
    assert track.may_be_silent
    lengths = [sum(len(sound.pcm) for sound in track.pass_time(quiet_s)) for quiet_s in (0.05, 0.1, 0.3, 5.0, 9.0)]
    assert lengths == [0, 1920, 9600, 33_600, 0]  # it stays 60 ms behind, and after a second the line is dead
    (sound,) = track.hear(OpusPacket(number=2, timestamp=2 * PACKET + 48_000 - 2880, payload=payloads[0]))
    assert not sound.is_made_up


def test_sender_that_has_paused_before_is_silent_when_nothing_comes_though_it_did_not_say_so() -> None:
    track, payloads = Track(1, longest_silence_s=3.0), encoded(2)
    track.hear(OpusPacket(number=0, timestamp=0, payload=payloads[0]))
    assert (track.pass_time(0.5), track.may_be_silent) == ([], False)  # the network may have stalled
    track.hear(OpusPacket(number=1, timestamp=20 * PACKET, payload=payloads[1]))
    assert (track.pass_time(0.2), track.may_be_silent) == ([], True)
    (silent,) = track.pass_time(0.4)
    assert (silent.timestamp, len(silent.pcm)) == (21 * PACKET, 340 * 48)


def test_without_libopus_the_publisher_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "_beside_av", lambda: iter(()))
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    opus.library.cache_clear()
    try:
        with pytest.raises(WebRtcError, match="libopus0"):
            OpusDecoder(1)
    finally:
        opus.library.cache_clear()
