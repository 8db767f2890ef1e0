"""Captions of a call, read back by libraries that others wrote."""

import io
from collections.abc import Sequence
from dataclasses import replace

import srt as srt_library
import webvtt as webvtt_library
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import conversation
from tests.exports.calls import call_of
from voiceassist.core.screen.views import CallState
from voiceassist.events import Final
from voiceassist.exports.captions import CAPTION_CHARS, captions, srt, webvtt


def read_vtt(call: CallState) -> Sequence[webvtt_library.Caption]:
    return webvtt_library.from_buffer(io.StringIO(webvtt(call, notes=True))).captions


def test_each_line_is_a_caption_with_its_times_and_its_voice() -> None:
    call = call_of(("customer", "I want my money back"), ("agent", "We can give you a credit"))
    told = [(one.start, one.end, one.voice, one.text) for one in read_vtt(call)]
    assert told == [
        ("00:00:00.000", "00:00:01.500", "Customer", "I want my money back"),
        ("00:00:02.300", "00:00:04.100", "Agent", "We can give you a credit"),
    ]
    first = next(srt_library.parse(srt(call)))
    assert (first.content, first.end.total_seconds()) == ("Customer: I want my money back", 1.5)


def test_a_long_line_becomes_captions_that_can_be_read_each_with_its_own_time() -> None:
    words = " ".join(["we looked at every shelf and found nothing"] * 8)
    found = captions(call_of(("agent", words)))
    assert len(found) > 3
    assert all(len(one.text) <= CAPTION_CHARS for one in found)
    assert " ".join(one.text for one in found) == words
    assert [one.end_ms for one in found[:-1]] == [one.start_ms for one in found[1:]]


def test_a_line_without_word_times_is_one_caption() -> None:
    final = Final(
        at_ms=9, speaker="agent", utterance=1, text="hello there", words=(), start_ms=5, end_ms=9, confidence=1
    )
    (one,) = captions(call_of(final))
    assert (one.start_ms, one.end_ms, one.text) == (5, 9, "hello there")


def test_markup_and_arrows_in_what_was_said_stay_text() -> None:
    call = call_of(("customer", "a --> b <v Agent>& <i>c</i>"))
    (one,) = read_vtt(call)
    assert (one.voice, one.raw_text) == (
        "Customer",
        "<v Customer>a --&gt; b &lt;v Agent&gt;&amp; &lt;i&gt;c&lt;/i&gt;",
    )
    assert [one.content for one in srt_library.parse(srt(call))] == ["Customer: a -> b <v Agent>& <i>c</i>"]


def test_masked_words_stay_masked() -> None:
    call = call_of(("customer", "my card is 4111 1111 1111 1111 thanks"))
    assert "4111" not in webvtt(call) + srt(call)
    assert "my card is" in webvtt(call)


def test_cues_are_comments_that_players_do_not_show_and_retracted_ones_are_none() -> None:
    call = call_of(("agent", "we can't do that I am afraid"))
    assert any(view.cue.kind == "refusal" for view in call.cues)
    with_notes = webvtt(call, notes=True)
    assert "NOTE 00:00:0" in with_notes
    assert "refusal (Agent)" in with_notes
    assert "NOTE" not in webvtt(call)
    taken_back = replace(call, cues=tuple(replace(view, status="retracted") for view in call.cues))
    assert "NOTE" not in webvtt(taken_back, notes=True)


LINES = st.lists(
    st.tuples(st.sampled_from(["agent", "customer"]), st.text(min_size=1, max_size=200).filter(str.split)),
    max_size=6,
)


@given(lines=LINES)
def test_whatever_was_said_the_captions_can_be_read_and_say_it_in_order(lines: list[tuple[str, str]]) -> None:
    finals = [item for item in conversation(*lines) if isinstance(item, Final)]  # type: ignore[arg-type]
    call = call_of(*finals)
    said = [one.text for one in captions(call)]
    assert " ".join(said).split() == [word for final in finals for word in final.text.split()]
    times = [one.start_ms for one in captions(call)]
    assert times == sorted(times)
    assert all(one.start_ms < one.end_ms for one in captions(call))
    assert webvtt(call).count("-->") == len(said)
