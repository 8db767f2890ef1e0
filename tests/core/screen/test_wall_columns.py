"""What a row says for the columns that a person may add: the engine, how long nothing was said, hold music."""

from tests.shell import store_records as make
from voiceassist.core.screen.wall import row_of
from voiceassist.events import Event, LineSoundChanged, Record, Sound, Speaker


def sound(at_ms: int, what: Sound, speaker: Speaker = "customer") -> LineSoundChanged:
    return LineSoundChanged(at_ms=at_ms, speaker=speaker, sound=what, since_ms=at_ms)


def records(*events: Event) -> list[Record]:
    return make.call("c", *events)


def test_a_row_names_the_engine_and_when_the_last_words_ended() -> None:
    row = row_of(records(make.said("hello", at_ms=2_000), make.said("hi", at_ms=1_500, speaker="customer")))
    assert (row.engine, row.heard_ms) == ("scripted", 2_000)


def test_music_is_told_while_it_plays_on_each_leg() -> None:
    both = records(sound(1_000, "music"), sound(1_500, "ringing", "agent"))
    playing = {one.speaker: one.sound for one in row_of(both).sounds}
    assert playing == {"customer": "music", "agent": "ringing"}
    after = row_of(records(sound(1_000, "music"), sound(2_000, "none")))
    assert after.sounds == ()


def test_a_call_that_is_over_is_neither_silent_nor_on_hold() -> None:
    row = row_of(records(make.said("hello"), sound(1_000, "music"), make.ended()))
    assert (row.sounds, row.heard_ms) == ((), 0)
