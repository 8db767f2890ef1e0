"""How far a cue goes: what colours its words, what brings a card, what brings an alert too, and why no further."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest

from tests.builders import drive, final, live_call, only, partial
from tests.core.playbooks import tiny
from voiceassist.core.classifier.model import Classifier, Kind, Table, ThresholdLevel, make_table
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.reach import WRITTEN, Hearing
from voiceassist.core.cues.tracker import SETTLED_MS
from voiceassist.core.playbook.model import SPEAKER_OF, BuiltinCues, Playbook
from voiceassist.events import (
    Alert,
    Cue,
    CueConfirmed,
    CueRetracted,
    Final,
    LegMergeChanged,
    Partial,
    Prompt,
    Reach,
    ReachLimit,
    RefusalClosed,
    Speaker,
)

ONE_IN_A_HUNDRED = -4.6  # log odds
AnyTranscript = TypeVar("AnyTranscript", Partial, Final)
WEAK = ("{plain: {phrases: [no way]}}", "{plain: {phrases: [no way], reach: colour}}")
WEAK_INSULT = ("{plain: {phrases: [idiot]}}", "{plain: {phrases: [idiot], reach: colour}}")


def knowing(playbook: Playbook, **kinds: str) -> Playbook:
    """The playbook with a classifier that finds each kind by one word."""
    levels: dict[ThresholdLevel, float] = {"low": 0.9, "normal": 0.7, "high": 0.4}
    tables: dict[Speaker, Table] = {}
    for kind, word in kinds.items():
        speaker = SPEAKER_OF[kind]
        table = Kind(name=kind, offset=ONE_IN_A_HUNDRED, thresholds=levels)
        tables[speaker] = make_table((table,), [word], np.array([[9.0]]), characters=0.0)
    return replace(playbook, classifier=Classifier(language="en", tables=tables))


def reach_of(playbook: Playbook, text: str, hearing: Hearing = WRITTEN) -> list[tuple[str, Reach, ReachLimit]]:
    speaker: Speaker = "customer" if "idiot" in text else "agent"
    found = find_cues(playbook, speaker, text.split(), Context(), hearing)
    return [(match.layer, match.reach, match.reach_limit) for match in found]


def heard(event: AnyTranscript, **sure: float) -> AnyTranscript:
    """The same words, some of them with another confidence."""
    words = tuple(replace(word, confidence=sure.get(word.text, word.confidence)) for word in event.words)
    return replace(event, words=words)


def test_a_rule_reaches_people() -> None:
    assert reach_of(tiny(), "there is no way") == [("phrase", "alert", "")]


def test_the_classifier_alone_only_colours_whatever_its_score() -> None:
    assert reach_of(knowing(tiny(), refusal="never"), "that we never do") == [
        ("classifier", "colour", "classifier_alone")
    ]


def test_an_anchor_bears_the_classifier_out() -> None:
    anchored = replace(tiny(), builtin=BuiltinCues(anchors={"refusal": ("never",)}))
    assert reach_of(knowing(anchored, refusal="never"), "that we never do") == [("classifier", "alert", "")]
    assert reach_of(knowing(anchored, refusal="hardly"), "that we hardly do")[0][1] == "colour"
    assert reach_of(anchored, "that we never do") == []


def test_a_weak_rule_only_colours_until_the_classifier_agrees() -> None:
    weak = tiny(WEAK)
    assert reach_of(weak, "there is no way") == [("phrase", "colour", "weak_rule")]
    assert reach_of(knowing(weak, refusal="way"), "there is no way") == [("phrase", "alert", "")]


def test_a_quiet_rule_is_no_cue_at_all_until_the_classifier_agrees() -> None:
    quiet = tiny((WEAK[0], WEAK[1].replace("}}", ", quiet: true}}")))
    text = "there is no way and while you are here let me see what else there might be as i never like that"
    assert reach_of(quiet, "there is no way") == []
    assert reach_of(knowing(quiet, refusal="way"), "there is no way") == [("phrase", "alert", "")]
    assert [layer for layer, _, _ in reach_of(knowing(quiet, refusal="never"), text)] == ["classifier"]


def test_the_classifier_agrees_only_about_the_same_words() -> None:
    text = "there is no way and while you are here let me see what else there might be as i never like that"
    assert reach_of(knowing(tiny(WEAK), refusal="never"), text)[0] == ("phrase", "colour", "weak_rule")


def test_any_kind_of_abuse_is_a_witness_of_another() -> None:
    assert reach_of(knowing(tiny(WEAK_INSULT), threat="idiot"), "you idiot") == [("phrase", "alert", "")]


def test_a_classifier_that_is_switched_off_is_no_witness() -> None:
    off = (WEAK[0], WEAK[1].replace("}}", "}}, sensitivity: off"))
    assert reach_of(knowing(tiny(off), refusal="way"), "there is no way") == [("phrase", "colour", "weak_rule")]


@pytest.mark.parametrize(
    ("sure", "expected"),
    [((1.0, 1.0, 0.3, 1.0), "colour"), ((0.1, 0.1, 1.0, 1.0), "alert"), ((1.0, 1.0, 0.6, 0.6), "alert")],
    ids=["the negation is a guess", "words outside the match are", "all are rather sure"],
)
def test_the_words_that_carry_the_meaning_must_be_heard_surely(sure: tuple[float, ...], expected: Reach) -> None:
    assert reach_of(tiny(), "there is no way", Hearing(confidences=sure))[0][1] == expected


def test_words_of_grammar_may_be_guesses() -> None:
    by_will = tiny(("[no way]", "[we will never]"))
    assert reach_of(by_will, "we will never", Hearing(confidences=(0.1, 0.1, 0.9))) == [("phrase", "alert", "")]
    assert reach_of(by_will, "we will never", Hearing(confidences=(0.9, 0.9, 0.1))) == [
        ("phrase", "colour", "unsure_words")
    ]


def test_severe_words_must_be_surer_than_others() -> None:
    assert reach_of(tiny(), "no way", Hearing(confidences=(0.6, 0.6)))[0][1] == "alert"
    assert reach_of(tiny(), "you idiot", Hearing(confidences=(0.6, 0.6)))[0][1] == "colour"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("alert", [("alert", "")]),
        ("card", [("card", "playbook")]),
        ("colour", [("colour", "playbook")]),
        ("off", []),
    ],
)
def test_a_playbook_says_how_far_a_kind_may_go(limit: str, expected: list[tuple[Reach, ReachLimit]]) -> None:
    book = tiny(("insult: {rules", f"insult: {{reach: {limit}, rules"))
    assert [(reach, why) for _, reach, why in reach_of(book, "you idiot")] == expected


def test_of_two_rules_for_one_moment_the_one_that_reaches_further_counts() -> None:
    both = "{weak: {phrases: [total idiot], reach: colour}, plain: {phrases: [idiot]}}"
    book = tiny(("{plain: {phrases: [idiot]}}", both))
    assert reach_of(book, "you total idiot") == [("phrase", "alert", "")]


def test_a_weak_refusal_does_not_hide_a_plain_one_that_follows() -> None:
    both = "{weak: {phrases: [hardly], reach: colour}, plain: {phrases: [no way]}}"
    book = tiny(("{plain: {phrases: [no way]}}", both))
    assert reach_of(book, "hardly there is no way") == [("phrase", "alert", "")]
    later = final("agent", "no way", utterance=2, at=900)
    events = drive(live_call(with_playbook=book), [final("agent", "hardly"), later])
    assert [cue.reach for cue in only(events, Cue)] == ["colour", "alert"]
    assert len(only(events, Prompt)) == 1


def test_a_weak_offer_reaches_people_after_a_refusal_of_the_same_turn() -> None:
    offers = "alternative: {rules: {weak: {phrases: [perhaps monday], reach: colour}}}"
    book = tiny(("  insult:", f"  {offers}\n  insult:"))
    assert reach_of(book, "perhaps monday") == [("phrase", "colour", "weak_rule")]
    assert [found[1] for found in reach_of(book, "no way perhaps monday")] == ["alert", "alert"]
    assert [found[1] for found in reach_of(book, "perhaps monday no way")] == ["colour", "alert"]
    later = find_cues(book, "agent", ["perhaps", "monday"], Context(refused=True))
    assert [match.reach for match in later] == ["alert"]


# ---- in a call ----


def test_what_only_colours_is_told_and_brings_neither_card_nor_alert_nor_episode() -> None:
    events = drive(live_call(), [heard(final("agent", "we can't do that"), **{"can't": 0.2})])
    assert [(cue.kind, cue.reach_limit) for cue in only(events, Cue)] == [("refusal", "unsure_words")]
    assert not any(isinstance(event, Prompt | Alert | RefusalClosed) for event in events)


def test_a_cue_that_may_bring_a_card_brings_no_alert() -> None:
    call = live_call(with_playbook=tiny(("insult: {rules", "insult: {reach: card, rules")))
    events = drive(call, [final("customer", "you idiot")])
    assert len(only(events, Prompt)) == 1
    assert only(events, Alert) == []


def test_a_partial_with_an_unsure_word_waits_for_the_final() -> None:
    texts = ("we can't do that sir", "we can't do that sir I")
    guesses = [heard(partial("agent", text), **{"can't": 0.6}) for text in texts]
    call = live_call()
    assert only(drive(call, guesses), Cue) == []
    events = call.handle(heard(final("agent", "we can't do that sir I"), **{"can't": 0.6}))
    assert [(cue.reach, cue.early) for cue in only(events, Cue)] == [("alert", False)]


def test_words_that_would_do_for_a_final_do_in_a_partial_well_into_a_pause() -> None:
    guess = heard(partial("agent", "we can't do that sir"), **{"can't": 0.6})
    call = live_call()
    assert only(call.handle(replace(guess, pause_ms=SETTLED_MS // 2)), Cue) == []
    events = call.handle(replace(guess, pause_ms=SETTLED_MS))
    assert [(cue.reach, cue.early) for cue in only(events, Cue)] == [("alert", True)]


def test_a_final_that_is_less_sure_takes_the_early_cue_back_and_colours_instead() -> None:
    call = live_call()
    drive(call, [partial("customer", "you are useless and this")])
    events = call.handle(heard(final("customer", "you are useless and this"), useless=0.3))
    assert [cue.cue_id for cue in only(events, CueRetracted)] == ["c1"]
    assert only(events, CueConfirmed) == []
    assert [(cue.cue_id, cue.reach) for cue in only(events, Cue)] == [("c2", "colour")]


def test_while_both_lines_carry_one_voice_nothing_reaches_anybody() -> None:
    merged = LegMergeChanged(at_ms=0, merged=True, speaker="agent")
    parted = LegMergeChanged(at_ms=4_000, merged=False, speaker="agent")
    call = live_call()
    before = drive(call, [merged, final("agent", "we can't do that", at=100)])
    after = drive(call, [parted, final("agent", "we can't do that", at=9_000, utterance=2)])
    assert [cue.reach_limit for cue in only([*before, *after], Cue)] == ["one_voice", ""]
    assert only(before, Prompt) == []
    assert len(only(after, Prompt)) == 1


def test_of_two_kinds_of_abuse_in_the_same_words_the_graver_alerts_until_it_is_taken_back() -> None:
    book = tiny(
        ("  purchase_intent:", "  threat: {rules: {plain: {phrases: [idiot beware]}}}\n  purchase_intent:"),
        ("alerts:\n", "alerts:\n  threat: {level: critical, reason: r}\n"),
    )
    call = live_call(with_playbook=book)
    early = drive(call, [partial("customer", "you idiot beware now then")])
    assert [cue.kind for cue in only(early, Cue)] == ["threat", "insult"]
    assert [alert.kind for alert in only(early, Alert)] == ["threat"]
    events = call.handle(final("customer", "you idiot be where now then"))
    assert [(cue.cue_id, type(cue)) for cue in events if isinstance(cue, CueConfirmed | CueRetracted)] == [
        ("c1", CueRetracted),
        ("c2", CueConfirmed),
    ]
    alerts = only(events, Alert)
    assert [(alert.kind, alert.at_ms) for alert in alerts] == [("insult", events[0].at_ms)]


def test_two_kinds_of_abuse_that_are_both_taken_back_leave_no_alert() -> None:
    book = tiny(
        ("  purchase_intent:", "  threat: {rules: {plain: {phrases: [idiot beware]}}}\n  purchase_intent:"),
        ("alerts:\n", "alerts:\n  threat: {level: critical, reason: r}\n"),
    )
    call = live_call(with_playbook=book)
    drive(call, [partial("customer", "you idiot beware now then")])
    events = call.handle(final("customer", "your video be where now then"))
    assert len(only(events, CueRetracted)) == 2
    assert only(events, Alert) == []


def test_a_cue_that_goes_further_by_its_final_is_told_anew() -> None:
    some = tiny(("{plain: {phrases: [idiot]}}", "{plain: {phrases: [idiot], reach: card}}"))
    call = live_call(with_playbook=knowing(some, insult="really"))
    early = drive(call, [partial("customer", "you idiot and now then")])
    events = call.handle(final("customer", "you really idiot and now then"))
    assert [cue.reach for cue in only([*early, *events], Cue)] == ["card", "alert"]
    assert len(only(events, Alert)) == 1
