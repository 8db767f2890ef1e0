"""How late a call is heard: late only if its audio waits and the call is behind real time."""

from voiceassist.audio.lateness import lateness_s


def test_ordinary_call_is_as_late_as_its_audio_waits() -> None:
    assert lateness_s(10_000, 110.0, began_s=100.0, now_s=112.5) == 2.5


def test_recording_that_is_sent_faster_than_it_plays_is_not_late() -> None:
    assert lateness_s(60_000, 101.0, began_s=100.0, now_s=120.0) == 0.0


def test_recording_that_is_heard_slower_than_it_plays_is_late_by_real_time() -> None:
    assert lateness_s(10_000, 101.0, began_s=100.0, now_s=114.0) == 4.0


def test_call_that_paused_is_not_late() -> None:
    assert lateness_s(10_000, 400.0, began_s=100.0, now_s=400.2) == 400.2 - 400.0
