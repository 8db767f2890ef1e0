"""Audio that is not what it was announced to be is named, and audio that is is never doubted."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tests.audio.signals import as_pcm, cadence, music, telephone_band, tones, turns, voice
from voiceassist.audio.audio_doubts import AudioDoubts, Doubt, speeds_of
from voiceassist.audio.doubted_rate import WITHOUT_SOUND, DoubtedRate
from voiceassist.audio.mistaken_channels import DEAD_S
from voiceassist.audio.pcm import TABLES, Encoding, FrameDecoder, Pcm, deinterleave
from voiceassist.events import SPEAKERS

RATE_HZ = 8000
MESSAGE = RATE_HZ // 4
SAID, ANSWERED = (as_pcm(telephone_band(voice(20.0, seed))) for seed in (4, 5))
RANDOM = np.random.default_rng(1)
BREATH = np.convolve(RANDOM.normal(0, 800, 20 * RATE_HZ), [1, 0.9, 0.3, -0.4, -0.5], "same")
WHISPER = BREATH * np.repeat(RANDOM.random(160), 1000)


def doubts_of(*legs: Pcm, rate_hz: int = RATE_HZ, knows_rate: bool = False) -> list[Doubt]:
    care = AudioDoubts(SPEAKERS[: len(legs)], rate_hz, knows_rate=knows_rate)
    doubts: list[Doubt] = []
    for at in range(0, len(legs[0]), MESSAGE):
        doubts += care.hear([leg[at : at + MESSAGE] for leg in legs])
        if speech := care.take_speech():
            doubts += care.sounds(speeds_of(speech))
    return doubts


def codes(*legs: Pcm, rate_hz: int = RATE_HZ) -> list[str]:
    return [doubt.code for doubt in doubts_of(*legs, rate_hz=rate_hz)]


def coded(leg: Pcm, law: Encoding) -> bytes:
    """The leg as G.711 sends it."""
    table = TABLES[law].astype(np.int32)
    order = np.argsort(table)
    middles = (table[order][1:] + table[order][:-1]) / 2
    return order[np.searchsorted(middles, leg)].astype(np.uint8).tobytes()


def read(data: bytes, encoding: Encoding, legs: int = 1) -> Sequence[Pcm]:
    return FrameDecoder(encoding, legs).feed(data)


RIGHT: dict[str, Sequence[Pcm]] = {
    "a voice": [SAID],
    "two voices": [SAID, ANSWERED],
    "a voice in mu-law": read(coded(SAID, "mulaw"), "mulaw"),
    "a voice in A-law": read(coded(SAID, "alaw"), "alaw"),
    "a voice in noise": [as_pcm(SAID + RANDOM.normal(0, 300, len(SAID)))],
    "a voice and its echo": [SAID, np.roll(SAID // 4, 3)],
    "noise": [as_pcm(RANDOM.normal(0, 3_000, len(SAID)))],
    "music": [as_pcm(music(20.0))],
    "music on a telephone": [as_pcm(telephone_band(music(20.0)))],
    "a tone": [as_pcm(tones(20.0, 440.0))],
    "ringing": [as_pcm(cadence(20.0, 1, 4, 440.0, 480.0))],
    "whispering": [as_pcm(WHISPER)],
    "silence": [np.zeros(20 * RATE_HZ, np.int16)],
    "silence and a voice": [np.full(20 * RATE_HZ, 1, np.int16), SAID],
}


@pytest.mark.parametrize("what", RIGHT)
def test_audio_that_is_what_it_was_announced_to_be_is_not_doubted(what: str) -> None:
    assert codes(*RIGHT[what]) == []


WRONG: dict[str, tuple[str, Callable[[], Sequence[Pcm]]]] = {
    "big-endian": ("s16be", lambda: [SAID.byteswap()]),
    "two legs, big-endian": ("s16be", lambda: [SAID.byteswap(), ANSWERED.byteswap()]),
    "mu-law as A-law": ("mulaw", lambda: read(coded(SAID, "mulaw"), "alaw")),
    "A-law as mu-law": ("alaw", lambda: read(coded(SAID, "alaw"), "mulaw")),
    "mu-law as s16le": ("mulaw", lambda: read(coded(SAID, "mulaw"), "s16le")),
    "A-law as s16le": ("alaw", lambda: read(coded(SAID, "alaw"), "s16le")),
    "s16le as mu-law": ("s16le", lambda: read(SAID.tobytes(), "mulaw")),
    "8-bit as s16le": ("unsigned 8-bit", lambda: read(((SAID >> 8) + 128).astype(np.uint8).tobytes(), "s16le")),
}


@pytest.mark.parametrize("what", WRONG)
def test_bytes_that_were_read_as_something_else_are_named_once(what: str) -> None:
    kind, legs = WRONG[what]
    (doubt,) = doubts_of(*legs())
    assert (doubt.code, doubt.speaker) == ("encoding", None)
    assert kind in doubt.message


@pytest.mark.parametrize("magic", [b"RIFF", b"OggS", b"fLaC", b"ID3\x03"])
@pytest.mark.parametrize("encoding", ["s16le", "mulaw", "alaw"])
@pytest.mark.parametrize("legs", [1, 2])
def test_file_that_is_sent_as_samples_is_named_at_its_first_bytes(
    magic: bytes, encoding: Encoding, legs: int
) -> None:
    care = AudioDoubts(SPEAKERS[:legs], RATE_HZ, knows_rate=False)
    first = [doubt.code for doubt in care.hear(read(magic + bytes(60), encoding, legs))]
    assert first == ["container"]
    assert care.hear(read(magic + bytes(60), encoding, legs)) == []


def test_one_channel_that_is_sent_as_two_is_named() -> None:
    assert codes(*deinterleave(SAID, 2)) == ["channels"]


def test_two_channels_that_are_sent_as_one_are_named() -> None:
    agent = turns((0, 5), (10, 15), seed=1, seconds=20)
    customer = turns((5, 10), (15, 20), seed=2, seconds=20)
    assert codes(as_pcm(np.stack([agent, customer], axis=1).reshape(-1))) == ["channels"]


def test_side_without_anything_on_it_is_named_after_a_minute_of_the_other() -> None:
    care, minute = AudioDoubts(SPEAKERS, RATE_HZ, knows_rate=True), range(DEAD_S)
    second = [np.zeros(RATE_HZ, np.int16), np.full(RATE_HZ, 100, np.int16)]
    told = [care.hear(second) for _ in minute]
    assert [(doubt.code, doubt.speaker) for doubt in told[-1]] == [("dead_leg", "agent")]
    assert not any(told[:-1])
    assert care.hear(second) == []


def test_clipping_and_an_offset_are_named_with_their_leg() -> None:
    loud = np.clip(SAID.astype(np.int32) * 60, -32_768, 32_767).astype(np.int16)
    assert [(doubt.code, doubt.speaker) for doubt in doubts_of(ANSWERED, loud)] == [("clipping", "customer")]
    (doubt,) = doubts_of(as_pcm(SAID.astype(np.float64) + 1_500), ANSWERED)
    assert (doubt.code, doubt.speaker) == ("dc_offset", "agent")


def test_speech_that_sounds_twice_as_fast_is_named_and_not_where_the_audio_has_a_clock() -> None:
    fast = as_pcm(telephone_band(voice(30.0, 4)))
    (doubt,) = doubts_of(fast, rate_hz=2 * RATE_HZ)
    assert doubt.code == "rate_mismatch"
    assert "announced 16000 Hz, speech looks like 8000 Hz" in doubt.message
    assert doubts_of(fast, rate_hz=2 * RATE_HZ, knows_rate=True) == []


def test_recording_that_is_sent_faster_than_it_plays_is_not_doubted_when_it_sounds_right() -> None:
    rate = DoubtedRate(8000)
    assert rate.arrives_at(16_000) is None
    assert rate.sounds([0.1, -0.1]) is None
    assert [rate.arrives_at(16_000) for _ in range(10)] == [None] * 10


def test_sound_and_arrival_together_name_a_rate_that_neither_is_sure_of() -> None:
    rate = DoubtedRate(8000)
    assert rate.sounds([-0.6]) is None
    assert "speech looks like 16000 Hz: it sounds slow and low, and it arrives at 16000" in str(
        rate.arrives_at(16_000)
    )
    assert rate.arrives_at(16_000) is None


def test_arrival_speaks_alone_when_nothing_is_heard_that_could_tell() -> None:
    rate = DoubtedRate(8000)
    told = [rate.arrives_at(16_000) for _ in range(WITHOUT_SOUND + 2)]
    assert [bool(one) for one in told] == [False] * (WITHOUT_SOUND - 1) + [True, False, False]


def test_sound_speaks_alone_when_it_is_sure() -> None:
    assert "speech looks like 16000 Hz" in str(DoubtedRate(8000).sounds([-0.9, -0.7]))
