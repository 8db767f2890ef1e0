"""What a feed makes of a dialect's events: time is an argument, nothing waits."""

import asyncio

import numpy as np
import pytest

from tests.audio.signals import as_pcm, voice
from tests.fakes.sources import info
from voiceassist.audio.pcm import AudioFrame, deinterleave
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, AudioDoubted, AudioGap, LineChanged, Person
from voiceassist.ingest.dialect import Audio, Ended, Gap, Identified, Legs, Paused, Resumed, Started, Tracks
from voiceassist.ingest.feed.feed import Feed
from voiceassist.ingest.feed.gaps import Piece
from voiceassist.ingest.limits import PeerLimits

RATE_HZ = 1000  # one sample is one millisecond
AGENT: Legs = ("agent",)
CUSTOMER: Legs = ("customer",)


def feed_of(*tracks: Legs, limits: PeerLimits | None = None) -> Feed:
    started = Started(info=info(), rate_hz=RATE_HZ, tracks=tracks)
    return Feed(started, started.info, limits or PeerLimits(), waits=False)


def audio(legs: Legs, value: int = 1, samples: int = 20) -> Audio:
    return Audio(legs=legs, channels=[np.full(samples, value, np.int16) for _ in legs])


async def ended(feed: Feed) -> list[Piece]:
    feed.end("hangup")
    return [piece async for piece in feed.frames()]


def samples(pieces: list[Piece], speaker: str) -> int:
    return sum(len(piece.pcm) for piece in pieces if isinstance(piece, AudioFrame) and piece.speaker == speaker)


def gaps(pieces: list[Piece]) -> set[tuple[str, int, int, str]]:
    return {(p.speaker, p.at_ms, p.duration_ms, p.cause) for p in pieces if isinstance(p, AudioGap)}


async def test_tracks_of_one_connection_that_arrive_apart_share_the_calls_clock() -> None:
    feed = feed_of(AGENT, CUSTOMER)
    publisher = feed.publish((AGENT, CUSTOMER), 0.0, waits=False)
    publisher.take(audio(AGENT), 0.02)
    publisher.take(audio(CUSTOMER, samples=50), 0.07)
    pieces = await ended(feed)
    assert (samples(pieces, "agent"), samples(pieces, "customer")) == (20, 70)
    assert gaps(pieces) == {("customer", 0, 20, "silent")}


async def test_call_begins_with_its_first_audio_and_not_before() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    for event in (audio(SPEAKERS, samples=0), Gap(legs=SPEAKERS, duration_ms=500), Paused(), Resumed()):
        publisher.take(event, 5.0)
        feed.tick(5.0)
    assert (feed.has_begun, feed.waiting) == (False, 1)
    publisher.take(audio(SPEAKERS), 9.02)
    assert (await feed.begins(), feed.waiting, feed.duration_ms) == (True, 0, 20)


async def test_call_that_ends_without_audio_never_begins() -> None:
    feed = feed_of(SPEAKERS)
    feed.publish((SPEAKERS,), 0.0, waits=False).take(Ended(reason="hangup"), 1.0)
    assert (await feed.begins(), feed.end_reason, await ended(feed)) == (False, "hangup", [])


async def test_loss_that_the_peer_tells_is_filled_and_told_but_no_further_than_time_has_gone() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS), 0.02)
    publisher.take(Gap(legs=SPEAKERS, duration_ms=100), 0.12)
    publisher.take(Gap(legs=SPEAKERS, duration_ms=3_600_000), 0.13)
    pieces = await ended(feed)
    assert gaps(pieces) == {(leg, 20, 110, "lost") for leg in SPEAKERS}
    assert samples(pieces, "agent") == 130


def test_peer_that_said_it_pauses_is_not_idle_until_it_resumes() -> None:
    publisher = feed_of(SPEAKERS).publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS), 0.02)
    publisher.take(Paused(), 1.0)
    assert publisher.quiet_s(600.0) == 0.0
    publisher.take(Resumed(), 600.0)
    assert publisher.quiet_s(601.0) == 1.0


@pytest.mark.parametrize("hold_s", [0.5, 2.0, 20.0])
async def test_a_hold_is_as_long_as_it_was_and_no_silence_of_the_line(hold_s: float) -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS, samples=1000), 1.0)
    publisher.take(Paused(), 1.0)
    for second in range(2, round(hold_s)):
        feed.tick(float(second))
    publisher.take(Resumed(), 1.0 + hold_s)
    publisher.take(audio(SPEAKERS, samples=1000), 2.0 + hold_s)
    pieces = await ended(feed)
    hold_ms = round(hold_s * 1000)
    assert gaps(pieces) == {(leg, 1000, hold_ms, "held") for leg in SPEAKERS}
    lines = [(piece.state, piece.at_ms) for piece in pieces if isinstance(piece, LineChanged)]
    assert lines == [("held", 1000)] * 2 + [("back", 1000 + hold_ms)] * 2


