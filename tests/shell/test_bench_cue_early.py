"""Early cues are counted as what became of them, and in the audio's time."""

from typing import Any

from voiceassist.asr.scripted import ScriptedEngine, load_script
from voiceassist.bench.cues.early import (
    FINAL_AFTER_MS,
    SAMPLE_CALLS,
    SHOWN_AFTER_MS,
    WORD_MS,
    EarlyTally,
    heard_row,
    heard_sample,
    tallies,
)
from voiceassist.evaluation.labelled import LabelledTurn
from voiceassist.events import Cue, CueConfirmed, CueRetracted, Event
from voiceassist.playbooks import load_playbook
from voiceassist.samples import load_sample

PLAYBOOK = load_playbook(None, "en")


def cue(cue_id: str, at_ms: int, *, kind: str = "insult", early: bool = True) -> Cue:
    return Cue(
        at_ms=at_ms, cue_id=cue_id, kind=kind, speaker="customer", utterance=1, words="", start_ms=0, end_ms=0,
        confidence=1.0, layer="phrase", rule="", early=early,
    )  # fmt: skip


def row(text: str, **fields: Any) -> LabelledTurn:
    given: dict[str, Any] = {"speaker": "customer", "prev": "", "source": "desk"} | fields
    return LabelledTurn(id="1", text=text, text_asr=text, labels=(), meta={}, **given)


def tally(*events: Event, kind: str = "all") -> EarlyTally:
    return next(one for one in tallies([("desk", events)]) if one.kind == kind)


def test_a_confirmed_cue_won_the_time_until_its_final() -> None:
    found = tally(cue("c1", 1_000), CueConfirmed(at_ms=1_700, cue_id="c1"))
    assert (found.early, found.confirmed, found.retracted, found.won_ms) == (1, 1, 0, [700])


def test_a_cue_that_was_taken_back_won_nothing() -> None:
    found = tally(cue("c1", 1_000), CueRetracted(at_ms=1_700, cue_id="c1"))
    assert (found.early, found.confirmed, found.retracted, found.won_ms) == (1, 0, 1, [])


def test_a_cue_of_a_final_is_not_early() -> None:
    found = tally(cue("c1", 1_000, early=False))
    assert (found.early, found.with_final) == (0, 1)


def test_what_is_heard_but_not_said_does_not_count() -> None:
    assert tally(cue("c1", 1_000, kind="silence", early=False)).with_final == 0


def test_kinds_are_counted_for_themselves_and_together() -> None:
    events: list[Event] = [cue("c1", 0), cue("c2", 0, kind="churn"), CueConfirmed(at_ms=9, cue_id="c2")]
    assert tally(*events, kind="churn").confirmed == tally(*events).confirmed == 1
    assert tally(*events, kind="insult").confirmed == 0


def test_sources_are_never_pooled() -> None:
    found = tallies([("a", [cue("c1", 0)]), ("b", [CueConfirmed(at_ms=1, cue_id="c1")])])
    assert [(one.source, one.kind, one.confirmed) for one in found] == [
        ("a", "all", 0),
        ("a", "insult", 0),
        ("b", "all", 0),
    ]


def test_a_written_turn_is_spoken_word_by_word() -> None:
    """The words "you are useless" are stable when a second partial has them: after the fourth of seven."""
    found = tallies(heard_row(row("you are useless and this is late"), "clean", PLAYBOOK))[0]
    assert (found.finals, found.confirmed, found.retracted) == (1, 1, 0)
    assert found.won_ms == [3 * WORD_MS + FINAL_AFTER_MS - SHOWN_AFTER_MS]


def test_a_turn_without_words_says_nothing() -> None:
    assert tallies(heard_row(row(""), "clean", PLAYBOOK)) == []


def test_a_turn_of_an_unknown_speaker_is_spoken_by_both_sides() -> None:
    assert tallies(heard_row(row("we do not do that", speaker="unknown"), "clean", PLAYBOOK))[0].finals == 2


def test_a_sample_call_goes_through_the_pipeline() -> None:
    sample = load_sample("abuse-ladder")
    engine = ScriptedEngine(load_script(sample.recording.with_suffix(".json")))
    found = tallies([heard_sample(sample, engine, PLAYBOOK)])[0]
    assert found.source == SAMPLE_CALLS
    assert found.finals >= len(sample.lines)
    assert found.confirmed
    assert all(won > 0 for won in found.won_ms)
