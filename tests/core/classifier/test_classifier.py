"""The statistical layer: what it hears in any spelling, where its span lies, and what damaged weights say."""

import zlib
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceassist.core.classifier.file import MAGIC, decode_classifier
from voiceassist.core.classifier.model import (
    LONGEST_SPAN,
    SENSITIVITIES,
    Classifier,
    Kind,
    Scored,
    best_span,
    classify,
    make_table,
    threshold,
)
from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.text import tokenise_text
from voiceassist.errors import ModelError
from voiceassist.events import Speaker
from voiceassist.speech_models.cues_weights import bundled_classifier, weights_file

WORDS = ("we", "can", "not", "do", "that", "sorry", "you", "are", "useless", "thank", "router", "zyzzyva", "no")
ABUSE = {"insult", "threat", "slur", "sexual"}


@cache
def shipped() -> Classifier:
    classifier = bundled_classifier("en-US")
    assert classifier
    return classifier


def scores(speaker: Speaker, text: str, before: str = "") -> tuple[Scored, ...]:
    tokens = [token.text for token in tokenise_text(text, ENGLISH)]
    return classify(shipped(), speaker, tokens, [token.text for token in tokenise_text(before, ENGLISH)])


def cues(speaker: Speaker, text: str, before: str = "") -> set[str]:
    """Kinds that are cues at normal sensitivity."""
    found = scores(speaker, text, before)
    return {one.kind for one in found if one.probability >= (threshold(shipped(), one.kind, "normal") or 2.0)}


# ---- what the shipped weights hear ----


@pytest.mark.parametrize(
    "text",
    [
        "unfortunately we are not able to refund the shipping on that",
        "our policy does not allow returns without a receipt",
        "there is nothing i can do about that",
        "i'm afraid that is not possible",
        "i do understand how you feel and i'm so sorry but the return window has expired so i can't refund it",
    ],
)
def test_a_refusal_is_heard(text: str) -> None:
    assert cues("agent", text) == {"refusal"}


@pytest.mark.parametrize(
    "text",
    [
        "i'm so sorry to hear that",
        "no problem at all i can do that for you",
        "sorry i can't hear you could you say that again",
        "i can't wait to help you with that",
        "thank you for calling how can i help you today",
        "your order has been shipped and arrives on friday",
    ],
)
def test_sympathy_courtesy_and_listening_trouble_are_no_refusals(text: str) -> None:
    assert not cues("agent", text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("you are a useless idiot", "insult"),
        ("i called three times now and you people are all morons", "insult"),
        ("i will come to your office and kill you", "threat"),
        ("i want to have sex with you", "sexual"),
    ],
)
def test_abuse_is_heard_with_its_kind(text: str, kind: str) -> None:
    assert kind in cues("customer", text)


@pytest.mark.parametrize(
    "text",
    [
        "this damn phone is driving me crazy",
        "i'm so stupid i forgot my password again",
        "this wait is killing me",
        "my wife is jewish and we would like kosher food",
        "what a stupid policy",
        "i want to speak to your manager",
        "my battery died and i need a new one",
        "thank you so much you have been great",
    ],
)
def test_swearing_frustration_idioms_and_neutral_mention_are_no_abuse(text: str) -> None:
    assert not cues("customer", text) & ABUSE


def test_what_is_the_other_sides_kind_is_not_looked_for() -> None:
    assert not {one.kind for one in scores("agent", "you are a useless idiot")} & ABUSE
    assert "refusal" not in {one.kind for one in scores("customer", "there is nothing i can do about that")}


# ---- what does not matter ----


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20), st.data())
def test_case_punctuation_and_fillers_change_nothing(words: list[str], data: st.DataObject) -> None:
    changed = [data.draw(st.sampled_from([word, word.upper(), f"{word},", f"um {word}"])) for word in words]
    assert scores("agent", " ".join(changed)) == scores("agent", " ".join(words))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), st.sampled_from(["agent", "customer"]))