async def test_a_call_may_end_on_hold_and_a_hold_may_come_before_its_first_audio() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(Paused(), 0.0)
    publisher.take(Resumed(), 5.0)
    publisher.take(audio(SPEAKERS, samples=1000), 6.0)
    publisher.take(Paused(), 6.0)
    feed.tick(16.0)
    pieces = await ended(feed)
    assert gaps(pieces) == {(leg, 1000, 10_000, "held") for leg in SPEAKERS}
    assert samples(pieces, "agent") == 11_000


def test_who_is_speaking_may_be_said_until_the_first_audio() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(Identified(agent=Person(id="7", name="Eve")), 0.0)
    publisher.take(audio(SPEAKERS), 0.02)
    publisher.take(Identified(agent=Person(id="8", name="Bo")), 0.03)
    assert (feed.info.agent.name, feed.info.customer.name) == ("Eve", "Mr Brown")


def test_second_start_on_a_connection_is_refused() -> None:
    publisher = feed_of(SPEAKERS).publish((SPEAKERS,), 0.0, waits=False)
    with pytest.raises(IngestError, match="carries a call already"):
        publisher.take(Started(info=info(), rate_hz=RATE_HZ, tracks=(SPEAKERS,)), 0.0)


@pytest.mark.parametrize("tracks", [(AGENT,), (SPEAKERS,), (AGENT, CUSTOMER)])
def test_leg_has_one_publisher_at_a_time(tracks: Tracks) -> None:
    feed = feed_of(AGENT)
    feed.publish((AGENT,), 0.0, waits=False)
    with pytest.raises(IngestError, match="a connection that carries the agent already") as refused:
        feed.publish(tracks, 0.9, waits=False)
    assert refused.value.code == "leg_taken"


async def test_call_goes_on_until_its_last_publisher_is_gone() -> None:
    feed = feed_of(AGENT)
    first, second = feed.publish((AGENT,), 0.0, waits=False), feed.publish((CUSTOMER,), 0.0, waits=False)
    first.take(Ended(reason="hangup"), 1.0)
    assert (first.is_over, feed.is_over) == (True, False)
    second.take(Ended(reason="vanished"), 2.0)
    assert feed.end_reason == "vanished"


def lines(pieces: list[Piece]) -> list[tuple[str, str, int, int | None]]:
    return [(p.speaker, p.state, p.at_ms, p.until_ms) for p in pieces if isinstance(p, LineChanged)]


async def test_lost_line_is_silent_at_once_and_its_return_is_one_gap_as_long_as_it_was() -> None:
    feed = feed_of(AGENT)
    agent, customer = feed.publish((AGENT,), 0.0, waits=False), feed.publish((CUSTOMER,), 0.0, waits=False)
    agent.take(audio(AGENT), 0.02)
    customer.take(audio(CUSTOMER), 0.02)
    customer.leave("vanished", 0.03)
    assert (customer.is_over, feed.is_over) == (True, False)
    feed.pass_time(1.0)
    assert feed.duration_ms == 1000  # nothing waits until a silent peer is one
    again = feed.publish((CUSTOMER,), 5.0, waits=False)
    again.take(audio(CUSTOMER, value=2), 6.02)
    pieces = await ended(feed)
    assert gaps(pieces) == {("customer", 20, 5980, "line_lost")}
    assert lines(pieces) == [("customer", "lost", 30, 20_030), ("customer", "back", 6000, None)]
    assert samples(pieces, "customer") == 6020


async def test_call_in_which_nobody_is_connected_waits_and_ends_as_vanished_with_its_last_leg() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS), 0.02)
    publisher.leave("vanished", 0.02)
    feed.pass_time(20.01)
    assert not feed.is_over
    feed.pass_time(20.02)
    assert feed.end_reason == "vanished"
    pieces = [piece async for piece in feed.frames()]
    assert gaps(pieces) == {(leg, 20, 20_000, "line_lost") for leg in SPEAKERS}
    assert [state for _, state, _, _ in lines(pieces)] == ["lost", "lost"]
    assert samples(pieces, "agent") == samples(pieces, "customer") == 20_020


async def test_leg_that_is_given_up_is_gone_and_its_call_goes_on() -> None:
    feed = feed_of(AGENT)
    agent, customer = feed.publish((AGENT,), 0.0, waits=False), feed.publish((CUSTOMER,), 0.0, waits=False)
    agent.take(audio(AGENT), 0.02)
    customer.take(audio(CUSTOMER), 0.02)
    customer.leave("vanished", 0.02)
    agent.take(audio(AGENT), 20.02)
    feed.pass_time(20.02)
    agent.take(audio(AGENT), 40.02)
    feed.pass_time(40.02)
    pieces = await ended(feed)
    assert ("customer", "gone", 20_020, None) in lines(pieces)
    assert ("customer", 20, 20_000, "line_lost") in gaps(pieces)
    assert ("customer", 20_020, 20_000, "silent") in gaps(pieces)


