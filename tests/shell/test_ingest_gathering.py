"""Small messages are put together until a step is whole: nothing is lost, mixed or held back for longer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.ingest.dialect import Audio, Legs
from voiceassist.ingest.feed.gathering import Gathered, Gathering

AGENT: Legs = ("agent",)
CUSTOMER: Legs = ("customer",)
BOTH: Legs = ("agent", "customer")
STEP = 320  # 40 ms at 8 kHz


class Told:
    """What was given on, and how much of a step each track still lacks."""

    def __init__(self) -> None:
        self.taken: dict[Legs, int] = {}
        self.given: list[Gathered] = []
        self.gathering = Gathering(lambda legs: STEP - self.taken[legs] % STEP if legs in self.taken else 0)

    def hears(self, audio: Audio, now_s: float = 0.0) -> None:
        self._give(list(self.gathering.add(audio, now_s)))

    def ends(self) -> None:
        self._give(list(self.gathering.rest()))

    def sizes(self) -> list[int]:
        return [len(one.channels[0]) for one, _ in self.given]

    def _give(self, gathered: list[Gathered]) -> None:
        for one, _ in gathered:
            self.taken[one.legs] = self.taken.get(one.legs, 0) + len(one.channels[0])
        self.given += gathered


def audio(
    samples: int, start: int = 0, *, legs: Legs = AGENT, clock: bool = False, is_made_up: bool = False
) -> Audio:
    pcm = np.arange(start, start + samples).astype(np.int16)
    timestamp = start if clock else None
    return Audio(legs=legs, channels=[pcm] * len(legs), timestamp=timestamp, is_made_up=is_made_up)


def test_the_first_audio_begins_the_call_at_once_and_then_a_step_comes_at_a_time() -> None:
    told = Told()
    for place in range(7):
        told.hears(audio(160, 160 * place))
    assert told.sizes() == [160, 160, 320, 320]  # the seventh message waits for the eighth


def test_a_step_has_come_when_the_last_of_it_has() -> None:
    told = Told()
    for place in range(4):
        told.hears(audio(160, 160 * place), now_s=place / 50)
    assert [arrived_s for _, arrived_s in told.given] == [0.0, 0.02, 0.06]


@given(st.lists(st.tuples(st.sampled_from([AGENT, CUSTOMER, BOTH]), st.integers(0, 1_000)), max_size=60))
def test_every_sample_of_every_track_is_given_once_and_in_order(messages: list[tuple[Legs, int]]) -> None:
    told, sent = Told(), dict[Legs, int]()
    for legs, samples in messages:
        start = sent.get(legs, 0)
        told.hears(audio(samples, start, legs=legs))
        sent[legs] = start + samples
        assert sent[legs] - told.taken.get(legs, 0) < STEP
    told.ends()
    for legs, samples in sent.items():
        mine = [one for one, _ in told.given if one.legs == legs]
        for leg in range(len(legs)):
            whole = np.concatenate([np.zeros(0, np.int16), *(one.channels[leg] for one in mine)])
            assert np.array_equal(whole, np.arange(samples).astype(np.int16))


def test_audio_after_a_loss_keeps_its_place_on_the_peers_clock() -> None:
    told = Told()
    told.hears(audio(320, 0, clock=True))
    told.hears(audio(100, 320, clock=True))
    told.hears(audio(100, 480, clock=True))  # 60 samples before it were lost
    told.hears(audio(100, 580, clock=True))
    told.ends()
    assert [(one.timestamp, len(one.channels[0])) for one, _ in told.given] == [
        (0, 320),
        (320, 100),
        (480, 200),
    ]


def test_what_is_made_up_is_not_mixed_with_what_was_said() -> None:
    told = Told()
    told.hears(audio(320))
    told.hears(audio(100, 320))
    told.hears(audio(100, 420, is_made_up=True))
    told.hears(audio(100, 520))
    told.ends()
    assert [one.is_made_up for one, _ in told.given] == [False, False, True, False]


def test_messages_without_audio_wait_for_nothing() -> None:
    told = Told()
    told.hears(audio(320))
    for _ in range(1_000):
        told.hears(audio(0))
    told.ends()
    assert told.sizes() == [320]