def test_a_span_lies_in_the_turn_and_probabilities_are_in_order(words: list[str], speaker: Speaker) -> None:
    found = classify(shipped(), speaker, words, ["can", "i"])
    assert all(0 <= one.first_token <= one.last_token < len(words) for one in found)
    assert all(one.last_token - one.first_token < LONGEST_SPAN for one in found)
    assert all(one.probability >= other.probability for one, other in pairwise(found))
    assert found == classify(shipped(), speaker, words, ["can", "i"])


def test_the_span_is_the_words_that_count() -> None:
    text = "hello my name is anna and i called about the router you are a useless idiot and i want my money"
    (found,) = (one for one in scores("customer", text) if one.kind == "insult")
    tokens = [token.text for token in tokenise_text(text, ENGLISH)]
    assert {"useless", "idiot"} <= set(tokens[found.first_token : found.last_token + 1])
    assert "anna" not in tokens[found.first_token : found.last_token + 1]


def test_an_empty_turn_and_unknown_words_show_nothing() -> None:
    assert not classify(shipped(), "agent", [], ["can", "i"])
    assert not classify(shipped(), "customer", ["xqzzt", "\u0939\u093f\u0928\u094d\u0926\u0940"], [])


def test_a_higher_sensitivity_never_asks_for_more() -> None:
    for kind in ("refusal", *ABUSE):
        low, normal, high = (threshold(shipped(), kind, name) for name in SENSITIVITIES)
        assert low is not None
        assert normal is not None
        assert high is not None
        assert 1 >= low >= normal >= high > 0


def test_an_unknown_kind_has_no_threshold() -> None:
    assert threshold(shipped(), "raised_voice", "normal") is None


# ---- the heaviest span ----


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_the_best_span_is_the_best_of_all_spans(weights: list[float]) -> None:
    weight, first, last = best_span(weights)
    spans = [(i, j) for i in range(len(weights)) for j in range(i, min(len(weights), i + LONGEST_SPAN))]
    assert weight == pytest.approx(max(sum(weights[i : j + 1]) for i, j in spans))
    assert weight == pytest.approx(sum(weights[first : last + 1]))


def test_an_ngram_shares_its_weight_among_its_tokens() -> None:
    kind = Kind(name="k", offset=0.0, thresholds={"low": 0.9, "normal": 0.7, "high": 0.5})
    table = make_table((kind,), ("not _ do",), np.array([[3.0]]), 0.0)
    (found,) = classify(Classifier(language="en", tables={"agent": table}), "agent", ["i", "not", "now", "do"], [])
    assert (found.first_token, found.last_token) == (0, 3) or (found.first_token, found.last_token) == (1, 3)
    assert found.probability == pytest.approx(0.9526, abs=1e-4)  # the logistic of 3


# ---- the file ----


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a cue classifier"),
        (b"PK\x03\x04whatever", "not a cue classifier"),
        (MAGIC + b"rubbish", "damaged"),
        (MAGIC + zlib.compress(b"no line end"), "damaged"),
        (MAGIC + zlib.compress(b"[]\n"), "damaged"),
        (MAGIC + zlib.compress(b'{"language": "en", "tables": {"agent": {}}}\n'), "damaged"),
    ],
)
def test_damaged_weights_are_named_as_such(data: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        decode_classifier(data)


@example(place=len(MAGIC) + 1, change=0xDB)  # to another level of zlib, which would unpack to the same
@given(st.integers(len(MAGIC), 2_000), st.integers(1, 255))
def test_a_changed_byte_never_goes_unnoticed(place: int, change: int) -> None:
    data = bytearray(weights_file("en").read_bytes())
    data[place] ^= change
    with pytest.raises(ModelError):
        decode_classifier(bytes(data))


def test_a_language_without_weights_has_no_classifier() -> None:
    assert bundled_classifier("es") is None