async def test_peer_that_goes_on_by_itself_after_its_line_was_lost_is_back() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS), 0.02)
    feed.lose(publisher, 5.02)
    publisher.take(audio(SPEAKERS), 9.02)
    pieces = await ended(feed)
    assert not publisher.is_displaced
    assert gaps(pieces) == {(leg, 20, 8980, "line_lost") for leg in SPEAKERS}
    assert [(state, at_ms) for _, state, at_ms, _ in lines(pieces)] == [("lost", 5020)] * 2 + [("back", 9000)] * 2


async def test_lost_line_comes_back_with_other_tracks_at_another_rate() -> None:
    feed = feed_of(SPEAKERS)
    both = feed.publish((SPEAKERS,), 0.0, waits=False)
    both.take(audio(SPEAKERS), 0.02)
    both.leave("vanished", 0.02)
    agent = feed.publish((AGENT,), 1.0, waits=False, rate_hz=2 * RATE_HZ)
    customer = feed.publish((CUSTOMER,), 1.0, waits=True, rate_hz=RATE_HZ)
    for at in range(100):
        agent.take(audio(AGENT, value=1000, samples=40), 1.02 + at * 0.02)
        customer.take(audio(CUSTOMER, value=2000, samples=20), 1.02 + at * 0.02)
    pieces = await ended(feed)
    assert gaps(pieces) == {(leg, 20, 980, "line_lost") for leg in SPEAKERS}
    assert samples(pieces, "customer") == 3000
    assert 2500 < samples(pieces, "agent") <= 3000  # a filter holds some back
    assert {piece.rate_hz for piece in pieces if isinstance(piece, AudioFrame)} == {RATE_HZ}


async def test_timestamps_at_another_rate_show_what_was_lost_and_nothing_else() -> None:
    feed = feed_of(AGENT)
    feed.publish((AGENT,), 0.0, waits=False).take(audio(AGENT), 0.02)
    customer = feed.publish((CUSTOMER,), 0.0, waits=False, rate_hz=8 * RATE_HZ)
    for at in [*range(50), *range(60, 100)]:
        packet = np.full(160, 1000, np.int16)
        customer.take(Audio(legs=CUSTOMER, channels=[packet], timestamp=5_000 + at * 160), (at + 1) * 0.02)
    lost = [(at_ms, lost_ms) for speaker, at_ms, lost_ms, cause in gaps(await ended(feed)) if cause == "lost"]
    ((at_ms, lost_ms),) = lost
    assert lost_ms == 200
    assert abs(at_ms - 1000) < 200


async def test_silence_that_will_end_a_connection_is_told_a_minute_before_and_audio_takes_that_back() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    publisher.take(audio(SPEAKERS), 0.02)
    assert publisher.tick(7000.0) is None
    warned = publisher.tick(7140.02)
    assert warned
    assert (warned.code, publisher.tick(7141.0)) == ("idle_soon", None)
    publisher.take(audio(SPEAKERS), 7150.02)
    assert publisher.tick(14_000.0) is None
    assert publisher.tick(14_290.02)
    with pytest.raises(IngestError, match="no audio for 7200 s") as refused:
        publisher.tick(14_350.02)
    assert refused.value.code == "idle"
    told = [(speaker, state, until_ms) for speaker, state, _, until_ms in lines(await ended(feed))]
    assert [state for speaker, state, _ in told if speaker == "agent"] == ["quiet", "back", "quiet"]
    assert [until_ms for speaker, _, until_ms in told if speaker == "agent"] == [7_200_020, None, 14_350_020]


def test_connection_that_never_sends_audio_is_over_after_a_minute_and_nobody_is_told_before() -> None:
    publisher = feed_of(SPEAKERS).publish((SPEAKERS,), 0.0, waits=False)
    assert publisher.tick(59.9) is None
    with pytest.raises(IngestError, match="no audio for 60 s"):
        publisher.tick(60.0)


async def test_connection_that_is_displaced_is_heard_no_more() -> None:
    feed = feed_of(SPEAKERS)
    old = feed.publish((SPEAKERS,), 0.0, waits=False)
    old.take(audio(SPEAKERS), 0.02)
    new = feed.publish((SPEAKERS,), 2.02, waits=False)
    old.take(audio(SPEAKERS, value=7), 2.1)
    old.leave("vanished", 2.2)
    new.take(audio(SPEAKERS, value=2), 2.5)
    assert (old.is_displaced, old.is_over, new.is_over, feed.is_over) == (True, True, False, False)
    values = {int(v) for p in await ended(feed) if isinstance(p, AudioFrame) for v in p.pcm}
    assert values == {0, 1, 2}


