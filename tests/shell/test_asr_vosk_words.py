"""libvosk's answers as words, and which of its hearings is believed; without libvosk."""

import json

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.asr.vosk.phrases import likeliest
from voiceassist.asr.vosk.words import words_of

TIMES = st.floats(-1, 100)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"word": st.sampled_from(["no", "[unk]", ""]), "start": TIMES, "end": TIMES, "conf": st.floats(-1, 2)}
    )
)


@given(ITEMS, st.integers(0, 5_000), st.integers(5_000, 50_000), st.integers(-1_000, 1_000))
def test_words_rise_inside_their_bounds_whatever_libvosk_says(
    items: list[dict[str, object]], earliest_ms: int, latest_ms: int, offset_ms: int
) -> None:
    words = words_of(items, offset_ms=offset_ms, earliest_ms=earliest_ms, latest_ms=latest_ms)
    times = [earliest_ms, *(time for word in words for time in (word.start_ms, word.end_ms)), latest_ms]
    assert times == sorted(times)
    assert all(word.text == "no" and 0 <= word.confidence <= 1 for word in words)


def _hearing(confidence: float, text: str) -> dict[str, object]:
    words = [{"word": word, "start": at, "end": at + 1} for at, word in enumerate(text.split())]
    return {"confidence": confidence, "text": text, "result": words}


def _answer(*hearings: dict[str, object]) -> str:
    return json.dumps({"alternatives": hearings})


CLOSE = _answer(_hearing(100, "a score credit"), _hearing(98, "a store credit"), _hearing(60, "store credit"))


def test_a_likely_phrase_wins_among_hearings_that_are_close() -> None:
    chosen = likeliest(CLOSE, [("store", "credit")])
    assert [item["word"] for item in chosen] == ["a", "store", "credit"]
    assert 0 < chosen[1]["conf"] < chosen[0]["conf"] <= 1


def test_a_phrase_that_was_not_nearly_heard_does_not_win() -> None:
    far = _answer(_hearing(100, "hello"), _hearing(90, "store credit"))
    assert [item["word"] for item in likeliest(far, [("store", "credit")])] == ["hello"]


def test_a_part_of_a_phrase_gains_nothing() -> None:
    assert [item["word"] for item in likeliest(CLOSE, [("store", "card")])] == ["a", "score", "credit"]


def test_an_answer_without_hearings_has_no_words() -> None:
    assert likeliest('{"text": ""}', [("a",)]) == []