async def test_peer_that_we_do_not_read_because_the_call_is_full_is_not_dying() -> None:
    started = Started(info=info(), rate_hz=RATE_HZ, tracks=(SPEAKERS,))
    feed = Feed(started, started.info, PeerLimits(queue_bytes=4), waits=True)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=True)
    publisher.take(audio(SPEAKERS, samples=40), 0.04)
    waiting = asyncio.create_task(publisher.room())
    await asyncio.sleep(0)
    assert publisher.unheard_s(60.0) == 0.0
    await ended(feed)
    await waiting
    assert publisher.unheard_s(60.0) > 59.0


async def test_server_that_stops_waits_for_no_line() -> None:
    feed = feed_of(AGENT)
    agent, customer = feed.publish((AGENT,), 0.0, waits=False), feed.publish((CUSTOMER,), 0.0, waits=False)
    agent.take(audio(AGENT), 0.02)
    customer.take(audio(CUSTOMER), 0.02)
    customer.leave("vanished", 0.02)
    feed.wait_no_more(1.0)
    assert not feed.is_over
    agent.leave("vanished", 2.0)
    assert feed.end_reason == "vanished"


async def test_audio_sent_a_sample_at_a_time_is_given_in_frames_of_a_step() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    for at in range(2_000):
        publisher.take(audio(SPEAKERS, samples=1), at / RATE_HZ)
    pieces = await ended(feed)
    assert (len(pieces), samples(pieces, "agent"), samples(pieces, "customer")) == (100, 2000, 2000)


async def test_queue_of_a_peer_that_cannot_wait_stays_within_its_bytes() -> None:
    feed = feed_of(SPEAKERS, limits=PeerLimits(queue_bytes=4_000))
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    for at in range(500):
        publisher.take(audio(SPEAKERS, value=1), at * 0.02)
    pieces = await ended(feed)
    kept = sum(piece.pcm.nbytes for piece in pieces if isinstance(piece, AudioFrame) and piece.pcm.any())
    assert kept <= 4_000
    assert samples(pieces, "agent") == samples(pieces, "customer") == 10_000


def test_one_channel_announced_as_two_legs_is_told_once() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    said = voice(30.0, seed=1, rate_hz=RATE_HZ)
    warned = [
        publisher.take(Audio(legs=SPEAKERS, channels=[as_pcm(said[at : at + 20])] * 2), at / RATE_HZ)
        for at in range(0, len(said), 20)
    ]
    assert [warning.code for warning in warned if warning] == ["legs_identical"]
    assert warned.index(next(filter(None, warned))) * 20 < 15 * RATE_HZ


async def test_doubt_about_the_audio_is_told_to_the_peer_and_to_the_call() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    header = np.frombuffer(b"RIFF", "<i2").astype(np.int16)
    sent = Audio(legs=SPEAKERS, channels=deinterleave(np.concatenate([header, np.zeros(38, np.int16)]), 2))
    warned = publisher.take(sent, 0.02)
    (event,) = [piece for piece in await ended(feed) if isinstance(piece, AudioDoubted)]
    assert (warned and warned.code, event.code, event.speaker) == ("container", "container", None)
    assert warned
    assert warned.message == event.message


def test_two_sides_on_two_channels_are_not_doubted() -> None:
    feed = feed_of(SPEAKERS)
    publisher = feed.publish((SPEAKERS,), 0.0, waits=False)
    sides = [as_pcm(voice(15.0, seed, rate_hz=RATE_HZ)) for seed in (1, 2)]
    for at in range(0, len(sides[0]), 20):
        channels = [side[at : at + 20] for side in sides]
        assert publisher.take(Audio(legs=SPEAKERS, channels=channels), at / RATE_HZ) is None


async def test_leg_that_stalls_on_its_own_connection_holds_up_nobody_and_has_no_gap_when_all_comes_late() -> None:
    feed = feed_of(AGENT)
    agent, customer = (feed.publish((track,), 0.0, waits=False) for track in (AGENT, CUSTOMER))
    for number in range(1, 1_001):
        now_s = number * 0.02
        agent.take(audio(AGENT), now_s)
        is_stalled = 5.0 < now_s < 15.0
        for _ in range(0 if is_stalled else 500 if now_s == 15.0 else 1):
            customer.take(audio(CUSTOMER, value=2), now_s)
        if number % 12 == 0:
            feed.tick(now_s)
    pieces = await ended(feed)
    assert gaps(pieces) == set()
    assert samples(pieces, "agent") == 20_000
    assert samples(pieces, "customer") == 20_000
